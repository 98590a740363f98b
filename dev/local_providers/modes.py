"""What can go wrong with a provider."""

from enum import StrEnum


class Mode(StrEnum):
    """How everything is answered: as it should be, by a refusal, or by what is no answer."""

    OK = "ok"
    NO_CONTENT = "no_content"
    REDIRECT = "redirect"
    MALFORMED = "malformed"
    UNAUTHORIZED = "unauthorized"
    FORBIDDEN = "forbidden"
    NOT_FOUND = "not_found"
    GONE = "gone"
    TOO_LARGE = "too_large"
    THROTTLED = "throttled"
    ERROR = "error"
    UNAVAILABLE = "unavailable"
    HANG = "hang"
    DRIP = "drip"
    RESET = "reset"


STATUS = {
    Mode.NO_CONTENT: 204,
    Mode.REDIRECT: 302,
    Mode.MALFORMED: 400,
    Mode.UNAUTHORIZED: 401,
    Mode.FORBIDDEN: 403,
    Mode.NOT_FOUND: 404,
    Mode.GONE: 410,
    Mode.TOO_LARGE: 413,
    Mode.THROTTLED: 429,
    Mode.ERROR: 500,
    Mode.UNAVAILABLE: 503,
}
