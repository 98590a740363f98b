from typing import IO, Any

from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser

from numerai.common.errors import BodyTooLarge
from numerai.common.http.parsing import largest_body


class SecurityEventParser(BaseParser):
    """A security event token (RFC 8417): the body is the token."""

    media_type = "application/secevent+jwt"

    def parse(self, stream: IO[bytes], media_type: str | None = None, parser_context: Any = None) -> Any:
        largest = largest_body(parser_context["request"].path_info)
        raw = stream.read(largest + 1)
        if len(raw) > largest:
            raise BodyTooLarge
        try:
            return raw.decode("ascii").strip()
        except UnicodeDecodeError:
            raise ParseError("The body is no token.") from None
