from collections.abc import Callable
from typing import Any, TypeVar
from uuid import uuid4

Made = TypeVar("Made")

DONE = {
    "archive": "Archived",
    "change": "Changed",
    "describe": "Described",
    "make": "Made",
    "name": "Named",
    "subscribe": "Subscribed",
}


class Changes:
    """What one run changes at Stripe, a sentence each; with ``is_dry`` the sentences say what it would change.

    No operation row stands behind these calls: they are for nobody, and what an interrupted run has made is found by
    the next one, which looks before it makes. Each call has its own key, so that only the SDK's retries share it; a
    key that outlived the run could answer with what somebody has changed since.
    """

    def __init__(self, *, is_dry: bool) -> None:
        self.is_dry = is_dry
        self.sentences: list[str] = []
        self._run = uuid4()

    def make(self, verb: str, what: str, call: Callable[..., Made], /, **params: Any) -> Made | None:
        """Call it with ``params`` and a key of its own, and say so; answers what was made, None in a dry run.
        ``verb`` is one of ``DONE``, ``what`` the rest of the sentence."""
        self.sentences.append(f"{f'Would {verb}' if self.is_dry else DONE[verb]} {what}.")
        return None if self.is_dry else call(key=f"setup:{self._run}:{len(self.sentences)}", **params)
