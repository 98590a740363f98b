"""How people name their addresses and choose their passwords: input fields."""

import re
from typing import Any

import phonenumbers
from rest_framework import serializers

from accounts.models import PHONE, normalise_email
from accounts.profiles.fields import PlainTextField

# Deliverable addresses only: RFC 5322 also allows quoted and literal forms that no provider hands out.
EMAIL = re.compile(
    r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]"
)
LONGEST_PASSWORD = 1024


class EmailAddressField(PlainTextField):
    """An e-mail address in its normal form."""

    default_error_messages = {"invalid_email": "Enter a valid e-mail address."}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=254, **kwargs)

    def to_internal_value(self, data: Any) -> str:
        address = normalise_email(super().to_internal_value(data)) or ""
        local, _, _ = address.rpartition("@")
        if len(address) > 254 or len(local) > 64 or not EMAIL.fullmatch(address):
            self.fail("invalid_email")
        return address


class PhoneField(PlainTextField):
    """A phone number in E.164, however it was punctuated."""

    default_error_messages = {
        "invalid_phone": "Enter a phone number with its country code, such as +14155550123.",
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=40, **kwargs)

    def to_internal_value(self, data: Any) -> str:
        number = _parsed(super().to_internal_value(data))
        if number is None or not re.fullmatch(PHONE, number):
            self.fail("invalid_phone")
        return number


def _parsed(text: str) -> str | None:
    """``text`` in E.164 when it is a number that somebody could have."""
    try:
        number = phonenumbers.parse(text, None)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


class PasswordField(PlainTextField):
    """Kept as it was typed; what is longer than anyone types is refused before it is hashed."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            max_length=LONGEST_PASSWORD, trim_whitespace=False, write_only=True, single_line=False, **kwargs
        )


class NamesPersonSerializer(serializers.Serializer[Any]):
    """A person is named by ``email`` or ``phone``; with both given the e-mail address decides. "" is not given."""

    email = EmailAddressField(required=False, allow_blank=True, default="")
    phone = PhoneField(required=False, allow_blank=True, default="", help_text="With country code, such as +4930123456")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if not attrs["email"] and not attrs["phone"]:
            raise serializers.ValidationError({"email": ["Enter your e-mail address."]}, code="required")
        return attrs
