from typing import Any

from rest_framework import serializers

from accounts.factors.proofs import Proof
from accounts.login.serializers import TokensSerializer
from accounts.profiles.fields import PlainTextField
from accounts.proof.serializers import WithPasswordSerializer
from accounts.verification.fields import CodeField

LONGEST_TOKEN = 64


class DigitsField(CodeField):
    """Six digits of an authenticator app, which shows them in two groups."""

    default_error_messages = {"invalid_code": "Enter the six digits that your authenticator app shows."}

    def to_internal_value(self, data: Any) -> str:
        return super().to_internal_value("".join(str(data).split()))


class AnswerField(serializers.DictField):
    """What ``PublicKeyCredential.toJSON()`` gives."""


class AppCodeSerializer(WithPasswordSerializer):
    code = DigitsField(help_text="What the app shows now.")


class FactorAnswerSerializer(serializers.Serializer[Any]):
    """One of the three."""

    challenge = PlainTextField(max_length=LONGEST_TOKEN, help_text="From the answer that asked for it.")
    code = DigitsField(required=False, allow_blank=True, default="", help_text="Of the authenticator app.")
    recovery_code = PlainTextField(required=False, allow_blank=True, default="", max_length=64)
    passkey = AnswerField(required=False, allow_null=True, default=None)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        given = [name for name in ("code", "recovery_code", "passkey") if attrs[name]]
        if len(given) != 1:
            message = "Give one of code, recovery_code and passkey."
            raise serializers.ValidationError({"code": [message]}, code="required")
        return attrs

    @property
    def proof(self) -> Proof:
        given = self.validated_data
        return Proof(code=given["code"], recovery_code=given["recovery_code"], passkey=given["passkey"])


class PasskeySignInSerializer(serializers.Serializer[Any]):
    passkey = AnswerField()


class NewPasskeySerializer(WithPasswordSerializer):
    name = PlainTextField(max_length=80)
    passkey = AnswerField()


class RenameSerializer(serializers.Serializer[Any]):
    name = PlainTextField(max_length=80)


class EnrolmentSerializer(serializers.Serializer[Any]):
    secret = serializers.CharField(help_text="In base32, for typing.")
    otpauth_uri = serializers.CharField()
    qr_svg = serializers.CharField(help_text="The URI as a picture: the text of an SVG document.")


class ChangedSerializer(TokensSerializer):
    recovery_codes = serializers.ListField(
        child=serializers.CharField(), help_text="Shown this once. Empty when those that the person has stay good."
    )


class OptionsSerializer(serializers.Serializer[Any]):
    publicKey = serializers.DictField(help_text="For navigator.credentials.")  # noqa: N815 - WebAuthn's own name


class AppSerializer(serializers.Serializer[Any]):
    added_at = serializers.DateTimeField()
    last_used_at = serializers.DateTimeField(allow_null=True)


class PasskeySerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    name = serializers.CharField()
    is_synced = serializers.BooleanField(help_text="Whether copies of it are on other devices of the person.")
    created_at = serializers.DateTimeField()
    last_used_at = serializers.DateTimeField(allow_null=True)


class FactorsSerializer(serializers.Serializer[Any]):
    totp = AppSerializer(allow_null=True)
    passkeys = PasskeySerializer(many=True)
    recovery_codes_left = serializers.IntegerField()
