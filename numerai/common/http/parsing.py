import json
import math
from typing import IO, Any, ClassVar, NoReturn, cast

from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile, StopUpload
from django.http.multipartparser import MultiPartParser, MultiPartParserError
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


class OneFile(FileUploadHandler):
    """Keeps the first file called ``field`` in memory, as long as it has at most ``largest`` bytes, and skips all
    others."""

    def __init__(self, field: str, largest: int) -> None:
        super().__init__()
        self.field, self.largest = field, largest
        self.chunks: list[bytes] = []
        self.size = 0
        self.is_begun = False

    @property
    def is_too_large(self) -> bool:
        return self.size > self.largest

    def new_file(self, field_name: str, *args: Any, **kwargs: Any) -> None:
        super().new_file(field_name, *args, **kwargs)
        if self.is_begun or field_name != self.field:
            raise SkipFile
        self.is_begun = True

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self.size += len(raw_data)
        if self.is_too_large:
            # What is left of the body is read, or the client would see a reset instead of the 413.
            raise StopUpload
        self.chunks.append(raw_data)

    def file_complete(self, file_size: int) -> "UploadedFile[bytes]":
        return SimpleUploadedFile(self.field, b"".join(self.chunks))


class OneFileParser(BaseParser):
    """``{field: file}`` of a form; without the file an empty dictionary. What the client calls the file, and what it
    says its type is, is not looked at."""

    media_type = "multipart/form-data"
    field: ClassVar[str]

    def largest(self) -> int:
        """How many bytes the file may have."""
        raise NotImplementedError

    def parse(self, stream: IO[bytes], media_type: str | None = None, parser_context: Any = None) -> dict[str, Any]:
        """Raises BodyTooLarge, and ParseError for what is no form."""
        handler = OneFile(self.field, self.largest())
        meta = parser_context["request"].META
        try:
            _, files = MultiPartParser(meta, cast("Any", stream), [handler], "utf-8").parse()
        except (MultiPartParserError, SuspiciousOperation):
            raise ParseError("The body is not a form with a file.") from None
        if handler.is_too_large:
            raise BodyTooLarge
        return files.dict()


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
