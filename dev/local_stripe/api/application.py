"""What happens to one API request: authenticate, find the route, check, replay or execute, answer."""

import json
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from stripe import api_version

from dev.local_stripe.api.contract import Form, validate
from dev.local_stripe.api.expansion import Expander
from dev.local_stripe.api.faults import ApiFault, Faults
from dev.local_stripe.api.resource import Call, Resource, Route
from dev.local_stripe.world.errors import StripeError, invalid
from dev.local_stripe.world.storage import Document
from dev.local_stripe.world.world import DAY, World

ANSWERED = "_idempotent_answer"


@dataclass(frozen=True)
class Response:
    """`drop` closes the connection without an answer."""

    status: int
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)
    content_type: str = "application/json"
    drop: bool = False


@dataclass(frozen=True)
class RecordedRequest:
    """One line of the request log."""

    method: str
    path: str
    params: Form
    idempotency_key: str | None
    status: int


class Application:
    def __init__(self, world: World, resources: dict[str, Resource], faults: Faults) -> None:
        self.requests: list[RecordedRequest] = []
        self._world = world
        self._faults = faults
        routes = [route for resource in resources.values() for route in resource.routes]
        # A fixed address goes before one with an id in it.
        self._routes = sorted(routes, key=lambda route: "{" in route.path)
        self._expander = Expander(world, resources)
        self._keys_in_use: set[str] = set()
        self._lock = threading.Lock()

    def handle(self, method: str, path: str, form: Form, given: Mapping[str, str]) -> Response:
        """`given` are the request's headers."""
        headers = {"Request-Id": self._world.new_id("req"), "Stripe-Version": api_version}
        key = given.get("Idempotency-Key")
        if key is not None:
            headers["Idempotency-Key"] = key
        requests, fault = self.requests, self._faults.take(method, path)
        headers |= fault.headers
        try:
            check_key(given.get("Authorization") or "")
            if given.get("Stripe-Version", api_version) != api_version:
                raise invalid(f"The local Stripe speaks API version {api_version} only.")
            route, identifier = self._route(method, path)
            call = Call(params=validate(route.params, form, route.supports), id=identifier)
            origin = {"id": headers["Request-Id"], "idempotency_key": key if method == "POST" else None}
            with self._reserved(origin["idempotency_key"]):
                time.sleep(fault.delay_ms / 1000)
                if fault.close_before or self.requests is not requests:
                    status, body = 0, {}
                elif origin["idempotency_key"] is None:
                    status, body = 200, self._execute(route, call, origin, fault)
                else:
                    mark = json.dumps([method, path, form], sort_keys=True)
                    status, body, replayed = self._execute_once(route, call, origin, fault, mark)
                    headers |= {"Idempotent-Replayed": "true"} if replayed else {}
        except StripeError as error:
            status, body = error.status, error.body
        requests.append(RecordedRequest(method, path, form, key, status))
        drop = not status or fault.close_after_commit
        return Response(status, json.dumps(body).encode(), headers, drop=drop)

    def forget(self) -> None:
        """Start a new request log. What a fault still delays is neither done nor logged any more: whoever asked for it
        may have been killed, and what it was about is gone."""
        self.requests = []

    def _route(self, method: str, path: str) -> tuple[Route, str]:
        for route in self._routes:
            identifier = route.match(method, path)
            if identifier is not None:
                return route, identifier
        raise StripeError(404, f"Unrecognized request URL ({method}: {path}).")

    @contextmanager
    def _reserved(self, key: str | None) -> Iterator[None]:
        """Holds the key for one request; a second request meanwhile gets a 409."""
        with self._lock:
            if key in self._keys_in_use:
                message = "There is currently another in-progress request using this Idempotent Key."
                raise StripeError(409, message, kind="idempotency_error", code="idempotency_key_in_use")
            if key is not None:
                self._keys_in_use.add(key)
        try:
            yield
        finally:
            with self._lock:
                self._keys_in_use.discard(key or "")

    def _execute(self, route: Route, call: Call, origin: Document, fault: ApiFault) -> Document:
        if fault.status:
            raise fault.error()
        with self._world.transaction(origin):
            answer = route.handler(self._world, call)
            if answer["object"] != "list":
                answer = self._world.render(route.kind, answer)
            return self._expander.expand(answer, call.params.get("expand", []))

    def _execute_once(
        self, route: Route, call: Call, origin: Document, fault: ApiFault, mark: str
    ) -> tuple[int, Document, bool]:
        """Replays the answer of the same key, for a day of the simulated clock. The effect and the stored answer
        are one commit, so a killed server never repeats the effect."""
        key = str(origin["idempotency_key"])
        found = self._world.find(ANSWERED, key)
        if found is not None and self._world.now() - found["created"] < DAY:
            if found["mark"] != mark:
                message = "Keys for idempotent requests can only be used with the same parameters they were first "
                raise StripeError(400, f"{message}used with, unlike '{key}'.", kind="idempotency_error")
            return found["status"], found["body"], True
        answer = {"id": key, "mark": mark, "created": self._world.now()}
        try:
            with self._world.transaction(origin):
                body = self._execute(route, call, origin, fault)
                self._world.put(ANSWERED, answer | {"status": 200, "body": body})
                return 200, body, False
        except StripeError as error:
            if fault.stored:
                with self._world.transaction(origin):
                    self._world.put(ANSWERED, answer | {"status": error.status, "body": error.body})
            raise


def check_key(authorization: str) -> None:
    """Any test key will do; a live key never belongs here."""
    key = authorization.removeprefix("Bearer ").strip()
    if not key:
        raise StripeError(401, "You did not provide an API key.")
    if not key.startswith("sk_test_"):
        shown = f"{key[:8]}****{key[-4:]}"
        raise StripeError(401, f"Invalid API Key provided: {shown}. The local Stripe takes sk_test_ keys only.")
