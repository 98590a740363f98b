"""What happens to one API request: authenticate, find the route, check, replay or execute, answer."""

import base64
import json
import time
from dataclasses import dataclass, field

from stripe import api_version

from dev.local_stripe.api.contract import validate
from dev.local_stripe.api.errors import StripeError, invalid
from dev.local_stripe.api.expansion import Expander
from dev.local_stripe.api.faults import ApiFault, ApiFaults
from dev.local_stripe.api.forms import Form
from dev.local_stripe.api.idempotency import Idempotency, fingerprint
from dev.local_stripe.api.routes import Call, Resource, Route
from dev.local_stripe.world.storage import Document
from dev.local_stripe.world.world import Origin, World


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
        requests = self.requests
        fault = self.faults.take(request.method, request.path)
        headers |= fault.headers if fault is not None else {}
        try:
            status, body = self._answer(request, headers, fault, log=requests)
        except StripeError as error:
            status, body = error.status, error.body
        requests.append(RecordedRequest(request.method, request.path, request.form, request.idempotency_key, status))
        drop = not status or (fault is not None and fault.close_after_commit)
        return Response(status, json.dumps(body).encode(), headers, drop=drop)

    def forget(self) -> None:
        """Start a new request log. What a fault still delays is neither done nor logged any more: whoever asked for it
        may have been killed, and what it was about is gone."""
        self.requests = []

    def _answer(
        self, request: Request, headers: dict[str, str], fault: ApiFault | None, *, log: list[RecordedRequest]
    ) -> tuple[int, Document]:
        authenticate(request.authorization)
        if request.version not in (None, api_version):
            raise invalid(f"The local Stripe speaks API version {api_version} only, not {request.version}.")
        route, identifier = self._route(request)
        params = validate(route.params, request.form, route.supports)
        call = Call(params=params, id=identifier)
        key = request.idempotency_key if request.method == "POST" else None
        with self.idempotency.reserved(key):
            if fault is not None:
                time.sleep(fault.delay_ms / 1000)
                if fault.close_before or self.requests is not log:
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


def authenticate(authorization: str | None) -> None:
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
