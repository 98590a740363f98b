"""What people tell about themselves: input fields that take text for text and nothing else."""

import re
import unicodedata
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.models import Gender
from numerai.common import clock

# Control characters, and those that turn the direction of everything after them.
UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u2028\u2029]")
LINE_BREAK = re.compile(r"[\t\r\n]")
ISO_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
FIRST_YEAR = 1000
PADDING = 4


class PlainTextField(serializers.CharField):
    """Text, given as text: a number is a mistake of the caller, not a text."""

    default_error_messages = {"unprintable": "This contains characters that cannot be printed."}

    def __init__(self, *, single_line: bool = True, **kwargs: Any) -> None:
        self.single_line = single_line
        super().__init__(**kwargs)

    def run_validation(self, data: Any = serializers.empty) -> Any:
        if data is not serializers.empty and data is not None and not isinstance(data, str):
            self.fail("invalid")
        # Before anything is done with the text: normalising takes time with the square of its length. Tidying may
        # shorten it, so what is too long by far goes here, and the rest is measured in its final form.
        if isinstance(data, str) and self.max_length is not None and len(data) > PADDING * self.max_length:
            self.fail("max_length", max_length=self.max_length)
        return super().run_validation(data)

    def to_internal_value(self, data: Any) -> str:
        text = super().to_internal_value(data)
        if UNPRINTABLE.search(text) or (self.single_line and LINE_BREAK.search(text)):
            self.fail("unprintable")
        return text


class FullNameField(PlainTextField):
    """A name as it is written: any script, at least one letter, spaces tidied."""

    default_error_messages = {"letterless": "Enter a name with at least one letter."}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=200, **kwargs)

    def to_internal_value(self, data: Any) -> str:
        name = " ".join(unicodedata.normalize("NFC", super().to_internal_value(data)).split())
        if not any(character.isalpha() for character in name):
            self.fail("letterless")
        return name


class GenderField(serializers.ChoiceField):
    """One of the genders; what was given instead is not repeated in the answer, however long it was."""

    default_error_messages = {"invalid_choice": f"Enter one of: {', '.join(Gender.values)}."}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=Gender.choices, **kwargs)


@extend_schema_field({"type": "string", "pattern": f"^({ISO_DATE.pattern})?$"})
class BirthDateField(serializers.DateField):
    """A day as YYYY-MM-DD. Whether it lies in the future depends on where the person is: see ``refuse_future``."""

    default_error_messages = {
        "too_early": "Enter a date from the year 1000 on.",
        "future": "A birth date cannot lie in the future.",
    }

    def to_internal_value(self, value: Any) -> date:
        if not isinstance(value, str) or not ISO_DATE.fullmatch(value):
            self.fail("invalid", format="YYYY-MM-DD")
        day: date = super().to_internal_value(value)
        if day.year < FIRST_YEAR:
            self.fail("too_early")
        return day


class TimezoneField(PlainTextField):
    """The IANA name of a time zone."""

    default_error_messages = {"unknown_zone": "Enter the name of a time zone, such as Europe/Berlin."}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=64, **kwargs)

    def to_internal_value(self, data: Any) -> str:
        name = super().to_internal_value(data)
        if not is_zone(name):
            self.fail("unknown_zone")
        return name


class LanguageField(PlainTextField):
    """One of the languages that are offered, as a BCP 47 tag in any letters; written as the setting writes it."""

    default_error_messages = {"unknown_language": "Enter one of: {offered}."}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=35, **kwargs)

    def to_internal_value(self, data: Any) -> str:
        wanted = super().to_internal_value(data).lower()
        offered: list[str] = settings.LANGUAGES_OFFERED
        if wanted not in {tag.lower() for tag in offered}:
            self.fail("unknown_language", offered=", ".join(offered))
        return next(tag for tag in offered if tag.lower() == wanted)


def is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    # A name is looked up as a file: one of a folder, of another file or outside of the data fails in its own way.
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def refuse_future(day: date | None, zone: str) -> None:
    """Raises ValidationError for ``date_of_birth`` when ``day`` has not come yet in the time zone ``zone``."""
    if day is not None and day > clock.today_in(zone):
        message = BirthDateField.default_error_messages["future"]
        raise serializers.ValidationError({"date_of_birth": [message]}, code="future")


def without_blanks(data: dict[str, Any], fields: tuple[str, ...]) -> dict[str, Any]:
    """``data`` without those of ``fields`` that are "", which is how a form sends a field left untouched."""
    return {name: value for name, value in data.items() if name not in fields or value != ""}
