from io import BytesIO
from typing import IO, Any

from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser

from numerai.common.errors import BodyTooLarge
from numerai.common.http.parsing import StrictJSONParser

LARGEST_EVENT = 64 * 1024


class SecurityEventParser(BaseParser):
    """A security event token (RFC 8417): the body is the token."""

    media_type = "application/secevent+jwt"

    def parse(self, stream: IO[bytes], media_type: str | None = None, parser_context: Any = None) -> Any:
        try:
            return _limited(stream).decode("ascii").strip()
        except UnicodeDecodeError:
            raise ParseError("The body is no token.") from None


class SmallJSONParser(StrictJSONParser):
    def parse(self, stream: IO[bytes], media_type: str | None = None, parser_context: Any = None) -> Any:
        return super().parse(BytesIO(_limited(stream)), media_type, parser_context)


def _limited(stream: IO[bytes]) -> bytes:
    raw = stream.read(LARGEST_EVENT + 1)
    if len(raw) > LARGEST_EVENT:
        raise BodyTooLarge
    return raw
