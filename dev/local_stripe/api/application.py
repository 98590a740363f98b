"""What happens to one API request: authenticate, find the route, check, replay or execute, answer."""

import base64
import hashlib
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from stripe import api_version

from dev.local_stripe.api.contract import Form, validate
from dev.local_stripe.api.expansion import Expander
from dev.local_stripe.api.faults import ApiFault, ApiFaults
from dev.local_stripe.api.resource import Call, Resource, Route
from dev.local_stripe.world.errors import StripeError, invalid
from dev.local_stripe.world.storage import Document
from dev.local_stripe.world.world import DAY, Origin, World

STORED = "_idempotent_answer"


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
        found = self._world.find(STORED, key)
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
        self._world.put(STORED, document)


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    form: Form
    authorization: str | None = None
    version: str | None = None
    idempotency_key: str | None = None


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
    def __init__(self, world: World, resources: dict[str, Resource]) -> None:
        self.requests: list[RecordedRequest] = []
        self.faults = ApiFaults()
        self.idempotency = Idempotency(world)
        self._world = world
        routes = [route for resource in resources.values() for route in resource.routes]
        # A fixed address goes before one with an id in it.
        self._routes = sorted(routes, key=lambda route: "{" in route.path)
        self._expander = Expander(world, resources)

    def handle(self, request: Request) -> Response:
        headers = {"Request-Id": self._world.new_id("req"), "Stripe-Version": api_version}
        if request.idempotency_key is not None:
            headers["Idempotency-Key"] = request.idempotency_key
        fault = self.faults.take(request.method, request.path)
        headers |= fault.headers if fault is not None else {}
        try:
            status, body = self._answer(request, headers, fault)
        except StripeError as error:
            status, body = error.status, error.body
        self.requests.append(
            RecordedRequest(request.method, request.path, request.form, request.idempotency_key, status)
        )
        drop = fault is not None and (fault.close_before or fault.close_after_commit)
        return Response(status, json.dumps(body).encode(), headers, drop=drop)

    def _answer(self, request: Request, headers: dict[str, str], fault: ApiFault | None) -> tuple[int, Document]:
        check_key(request.authorization)
        if request.version not in (None, api_version):
            raise invalid(f"The local Stripe speaks API version {api_version} only, not {request.version}.")
        route, identifier = self._route(request)
        params = validate(route.params, request.form, route.supports)
        call = Call(params=params, id=identifier)
        key = request.idempotency_key if request.method == "POST" else None
        with self.idempotency.reserved(key):
            if fault is not None and fault.delay_ms:
                time.sleep(fault.delay_ms / 1000)
            if fault is not None and fault.close_before:
                return 0, {}
            origin = Origin(request_id=headers["Request-Id"], idempotency_key=key)
            if key is None:
                return self._execute(route, call, origin, fault)
            mark = fingerprint(request.method, request.path, request.form)
            replay = self.idempotency.stored(key, mark)
            if replay is not None:
                headers["Idempotent-Replayed"] = "true"
                return replay["status"], replay["body"]
            return self._execute_once(route, call, origin, fault, mark=mark)

    def _route(self, request: Request) -> tuple[Route, str]:
        for route in self._routes:
            identifier = route.match(request.method, request.path)
            if identifier is not None:
                return route, identifier
        raise StripeError(404, f"Unrecognized request URL ({request.method}: {request.path}).")

    def _execute(self, route: Route, call: Call, origin: Origin, fault: ApiFault | None) -> tuple[int, Document]:
        if fault is not None and fault.status:
            raise fault.error()
        with self._world.transaction(origin):
            answer = route.handler(self._world, call)
            if answer["object"] != "list":
                answer = self._world.render(route.kind, answer)
            return 200, self._expander.expand(answer, call.params.get("expand", []))

    def _execute_once(
        self, route: Route, call: Call, origin: Origin, fault: ApiFault | None, *, mark: str
    ) -> tuple[int, Document]:
        """The effect and the stored answer are one commit, so a killed server never repeats the effect."""
        key = str(origin.idempotency_key)
        try:
            with self._world.transaction(origin):
                status, body = self._execute(route, call, origin, fault)
                self.idempotency.store(key, mark, status, body)
                return status, body
        except StripeError as error:
            if fault is None or not fault.status or fault.stored:
                with self._world.transaction(origin):
                    self.idempotency.store(key, mark, error.status, error.body)
            raise


def check_key(authorization: str | None) -> None:
    """Any test key will do, as a bearer token or as the name of basic authentication; a live key never
    belongs here."""
    scheme, _, credentials = (authorization or "").partition(" ")
    key = credentials.strip()
    if scheme == "Basic":
        key = base64.b64decode(key, validate=False).decode("latin-1").rstrip(":")
    if not key:
        raise StripeError(401, "You did not provide an API key.")
    if not key.startswith("sk_test_"):
        shown = f"{key[:8]}****{key[-4:]}"
        raise StripeError(401, f"Invalid API Key provided: {shown}. The local Stripe takes sk_test_ keys only.")
