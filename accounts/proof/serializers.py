from typing import Any

from rest_framework import serializers

from accounts.registration.fields import PasswordField
from accounts.verification.fields import CodeField


class FreshProofSerializer(serializers.Serializer[Any]):
    password = PasswordField(required=False, allow_blank=True, default="")
    code = CodeField(required=False, allow_blank=True, default="")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if not attrs["password"] and not attrs["code"]:
            raise serializers.ValidationError({"password": ["Enter your password or a code."]}, code="required")
        return attrs


class WithPasswordSerializer(serializers.Serializer[Any]):
    """Nothing need be given where the session has proved enough. For bodies whose ``code`` is another."""

    password = PasswordField(required=False, allow_blank=True, default="")


class WithProofSerializer(WithPasswordSerializer):
    """Nothing need be given where the session has proved enough."""

    code = CodeField(required=False, allow_blank=True, default="", help_text="From auth/proof/code/.")


class FreshSerializer(serializers.Serializer[Any]):
    fresh_until = serializers.DateTimeField(help_text="Until when nothing more need be proved in this session.")
