import json
import math
from typing import IO, Any, NoReturn

from django.conf import settings
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser

from numerai.common.errors import BodyTooLarge

MALFORMED = "The body is not valid JSON."
TOO_DEEP = "The body is nested too deeply."
# Far more than any body of ours, and far less than what the stack bears, wherever the parser is called from.
DEEPEST = 64


class StrictJSONParser(BaseParser):
    """RFC 8259 JSON only: no NaN, no lone surrogates, no NUL (PostgreSQL stores none), no more than DEEPEST levels."""

    media_type = "application/json"

    def parse(self, stream: IO[bytes], media_type: str | None = None, parser_context: Any = None) -> Any:
        largest = largest_body((parser_context or {})["request"].path_info)
        raw = stream.read(largest + 1)
        if len(raw) > largest:
            raise BodyTooLarge
        try:
            text = raw.decode("utf-8")
            value = json.loads(text, parse_constant=_refuse_constant, parse_float=_finite)
            _refuse_unstorable(value)
        except UnicodeDecodeError:
            raise ParseError("The body is not valid UTF-8.") from None
        except RecursionError:
            raise ParseError(TOO_DEEP) from None
        except ValueError:
            raise ParseError(MALFORMED) from None
        if not isinstance(value, dict):
            raise ParseError("The body must be a JSON object.")
        return value


def largest_body(path: str) -> int:
    """How many bytes a request to ``path`` may carry."""
    lower = (limit for prefix, limit in settings.BODY_BYTES_BELOW.items() if path.startswith(prefix))
    return next(lower, settings.MAX_BODY_BYTES)


def _finite(text: str) -> float:
    """1e999 would become infinity, which JSON cannot say."""
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(text)
    return number


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(name)


def _refuse_unstorable(value: Any, depth: int = 0) -> None:
    if isinstance(value, str):
        if "\x00" in value:
            raise ParseError("Text must not contain the character U+0000.")
        value.encode("utf-8")
    elif isinstance(value, dict | list):
        if depth == DEEPEST:
            raise ParseError(TOO_DEEP)
        for key in value if isinstance(value, dict) else ():
            _refuse_unstorable(key)
        for item in value.values() if isinstance(value, dict) else value:
            _refuse_unstorable(item, depth + 1)
