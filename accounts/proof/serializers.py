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


class FreshSerializer(serializers.Serializer[Any]):
    fresh_until = serializers.DateTimeField(help_text="Until when nothing more need be proved in this session.")
