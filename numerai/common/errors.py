"""The refusals of the product: one family of exceptions, each with a stable code listed in docs/errors.md."""

from typing import Any, ClassVar

JsonObject = dict[str, Any]


class DomainError(Exception):
    """A refusal the caller can act on. Subclasses set ``status``, ``code``, ``title`` and a default ``detail``.

    ``detail`` is one sentence that is safe to show to the person; ``field`` names the input at fault, if one is;
    ``retry_after`` is in seconds; ``extra`` adds members to the document.
    """

    status: ClassVar[int] = 400
    code: ClassVar[str] = "bad_request"
    title: ClassVar[str] = "The request cannot be carried out"
    detail: str = "The request cannot be carried out."
    registry: ClassVar[dict[str, type["DomainError"]]] = {}

    def __init__(
        self,
        detail: str | None = None,
        *,
        field: str | None = None,
        retry_after: float | None = None,
        extra: JsonObject | None = None,
    ) -> None:
        self.detail = detail or type(self).detail
        self.field = field
        self.retry_after = retry_after
        self.extra = extra or {}
        super().__init__(self.detail)

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if cls.code in DomainError.registry:
            raise TypeError(f"The problem code {cls.code} is taken by {DomainError.registry[cls.code].__name__}.")
        DomainError.registry[cls.code] = cls


class BadRequest(DomainError):
    title = "The request is malformed"
    detail = "The request is malformed."


class MalformedJson(DomainError):
    code, title = "malformed_json", "The body cannot be read"
    detail = "The body is not valid JSON."


class ValidationFailed(DomainError):
    code, title = "validation_error", "The input is not valid"
    detail = "The input is not valid."


class NotAuthenticated(DomainError):
    status, code, title = 401, "not_authenticated", "Not signed in"
    detail = "Sign in to do this."


class NotAllowed(DomainError):
    status, code, title = 403, "permission_denied", "Not allowed"
    detail = "You are not allowed to do this."


class MethodNotAllowed(DomainError):
    status, code, title = 405, "method_not_allowed", "Method not allowed"
    detail = "This address does not serve that method."


class UnsupportedMediaType(DomainError):
    status, code, title = 415, "unsupported_media_type", "Unsupported media type"
    detail = "Send application/json."


class InternalError(DomainError):
    status, code, title = 500, "internal_error", "Internal error"
    detail = "Something went wrong on our side. Please try again."


class NotFound(DomainError):
    status, code, title = 404, "not_found", "Not found"
    detail = "There is nothing here, or it is not yours."


class Conflict(DomainError):
    status, code, title = 409, "conflict", "Conflict"
    detail = "This contradicts the present state."


class BodyTooLarge(DomainError):
    status, code, title = 413, "body_too_large", "Request body too large"
    detail = "The request body is larger than this endpoint accepts."


class TooManyRequests(DomainError):
    status, code, title = 429, "too_many_requests", "Too many requests"
    detail = "Too many requests. Please wait a moment and try again."


class ServiceUnavailable(DomainError):
    status, code, title = 503, "service_unavailable", "Temporarily unavailable"
    detail = "This is temporarily unavailable. Please try again in a moment."
