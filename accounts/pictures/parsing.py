from django.conf import settings

from numerai.common.http.parsing import OneFileParser

FIELD = "picture"


class PictureParser(OneFileParser):
    field = FIELD

    def largest(self) -> int:
        return settings.PICTURE_MAX_BYTES
