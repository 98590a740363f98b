"""The stream as a plain ASGI application: no middleware, and no thread for each page that is open.

It serves ``GET /api/v1/notifications/stream/`` and ``/healthz``; everything else is a problem document.
"""

import asyncio
import time
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

import structlog
from django.conf import settings
from django.db import Error as DatabaseError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.request import split_domain_port, validate_host

from notifications.stream import admission, wire
from notifications.stream.admission import Visitor
from notifications.stream.client import Client, Send
from notifications.stream.hub import Hub
from notifications.stream.sending import channel_of
from notifications.stream.threads import in_thread
from numerai.common import errors
from numerai.common.errors import DomainError
from numerai.common.http.middleware import SAFE_REQUEST_ID
from numerai.common.http.problem import problem_response
from numerai.common.tracing import places

log = structlog.get_logger("numerai.stream")

Receive = Callable[[], Awaitable[dict[str, Any]]]
PATH = "/api/v1/notifications/stream/"
HEALTH = "/healthz"
METHODS = {PATH: ("GET", "OPTIONS"), HEALTH: ("GET", "HEAD")}
ALLOWED_HEADERS = "authorization, cache-control, last-event-id, x-request-id"
STREAM_HEADERS = {
    "Content-Type": wire.CONTENT_TYPE,
    "Cache-Control": "no-cache, no-transform",
    "X-Accel-Buffering": "no",
}


@dataclass(frozen=True, slots=True)
class Call:
    """What of a request matters here."""

    method: str
    path: str
    headers: dict[str, str]
    query: dict[str, str]
    request_id: str

    @classmethod
    def of(cls, scope: dict[str, Any]) -> "Call":
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
        offered = headers.get("x-request-id", "")
        return cls(
            method=scope["method"],
            path=scope["path"],
            headers=headers,
            query=dict(parse_qsl(scope["query_string"].decode("latin-1"))),
            request_id=offered if SAFE_REQUEST_ID.fullmatch(offered) else uuid.uuid4().hex,
        )

    @property
    def last_event_id(self) -> int | None:
        """The header of whoever comes back by itself, else the parameter of whoever comes back with a new ticket."""
        text = self.headers.get("last-event-id") or self.query.get("last_event_id")
        return wire.last_event_id(text) if text else None

    @property
    def common_headers(self) -> dict[str, str]:
        origin = self.headers.get("origin", "")
        allowed = {"Access-Control-Allow-Origin": origin} if origin in settings.CORS_ALLOWED_ORIGINS else {}
        exposed = {"Access-Control-Expose-Headers": "Retry-After, X-Request-ID"} if allowed else {}
        always = {"X-Request-ID": self.request_id, "X-Content-Type-Options": "nosniff", "Vary": "Origin"}
        return always | allowed | exposed


class Application:
    def __init__(self) -> None:
        self._hub: Hub

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        """An ASGI 3 application for HTTP, whose server must tell it of start and end."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] == "http":
            await self._serve(Call.of(scope), receive, send)
        else:
            raise NotImplementedError

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        self._hub = Hub()
        self._hub.start()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await self._hub.stop()
        await send({"type": "lifespan.shutdown.complete"})

    async def _serve(self, call: Call, receive: Receive, send: Send) -> None:
        started, visitor = time.perf_counter(), None
        response: HttpResponse | None = None
        try:
            response = _plain_answer(call)
            if response is None:
                visitor = await _admitted(call)
                await self._stream(call, visitor, receive, send)
        except DomainError as refusal:
            response = _problem(refusal, call)
        except DatabaseError as error:
            log.error("stream_refused", **places(error))
            response = _problem(errors.ServiceUnavailable(retry_after=5), call)
        if response is not None:
            await _send_whole(response, call, send)
        log.info(
            "stream",
            status=response.status_code if response else 200,
            seconds=round(time.perf_counter() - started, 1),
            user_id=str(visitor.user_id) if visitor else None,
            request_id=call.request_id,
        )

    async def _stream(self, call: Call, visitor: Visitor, receive: Receive, send: Send) -> None:
        """Until the page goes. Raises what ``Hub.admit`` raises, before anything is sent."""
        client = Client(visitor, channel_of(visitor.user_id), send)
        self._hub.admit(client)
        expiry = self._hub.end_at(client, visitor.expires_at)
        try:
            # First the ears, then what was missed: nothing can fall in between.
            await self._hub.listen(client)
            await send(_start(200, STREAM_HEADERS | call.common_headers))
            client.begin(call.last_event_id)
            while (await receive())["type"] != "http.disconnect":
                pass
        except asyncio.CancelledError:
            # The server stops, and pages come back to the next one.
            await client.break_off()
        finally:
            expiry.cancel()
            self._hub.leave(client)


def _plain_answer(call: Call) -> HttpResponse | None:
    """The answer to whatever does not open a stream. Raises DomainError for what is not served at all."""
    domain, _ = split_domain_port(call.headers.get("host", ""))
    if not domain or not validate_host(domain, settings.ALLOWED_HOSTS):
        raise errors.BadRequest
    if call.path not in METHODS:
        raise errors.NotFound
    if call.method not in METHODS[call.path]:
        raise errors.MethodNotAllowed
    if call.path == HEALTH:
        return JsonResponse({"status": "ok"})
    if call.method == "OPTIONS":
        allowing = {"Access-Control-Allow-Methods": "GET", "Access-Control-Allow-Headers": ALLOWED_HEADERS}
        return HttpResponse(headers=allowing | {"Access-Control-Max-Age": "86400"})
    return None


async def _admitted(call: Call) -> Visitor:
    ticket = call.query.get("ticket")
    if ticket and "authorization" not in call.headers:
        return await in_thread(admission.by_ticket, ticket)
    return await in_thread(admission.by_header, call.headers.get("authorization", ""))


def _problem(refusal: DomainError, call: Call) -> HttpResponse:
    request = HttpRequest()
    request.request_id = call.request_id  # type: ignore[attr-defined]
    response = problem_response(refusal, request)
    response["Cache-Control"] = "no-store"
    if isinstance(refusal, errors.NotAuthenticated):
        response["WWW-Authenticate"] = 'Bearer realm="api"'
    if isinstance(refusal, errors.MethodNotAllowed):
        response["Allow"] = ", ".join(METHODS[call.path])
    return response


async def _send_whole(response: HttpResponse, call: Call, send: Send) -> None:
    length = {"Content-Length": str(len(response.content))}
    await send(_start(response.status_code, dict(response.items()) | length | call.common_headers))
    await send({"type": "http.response.body", "body": response.content})


def _start(status: int, headers: dict[str, str]) -> dict[str, Any]:
    pairs = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
    return {"type": "http.response.start", "status": status, "headers": pairs}
