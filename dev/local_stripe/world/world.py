"""The state of the simulated account: objects, events and pending deliveries, changed in transactions."""

import secrets
import string
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from stripe import api_version

from dev.local_stripe.world.errors import StripeError, no_such
from dev.local_stripe.world.shapes import blank
from dev.local_stripe.world.storage import Document, Storage, copied


def previous_attributes(before: Document, after: Document) -> Document:
    """The old values of what changed: hashes are reduced to their changed keys, lists are given whole."""
    changed = [key for key in before.keys() | after.keys() if before.get(key) != after.get(key)]
    pairs = {key: (before.get(key), after.get(key)) for key in changed}
    return {
        key: previous_attributes(old, new) if isinstance(old, dict) and isinstance(new, dict) else old
        for key, (old, new) in pairs.items()
    }


ALPHABET = string.ascii_letters + string.digits
DAY = 24 * 60 * 60
DELIVERY = "_delivery"
Touched = list[tuple[str, str]]


@dataclass(frozen=True)
class Policy:
    """What an account sets in the dashboard. `final_failure` is canceled, unpaid or past_due: what becomes of
    a subscription when the last retry failed."""

    retry_after_days: tuple[int, ...] = (3, 5, 7)
    final_failure: str = "canceled"
    finalize_after_seconds: int = 60 * 60
    upcoming_days: int = 7


# The request that causes a change, as events name it; this one when the clock causes it.
BY_CLOCK: Document = {"id": None, "idempotency_key": None}
Renderer = Callable[["World", Document], Document]


class World:
    def __init__(self, *, storage: Storage, policy: Policy, renderers: dict[str, Renderer]) -> None:
        self.policy = policy
        self.base_url = ""
        self.lock = threading.RLock()
        self.on_commit: Callable[[Touched], None] = lambda touched: None
        self.plan_delivery: Callable[[Document], Document] = dict
        self._storage = storage
        self._renderers = renderers
        self._documents = storage.load()
        self._journal: list[tuple[str, str, Document | None]] = []
        self._unannounced: dict[tuple[str, str], Document | None] = {}
        self._depth = 0
        self._silent = False
        self._origin = BY_CLOCK
        self.offset: int = self._documents.get("_clock", {}).get("clock", {}).get("offset", 0)
        self._frozen: int | None = None

    def now(self) -> int:
        """Unix seconds of the simulated time: the machine's clock plus an offset that only ever grows."""
        return int(time.time()) + self.offset if self._frozen is None else self._frozen

    @contextmanager
    def frozen_at(self, moment: int) -> Iterator[None]:
        self._frozen = moment
        try:
            yield
        finally:
            self._frozen = None

    def move_clock(self, seconds: int) -> None:
        self.offset += seconds
        with self.transaction():
            self.put("_clock", {"id": "clock", "offset": self.offset})

    @staticmethod
    def new_id(prefix: str) -> str:
        return f"{prefix}_{''.join(ALPHABET[byte % len(ALPHABET)] for byte in secrets.token_bytes(24))}"

    def new(self, kind: str, prefix: str, **fields: Any) -> Document:
        """An object of the type as the SDK knows it, with a fresh id; not stored yet."""
        return blank(kind) | {"id": self.new_id(prefix), "created": self.now(), **fields}

    @contextmanager
    def transaction(self, origin: Document = BY_CLOCK) -> Iterator[None]:
        """One atomic change. An exception undoes it, except an error that says its effects stand (a declined
        card leaves a failed charge behind)."""
        with self.lock:
            if self._depth == 0:
                self._origin = origin
            self._depth += 1
            try:
                yield
            except BaseException as error:
                self._depth -= 1
                if self._depth == 0:
                    self._settle(keep=isinstance(error, StripeError) and error.keep)
                raise
            self._depth -= 1
            if self._depth == 0:
                self._settle(keep=True)

    def _settle(self, *, keep: bool) -> None:
        journal, self._journal = self._journal, []
        self._unannounced.clear()
        if not keep:
            for kind, identifier, before in reversed(journal):
                if before is None:
                    del self._documents[kind][identifier]
                else:
                    self._documents[kind][identifier] = before
            return
        touched = list(dict.fromkeys((kind, identifier) for kind, identifier, _ in journal))
        self._storage.write([(kind, self._documents[kind][identifier]) for kind, identifier in touched])
        self.on_commit(touched)

    def find(self, kind: str, identifier: str) -> Document | None:
        """A copy to change and `put` back, or None."""
        found: Document | None = copied(self._documents.get(kind, {}).get(identifier))
        return found

    def get(self, kind: str, identifier: str) -> Document:
        """The object an address names; 404 when there is none."""
        found = self.find(kind, identifier)
        if found is None:
            raise no_such(kind, identifier, status=404)
        return found

    def living(self, kind: str, identifier: str, *, status: int = 404, param: str = "id") -> Document:
        """The object an address names, if nobody deleted it; else 404."""
        found = self.find(kind, identifier)
        if found is None or found.get("_deleted"):
            raise no_such(kind, identifier, status=status, param=param)
        return found

    def refer(self, kind: str, identifier: str, param: str) -> Document:
        """The object a parameter names; 400 when there is none."""
        return self.living(kind, identifier, status=400, param=param)

    def all(self, kind: str) -> list[Document]:
        """Every object of a kind, oldest first, to read but not to change."""
        return list(self._documents.get(kind, {}).values())

    def put(self, kind: str, document: Document, *events: str) -> Document:
        """Store the document and emit events about it; an `.updated` event is left out when nothing visible
        changed."""
        documents = self._documents.setdefault(kind, {})
        key, stored = (kind, document["id"]), documents.get(document["id"])
        # An event tells what changed since the last event, also what was stored silently on the way.
        before = self._unannounced.pop(key, stored)
        rendered_before = self.render(kind, before) if before is not None and events else {}
        if not events:
            self._unannounced[key] = before
        self._journal.append((*key, stored))
        documents[document["id"]] = copied(document)
        for event in events:
            self._emit_change(event, rendered_before, self.render(kind, document))
        return document

    def change(self, kind: str, identifier: str, changes: Document, *events: str) -> Document:
        """Store an object with some fields changed and emit events about it."""
        return self.put(kind, self.get(kind, identifier) | changes, *events)

    def _emit_change(self, event: str, before: Document, after: Document) -> None:
        if event.endswith((".updated", ".detached")):
            previous = previous_attributes(before, after)
            if previous:
                self.emit(event, after, previous)
            return
        self.emit(event, after)

    @contextmanager
    def silence(self) -> Iterator[None]:
        """Whatever changes meanwhile, no event tells of it."""
        self._silent = True
        try:
            yield
        finally:
            self._silent = False

    def emit(self, event_type: str, snapshot: Document, previous: Document | None = None) -> None:
        if self._silent:
            return
        endpoints = [
            endpoint
            for endpoint in self.all("webhook_endpoint")
            if endpoint["status"] == "enabled"
            and not endpoint.get("_deleted")
            and ({"*", event_type} & set(endpoint["enabled_events"]))
        ]
        data: Document = {"object": snapshot}
        if previous is not None:
            data["previous_attributes"] = previous
        event = {
            "id": self.new_id("evt"),
            "object": "event",
            "api_version": api_version,
            "created": self.now(),
            "data": data,
            "livemode": False,
            "pending_webhooks": len(endpoints),
            "request": self._origin,
            "type": event_type,
        }
        self.put("event", event)
        for endpoint in endpoints:
            self.put(DELIVERY, self.plan_delivery(new_delivery(event, endpoint["id"])))

    def render(self, kind: str, document: Document) -> Document:
        """The document as the API answers it: without private keys, with embedded objects."""
        visible = {key: copied(value) for key, value in document.items() if not key.startswith("_")}
        renderer = self._renderers.get(kind)
        return renderer(self, visible) if renderer else visible

    def clear(self) -> None:
        with self.lock:
            self._documents.clear()
            self._storage.clear()
            self.offset = 0

    def close(self) -> None:
        with self.lock:
            self._storage.close()


def delivery_id(event_id: str, endpoint_id: str) -> str:
    return f"{event_id}.{endpoint_id}"


def new_delivery(event: Document, endpoint_id: str) -> Document:
    delivery = {"event": event["id"], "type": event["type"], "endpoint": endpoint_id, "attempts": 0}
    untried = dict.fromkeys(("last_status", "last_error", "delivered_at"))
    return {"id": delivery_id(event["id"], endpoint_id), **delivery, **untried}
