from typing import Any

from rest_framework import serializers

from accounts.profiles.fields import PlainTextField
from accounts.registration.fields import EmailAddressField, PasswordField
from accounts.registration.passwords import refuse_unfit
from accounts.verification.fields import CodeField

LONGEST_TOKEN = 200


class ResetAskSerializer(serializers.Serializer[Any]):
    email = EmailAddressField()


class ResetByCodeSerializer(serializers.Serializer[Any]):
    email = EmailAddressField()
    otp = CodeField()
    new_password = PasswordField()

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        # Nothing but what the caller has given: what is on record must not show before the code is right.
        refuse_unfit(attrs["new_password"], email=attrs["email"], full_name="", field="new_password")
        return attrs


class ResetByLinkSerializer(serializers.Serializer[Any]):
    token = PlainTextField(max_length=LONGEST_TOKEN)
    new_password = PasswordField()
    confirm_password = PasswordField()

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        refuse_unfit(attrs["new_password"], email="", full_name="", field="new_password")
        if attrs.pop("confirm_password") != attrs["new_password"]:
            raise serializers.ValidationError({"confirm_password": ["The two passwords differ."]}, code="mismatch")
        return attrs


class PasswordChangeSerializer(serializers.Serializer[Any]):
    current_password = PasswordField(required=False, allow_blank=True, default="")
    code = CodeField(required=False, allow_blank=True, default="")
    new_password = PasswordField()
