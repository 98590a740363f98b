from typing import Any

from rest_framework import serializers

from accounts.login.serializers import SignedInSerializer
from accounts.registration.fields import NamesPersonSerializer, PasswordField
from accounts.registration.passwords import refuse_unfit
from accounts.verification.fields import CodeField


class VerifySerializer(NamesPersonSerializer):
    otp = CodeField()

    new_password = PasswordField(
        required=False,
        allow_blank=True,
        default="",
        help_text="Set if the account has no password at this moment, otherwise of no effect.",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        attrs = super().validate(attrs)
        if attrs["new_password"]:
            # Nothing but what the caller has given: what is on record must not show before the code is right.
            refuse_unfit(
                attrs["new_password"], email=attrs["email"], full_name="", phone=attrs["phone"], field="new_password"
            )
        return attrs


class ResendSerializer(NamesPersonSerializer):
    pass


class VerifiedSerializer(SignedInSerializer):
    has_password = serializers.BooleanField(
        help_text="False when two sign-ups for the address named different passwords, of which neither holds, "
        "and no new one came with the code."
    )
