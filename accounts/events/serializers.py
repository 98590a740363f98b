from typing import Any

from rest_framework import serializers

from accounts.events.sentences import sentence
from accounts.events.words import in_words
from accounts.models import EventKind, SecurityEvent
from numerai.common.http.fields import PickedDateField


class EventSerializer(serializers.ModelSerializer[SecurityEvent]):
    """Needs ``context["current"]``, the id of the session that asks."""

    id = serializers.UUIDField(source="public_id")
    kind = serializers.ChoiceField(choices=EventKind.choices)
    description = serializers.SerializerMethodField(help_text="One sentence for the person.")
    device = serializers.SerializerMethodField(help_text="In words, as far as it is known; else null.")
    address = serializers.SerializerMethodField(help_text="Truncated: its last part is always zero; null if unknown.")
    is_this_session = serializers.SerializerMethodField(help_text="Whether it concerns the session that asks.")

    class Meta:
        model = SecurityEvent
        fields = ("id", "at", "kind", "description", "device", "address", "is_this_session")
        read_only_fields = fields

    def get_description(self, event: SecurityEvent) -> str:
        return sentence(event)

    def get_device(self, event: SecurityEvent) -> str | None:
        return in_words(event.origin.device) if hasattr(event, "origin") else None

    def get_address(self, event: SecurityEvent) -> str | None:
        return event.origin.address if hasattr(event, "origin") else None

    def get_is_this_session(self, event: SecurityEvent) -> bool:
        return bool(event.session_id == self.context["current"])


class EventPageSerializer(serializers.Serializer[Any]):
    count = serializers.IntegerField()
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    results = EventSerializer(many=True)


class EventQuerySerializer(serializers.Serializer[Any]):
    """Days are the person's own, by the time zone of their profile. An empty value means "not filtered"."""

    kind = serializers.ChoiceField(choices=EventKind.choices, required=False, allow_blank=True, default="")
    since = PickedDateField(required=False, help_text="The first day.")
    until = PickedDateField(required=False, help_text="The last day.")
