"""Calls to other people's servers that have no client library."""

from numerai.common.outbound.client import LARGEST_ANSWER, Answer, CallInsideTransaction, NoAnswer, call
from numerai.common.outbound.session import bound

__all__ = ["LARGEST_ANSWER", "Answer", "CallInsideTransaction", "NoAnswer", "bound", "call"]
