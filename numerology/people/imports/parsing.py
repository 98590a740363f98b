"""A file of people as a body: in a form, or by itself."""

from io import BytesIO
from typing import IO, Any

from rest_framework.parsers import BaseParser

from numerai.common.errors import BodyTooLarge
from numerai.common.http.parsing import OneFileParser
from numerology.people.imports.reading import LARGEST

FIELD = "file"


class FormParser(OneFileParser):
    field = FIELD

    def largest(self) -> int:
        return LARGEST


class CsvParser(BaseParser):
    """``{"file": file}`` of the whole body."""

    media_type = "text/csv"

    def parse(self, stream: IO[bytes], media_type: str | None = None, parser_context: Any = None) -> dict[str, Any]:
        """Raises BodyTooLarge."""
        raw = stream.read(LARGEST + 1)
        if len(raw) > LARGEST:
            raise BodyTooLarge
        return {FIELD: BytesIO(raw)}
