import re
import time
import uuid
from collections.abc import Callable

import structlog
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from numerai.common.audit.causes import in_request
from numerai.common.errors import BodyTooLarge
from numerai.common.http.parsing import largest_body
from numerai.common.http.problem import code_of, problem_response
from numerai.common.tracing import places

log = structlog.get_logger("numerai.request")

SAFE_REQUEST_ID = re.compile(r"[A-Za-z0-9_-]{8,64}")
DRAIN_LIMIT = 16 * 1024 * 1024
DRAIN_CHUNK = 64 * 1024

GetResponse = Callable[[HttpRequest], HttpResponse]


class RequestContextMiddleware:
    """Gives each request an id (the caller's, if it is a sane one), and writes one line about it without personal data:
    the route's pattern instead of the path, no query string, no body, the person only by id."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        started = time.perf_counter()
        request_id = _request_id(request)
        request.request_id = request_id  # type: ignore[attr-defined]
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request_id)
        with in_request(request, request_id):
            response = self.get_response(request)
        response["X-Request-ID"] = request_id
        if request.path_info.startswith("/api/") and "Cache-Control" not in response:
            response["Cache-Control"] = "no-store"
        _write_line(request, response, started)
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> None:
        log.error("unhandled_exception", **places(exception))


def _request_id(request: HttpRequest) -> str:
    offered = request.META.get("HTTP_X_REQUEST_ID", "")
    return offered if SAFE_REQUEST_ID.fullmatch(offered) else uuid.uuid4().hex


def _write_line(request: HttpRequest, response: HttpResponseBase, started: float) -> None:
    match = request.resolver_match
    log.info(
        "request",
        method=request.method,
        route=match.route if match else None,
        status=response.status_code,
        problem=code_of(response),
        milliseconds=round((time.perf_counter() - started) * 1000, 1),
        user_id=_user_id(request),
    )


def _user_id(request: HttpRequest) -> str | None:
    """The caller of the API, or the operator; a session that the view did not look at is not loaded for this."""
    operator = getattr(request, "_cached_user", None)
    return getattr(request, "user_id", None) or (str(operator.pk) if operator and operator.pk else None)


class BodyLimitMiddleware:
    """Refuses a body that is larger than its address takes, before anything parses it."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        try:
            announced = int(request.META.get("CONTENT_LENGTH") or 0)
        except ValueError:
            announced = 0
        if announced > largest_body(request.path_info):
            _drain(request, announced)
            return problem_response(BodyTooLarge(), request)
        return self.get_response(request)


def _drain(request: HttpRequest, announced: int) -> None:
    """A client that is still sending when the connection closes sees a reset instead of the 413."""
    left = min(announced, DRAIN_LIMIT)
    while left > 0:
        chunk = request.read(min(DRAIN_CHUNK, left))
        if not chunk:
            return
        left -= len(chunk)
