from typing import Any

from rest_framework import serializers

from accounts.events.words import in_words
from accounts.models import Session


class SessionSerializer(serializers.ModelSerializer[Session]):
    """Needs ``context["current"]``, the id of the session that asks."""

    device = serializers.SerializerMethodField(help_text="In words, as far as the browser told.")
    address = serializers.IPAddressField(allow_null=True, help_text="Truncated: its last part is always zero.")
    signed_in_at = serializers.DateTimeField(source="created_at")
    last_used_at = serializers.DateTimeField(source="rotated_at", help_text="When it was last refreshed.")
    idle_until = serializers.DateTimeField(help_text="When it ends if it is not refreshed before.")
    ends_at = serializers.DateTimeField(help_text="When it ends however much it is used.")
    is_current = serializers.SerializerMethodField(help_text="Whether it is the one that asks.")

    class Meta:
        model = Session
        fields = (
            "id",
            "device",
            "address",
            "method",
            "has_second_factor",
            "signed_in_at",
            "last_used_at",
            "idle_until",
            "ends_at",
            "is_current",
        )
        read_only_fields = fields

    def get_device(self, row: Session) -> str:
        return in_words(row.device)

    def get_is_current(self, row: Session) -> bool:
        return bool(row.id == self.context["current"])


class SessionPageSerializer(serializers.Serializer[Any]):
    count = serializers.IntegerField()
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    results = SessionSerializer(many=True)


class LogoutAllSerializer(serializers.Serializer[Any]):
    keep_current = serializers.BooleanField(default=False, help_text="Whether the session that asks lives on.")
