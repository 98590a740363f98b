"""One file in one form, held in memory and never larger than it may be."""

from typing import IO, Any, cast

from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile, StopUpload
from django.http.multipartparser import MultiPartParser, MultiPartParserError
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser

from numerai.common.errors import BodyTooLarge

FIELD = "picture"


class OnePicture(FileUploadHandler):
    """Keeps the first file called ``picture`` and skips all others."""

    def __init__(self) -> None:
        super().__init__()
        self.chunks: list[bytes] = []
        self.size = 0
        self.is_begun = False

    @property
    def is_too_large(self) -> bool:
        return self.size > settings.PICTURE_MAX_BYTES

    def new_file(self, field_name: str, *args: Any, **kwargs: Any) -> None:
        super().new_file(field_name, *args, **kwargs)
        if self.is_begun or field_name != FIELD:
            raise SkipFile
        self.is_begun = True

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self.size += len(raw_data)
        if self.is_too_large:
            # What is left of the body is read, or the client would see a reset instead of the 413.
            raise StopUpload
        self.chunks.append(raw_data)

    def file_complete(self, file_size: int) -> "UploadedFile[bytes]":
        return SimpleUploadedFile(FIELD, b"".join(self.chunks))


class PictureParser(BaseParser):
    """``{"picture": file}`` of a form; without the file an empty dictionary. What the client calls the file, and what
    it says its type is, is not looked at."""

    media_type = "multipart/form-data"

    def parse(self, stream: IO[bytes], media_type: str | None = None, parser_context: Any = None) -> dict[str, Any]:
        """Raises BodyTooLarge, and ParseError for what is no form."""
        handler = OnePicture()
        meta = parser_context["request"].META
        try:
            _, files = MultiPartParser(meta, cast("Any", stream), [handler], "utf-8").parse()
        except (MultiPartParserError, SuspiciousOperation):
            raise ParseError("The body is not a form with a file.") from None
        if handler.is_too_large:
            raise BodyTooLarge
        return files.dict()
