"""Calls to other people's servers that have no client library."""

from numerai.common.outbound.client import LARGEST_ANSWER, Answer, CallInsideTransaction, NoAnswer, call

__all__ = ["LARGEST_ANSWER", "Answer", "CallInsideTransaction", "NoAnswer", "call"]
