"""Deliveries, one document per event and endpoint: sent in the background, signed, with retries."""

import heapq
import http.client
import itertools
import json
import threading
import time
from typing import Any
from urllib.parse import urlsplit

from stripe import WebhookSignature

from dev.local_stripe.api import Document, World, invalid
from dev.local_stripe.world.world import DELIVERY, delivery_id

SETTLED = ("delivered", "dropped", "failed")


def deliveries_of(world: World, event_id: str) -> list[Document]:
    endpoints = world.all("webhook_endpoint")
    found = (world.find(DELIVERY, delivery_id(event_id, endpoint["id"])) for endpoint in endpoints)
    return [delivery for delivery in found if delivery is not None]


def undelivered(world: World, event_id: str) -> int:
    """How many endpoints have not acknowledged the event."""
    return sum(delivery["delivered_at"] is None for delivery in deliveries_of(world, event_id))


def redeliver(world: World, event_id: str) -> list[Document]:
    """Sends the event again to every endpoint it was meant for, free of injected faults."""
    world.get("event", event_id)
    again = deliveries_of(world, event_id)
    if not again:
        raise invalid("No webhook endpoint was registered for this event.")
    with world.transaction():
        for delivery in again:
            delivery |= {"state": "pending", "attempts": 0, "next_attempt_at": 0.0, "repeats": 0}
            world.put(DELIVERY, delivery)
    return again


def overview(world: World) -> list[Document]:
    """What `GET /_local/deliveries` answers, oldest first."""
    with world.lock:
        return [
            delivery | {"endpoint": world.get("webhook_endpoint", delivery["endpoint"])["url"]}
            for delivery in world.all(DELIVERY)
        ]


LONGEST_PAUSE = 60.0
TIMEOUT_SECONDS = 10.0


def sign(payload: str, secrets: list[str]) -> str:
    """One header with a signature for each secret, over the present second of the real clock."""
    moment = int(time.time())
    headers = [WebhookSignature.generate_signature_header(payload, secret, moment) for secret in secrets]
    return ",".join([f"t={moment}", *(header.split(",", 1)[1] for header in headers)])


class Dispatcher:
    """Attempt n waits base x 2^(n-1) seconds; after `max_attempts` a delivery has failed."""

    def __init__(self, world: World, retry_base_seconds: float, max_attempts: int) -> None:
        self._world = world
        self._retry_base_seconds, self._max_attempts = retry_base_seconds, max_attempts
        self._queue: list[tuple[float, int, str]] = []
        self._order = itertools.count()
        self._changed = threading.Condition()
        self._in_flight = 0
        self._running = False
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        self._running = True
        self.take_up([(DELIVERY, delivery["id"]) for delivery in self._world.all(DELIVERY)])
        self._thread = threading.Thread(target=self._run, name="local-stripe-webhooks", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        with self._changed:
            self._running = False
            self._changed.notify_all()
        if self._thread is not None:
            self._thread.join()

    def take_up(self, touched: list[tuple[str, str]]) -> None:
        """Queue what a commit left pending. Called with the world's lock held."""
        found = [self._world.find(kind, identifier) for kind, identifier in touched if kind == DELIVERY]
        pending = [delivery for delivery in found if delivery and delivery["state"] == "pending"]
        if not pending:
            return
        with self._changed:
            for delivery in pending:
                entry = (delivery["next_attempt_at"], next(self._order), delivery["id"])
                heapq.heappush(self._queue, entry)
            self._changed.notify_all()

    def wait_idle(self, timeout: float) -> bool:
        """True when nothing is left to send; False when the time is up first."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._queue and not self._in_flight, timeout)

    def clear(self) -> None:
        with self._changed:
            self._queue.clear()
            self._changed.notify_all()

    def _run(self) -> None:
        while (delivery_id := self._next()) is not None:
            try:
                self._attempt(delivery_id)
            finally:
                with self._changed:
                    self._in_flight -= 1
                    self._changed.notify_all()

    def _next(self) -> str | None:
        """Waits for the next delivery that is due; None when the dispatcher stops."""
        with self._changed:
            while self._running:
                wait = self._queue[0][0] - time.time() if self._queue else None
                if wait is not None and wait <= 0:
                    self._in_flight += 1
                    return heapq.heappop(self._queue)[2]
                self._changed.wait(wait)
        return None

    def _attempt(self, delivery_id: str) -> None:
        with self._world.lock:
            delivery = self._world.find(DELIVERY, delivery_id)
            if delivery is None or delivery["state"] != "pending":
                return
            endpoint = self._world.get("webhook_endpoint", delivery["endpoint"])
            event = self._world.render("event", self._world.get("event", delivery["event"]))
            # Named by the endpoint's version; the shapes are always those of the pinned one.
            event["api_version"] = endpoint["api_version"]
        status, error = self._post(endpoint, json.dumps(event, indent=2))
        with self._world.transaction():
            if self._world.find(DELIVERY, delivery_id) is not None:
                self._world.put(DELIVERY, self._booked(delivery, status, error))

    def _post(self, endpoint: Document, payload: str) -> tuple[int | None, str | None]:
        address = urlsplit(endpoint["url"])
        secure = address.scheme == "https"
        connect: Any = http.client.HTTPSConnection if secure else http.client.HTTPConnection
        connection = connect(address.netloc, timeout=TIMEOUT_SECONDS)
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "Stripe-Signature": sign(payload, endpoint["_secrets"]),
            "User-Agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
        }
        path = (address.path or "/") + (f"?{address.query}" if address.query else "")
        try:
            connection.request("POST", path, payload.encode(), headers)
            return connection.getresponse().status, None
        except (OSError, http.client.HTTPException) as error:
            return None, f"{type(error).__name__}: {error}"
        finally:
            connection.close()

    def _booked(self, delivery: Document, status: int | None, error: str | None) -> Document:
        """Only a 2xx acknowledges; a redirect is a failure like any other."""
        delivery |= {"attempts": delivery["attempts"] + 1, "last_status": status, "last_error": error}
        if status is not None and 200 <= status < 300:
            delivery["delivered_at"] = delivery["delivered_at"] or int(time.time())
            again = delivery["repeats"] > 0
            delivery |= {"state": "pending" if again else "delivered", "repeats": 0, "next_attempt_at": 0.0}
        elif delivery["attempts"] >= self._max_attempts:
            delivery["state"] = "failed"
        else:
            pause = self._retry_base_seconds * 2 ** (delivery["attempts"] - 1)
            delivery["next_attempt_at"] = time.time() + min(pause, LONGEST_PAUSE)
        return delivery
