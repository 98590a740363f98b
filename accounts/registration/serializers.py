from typing import Any

from rest_framework import serializers

from accounts.profiles.fields import (
    BirthDateField,
    FullNameField,
    GenderField,
    PlainTextField,
    TimezoneField,
    refuse_future,
    without_blanks,
)
from accounts.registration.fields import NamesPersonSerializer, PasswordField
from accounts.registration.passwords import refuse_unfit

OPTIONAL = ("date_of_birth", "gender", "timezone", "location")


class RegisterSerializer(NamesPersonSerializer):
    password = PasswordField()
    confirm_password = PasswordField()
    full_name = FullNameField()
    date_of_birth = BirthDateField(required=False, default=None)
    gender = GenderField(required=False, allow_blank=True, default="")
    timezone = TimezoneField(
        required=False, allow_blank=True, default="UTC", help_text="IANA name, such as Europe/Berlin"
    )
    location = PlainTextField(required=False, default="", max_length=200)

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        values: dict[str, Any] = super().to_internal_value(without_blanks(data, OPTIONAL))
        return values

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        attrs = super().validate(attrs)
        refuse_future(attrs["date_of_birth"], attrs["timezone"])
        refuse_unfit(attrs["password"], email=attrs["email"], full_name=attrs["full_name"], phone=attrs["phone"])
        if attrs.pop("confirm_password") != attrs["password"]:
            raise serializers.ValidationError({"confirm_password": ["The two passwords differ."]}, code="mismatch")
        return attrs


class RegisteredSerializer(serializers.Serializer[Any]):
    message = serializers.CharField()
    email = serializers.EmailField(required=False, help_text="Where the code went, if it went by mail.")
    phone = serializers.CharField(required=False, help_text="Where the code went, if it went by text.")
