"""Errors as RFC 9457 problem documents: one handler and one shape for everything that can go wrong."""

import math
from collections.abc import Iterator
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import set_rollback

from numerai.common import errors
from numerai.common.errors import DomainError, JsonObject, NotFound

CONTENT_TYPE = "application/problem+json"
TYPE_BASE = "https://numerai.example/problems/"

BY_STATUS: dict[int, type[DomainError]] = {
    error.status: error
    for error in (
        errors.BadRequest,
        errors.NotAuthenticated,
        errors.NotAllowed,
        errors.NotFound,
        errors.MethodNotAllowed,
        errors.BodyTooLarge,
        errors.UnsupportedMediaType,
        errors.TooManyRequests,
        errors.ServiceUnavailable,
    )
}


def document(
    *, status: int, code: str, title: str, detail: str, request: HttpRequest | None, **extra: Any
) -> JsonObject:
    """The problem document; ``request`` lends its id so that a person's report can be found in the logs."""
    body: JsonObject = {
        "type": f"{TYPE_BASE}{code}",
        "title": title,
        "status": status,
        "detail": detail,
        "code": code,
    }
    request_id = getattr(request, "request_id", None)
    if request_id:
        body["request_id"] = request_id
    return body | extra


def problem_response(error: DomainError, request: HttpRequest | None = None) -> JsonResponse:
    """``error`` as a plain Django response, for code that runs outside REST framework."""
    response = JsonResponse(_of_domain_error(error, request), status=error.status, content_type=CONTENT_TYPE)
    _set_retry_after(response, error.retry_after)
    _name(response, error.code)
    return response


def code_of(response: HttpResponseBase) -> str | None:
    """The code of the problem that ``response`` tells of, if it is a problem document."""
    return getattr(response, "problem_code", None)


def is_denial(response: HttpResponseBase) -> bool:
    """Whether ``response`` says that somebody may not do this; a form that came from another site is something else."""
    return code_of(response) == errors.NotAllowed.code and not getattr(response, "is_forgery", False)


def exception_handler(exc: Exception, context: JsonObject) -> Response | None:
    """REST framework's EXCEPTION_HANDLER: every exception that has a meaning becomes a problem document."""
    request = getattr(context.get("request"), "_request", None)
    if isinstance(exc, Http404):
        exc = NotFound()
    elif isinstance(exc, PermissionDenied):
        exc = exceptions.PermissionDenied()
    if isinstance(exc, DomainError):
        status, body, retry_after = exc.status, _of_domain_error(exc, request), exc.retry_after
    elif isinstance(exc, exceptions.APIException):
        status, body = exc.status_code, _of_api_exception(exc, request)
        retry_after = getattr(exc, "wait", None)
    else:
        return None
    set_rollback()
    response = Response(body, status=status, content_type=CONTENT_TYPE)
    auth_header = getattr(exc, "auth_header", None)
    if auth_header:
        response["WWW-Authenticate"] = auth_header
    _set_retry_after(response, retry_after)
    _name(response, body["code"])
    return response


def _name(response: HttpResponse, code: str) -> None:
    response.problem_code = code  # type: ignore[attr-defined]


def _set_retry_after(response: HttpResponse, seconds: float | None) -> None:
    if seconds is not None:
        response["Retry-After"] = str(max(1, math.ceil(seconds)))


def _of_domain_error(error: DomainError, request: HttpRequest | None) -> JsonObject:
    extra = dict(error.extra)
    if error.field:
        extra["errors"] = [{"field": error.field, "code": error.code, "detail": error.detail}]
    return document(
        status=error.status, code=error.code, title=error.title, detail=error.detail, request=request, **extra
    )


def _of_api_exception(exc: exceptions.APIException, request: HttpRequest | None) -> JsonObject:
    if isinstance(exc, exceptions.ValidationError):
        fields = list(_flatten(exc.get_full_details()))
        return _framework_problem(errors.ValidationFailed, _summary(fields), request, errors=fields)
    if isinstance(exc, exceptions.ParseError):
        return _framework_problem(errors.MalformedJson, str(exc.detail), request)
    known = BY_STATUS.get(exc.status_code, errors.BadRequest)
    return _framework_problem(known, str(exc.detail), request) | {"status": exc.status_code}


def _framework_problem(error: type[DomainError], detail: str, request: HttpRequest | None, **extra: Any) -> JsonObject:
    return document(status=error.status, code=error.code, title=error.title, detail=detail, request=request, **extra)


def _flatten(details: Any, path: str = "") -> Iterator[JsonObject]:
    if isinstance(details, dict) and set(details) == {"message", "code"} and not isinstance(details["code"], dict):
        yield {
            "field": path or "non_field_errors",
            "code": details["code"],
            "detail": str(details["message"]),
        }
    elif isinstance(details, dict):
        for key, value in details.items():
            yield from _flatten(value, f"{path}.{key}" if path else str(key))
    else:
        nested = len(details) > 0 and not {"message", "code"} <= set(details[0])
        for index, value in enumerate(details):
            yield from _flatten(value, f"{path}.{index}" if nested and path else path)


def _summary(fields: list[JsonObject]) -> str:
    first = fields[0]
    if first["field"] == "non_field_errors":
        return str(first["detail"])
    name = str(first["field"]).replace("_", " ")
    return f"{name[:1].upper()}{name[1:]}: {first['detail']}"


def bad_request(request: HttpRequest, exception: Exception) -> JsonResponse:
    return problem_response(errors.BadRequest(), request)


def permission_denied(request: HttpRequest, exception: Exception) -> JsonResponse:
    return problem_response(errors.NotAllowed(), request)


def page_not_found(request: HttpRequest, exception: Exception) -> JsonResponse:
    return problem_response(errors.NotFound(), request)


def server_error(request: HttpRequest) -> JsonResponse:
    return problem_response(errors.InternalError(), request)


def csrf_failed(request: HttpRequest, reason: str = "") -> JsonResponse:
    detail = "The form has expired or came from another site. Load the page again and retry."
    response = problem_response(errors.NotAllowed(detail), request)
    response.is_forgery = True  # type: ignore[attr-defined]
    return response
