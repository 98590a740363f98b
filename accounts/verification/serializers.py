from rest_framework import serializers

from accounts.login.serializers import SignedInSerializer
from accounts.profiles.fields import PlainTextField
from accounts.registration.fields import NamesPersonSerializer


class VerifySerializer(NamesPersonSerializer):
    otp = PlainTextField(max_length=40, help_text="The six digits that were sent.")

    def validate_otp(self, value: str) -> str:
        if len(value) != 6 or not (value.isascii() and value.isdigit()):
            raise serializers.ValidationError("Enter the six digits that were sent to you.")
        return value


class ResendSerializer(NamesPersonSerializer):
    pass


class VerifiedSerializer(SignedInSerializer):
    has_password = serializers.BooleanField(
        help_text="False when two sign-ups for the address named different passwords: then neither holds."
    )
