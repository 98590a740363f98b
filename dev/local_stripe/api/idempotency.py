"""Stored answers by `Idempotency-Key`."""

import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from dev.local_stripe.api.errors import StripeError
from dev.local_stripe.api.forms import Form
from dev.local_stripe.world.storage import Document
from dev.local_stripe.world.world import DAY, World

KIND = "_idempotent_answer"


def fingerprint(method: str, path: str, form: Form) -> str:
    return hashlib.sha256(json.dumps([method, path, form], sort_keys=True).encode()).hexdigest()


class Idempotency:
    def __init__(self, world: World) -> None:
        self._world = world
        self._in_use: set[str] = set()
        self._lock = threading.Lock()

    @contextmanager
    def reserved(self, key: str | None) -> Iterator[None]:
        """Holds the key for one request; a second request meanwhile gets a 409."""
        if key is None:
            yield
            return
        with self._lock:
            if key in self._in_use:
                raise StripeError(
                    409,
                    "There is currently another in-progress request using this Idempotent Key.",
                    kind="idempotency_error",
                    code="idempotency_key_in_use",
                )
            self._in_use.add(key)
        try:
            yield
        finally:
            with self._lock:
                self._in_use.discard(key)

    def stored(self, key: str, mark: str) -> Document | None:
        """The answer to replay. Keys are forgotten after a day of the simulated clock."""
        found = self._world.find(KIND, key)
        if found is None or self._world.now() - found["created"] >= DAY:
            return None
        if found["fingerprint"] != mark:
            raise StripeError(
                400,
                "Keys for idempotent requests can only be used with the same parameters they were first used "
                f"with. Try using a key other than '{key}' if you meant to execute a different request.",
                kind="idempotency_error",
            )
        return found

    def store(self, key: str, mark: str, status: int, body: Document) -> None:
        document = {
            "id": key,
            "fingerprint": mark,
            "status": status,
            "body": body,
            "created": self._world.now(),
        }
        self._world.put(KIND, document)
