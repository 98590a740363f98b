"""Who changed what, and why: rows that nobody can edit.

``cause(…)`` is said once, where a piece of work begins; whoever writes a row deep below calls ``record(…)`` in the same
transaction and need not know. Inside a request, the request is the cause unless something nearer is named.

What ``kept()`` names is evidence: ``sealing`` links its rows into a chain, ``verifying`` holds them against it.
"""

from numerai.common.audit.causes import Actor, Cause, cause, current_cause, in_request
from numerai.common.audit.evidence import keep, kept, past_its_time
from numerai.common.audit.recording import CREATED, DELETED, UPDATED, record
from numerai.common.models import ActorKind, CauseKind

__all__ = [
    "CREATED",
    "DELETED",
    "UPDATED",
    "Actor",
    "ActorKind",
    "Cause",
    "CauseKind",
    "cause",
    "current_cause",
    "in_request",
    "keep",
    "kept",
    "past_its_time",
    "record",
]
