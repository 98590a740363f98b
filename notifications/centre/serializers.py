from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from notifications.models import Notification
from notifications.vocabulary import NotificationType, Priority
from numerai.common.http.strict import StrictSerializer


@extend_schema_field(OpenApiTypes.OBJECT)  # a JSONField alone could be anything
class PlainValuesField(serializers.JSONField):
    pass


# Written out and not derived from the model: deriving takes a tenth of the time of a list that is polled.
class NotificationSerializer(serializers.Serializer[Notification]):
    id = serializers.UUIDField(source="public_id")
    kind = serializers.CharField(help_text="Stable name of what happened.")
    notification_type = serializers.ChoiceField(NotificationType.choices)
    title = serializers.CharField()
    message = serializers.CharField()
    # The metaclass takes fields out of the class, so the serializer's own ``data`` stays what it is.
    data = PlainValuesField(help_text="Plain values that belong to the kind.")  # type: ignore[assignment]
    action_url = serializers.CharField(help_text="https://… or a path of the frontend; empty if there is none.")
    priority = serializers.ChoiceField(Priority.choices)
    is_read = serializers.BooleanField()
    read_at = serializers.DateTimeField(allow_null=True)
    created_at = serializers.DateTimeField()


class NotificationPageSerializer(serializers.Serializer[Any]):
    count = serializers.IntegerField()
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    results = NotificationSerializer(many=True)


class ListQuerySerializer(serializers.Serializer[Any]):
    """An empty value means "not filtered", as a form with untouched fields sends it."""

    type = serializers.ChoiceField(NotificationType.choices, required=False, allow_blank=True, default="")
    unread = serializers.BooleanField(
        required=False, allow_null=True, default=False, help_text="`true` leaves out what was read."
    )
    q = serializers.CharField(
        required=False,
        allow_blank=True,
        default="",
        max_length=100,
        help_text="Words to find in title and message, without regard to case.",
    )


class UnreadCountSerializer(serializers.Serializer[Any]):
    count = serializers.IntegerField(help_text="Unread notifications; exact up to 1000.")
    capped = serializers.BooleanField(help_text="Whether there are more than `count` says.")


class ReadSerializer(UnreadCountSerializer):
    id = serializers.UUIDField()
    is_read = serializers.BooleanField()
    read_at = serializers.DateTimeField(help_text="When it was read first.")


def is_known_type(value: str) -> None:
    if value not in NotificationType:
        raise serializers.ValidationError(f"There is no notification type {value!r}.", code="invalid_choice")


class ReadAllRequestSerializer(StrictSerializer):
    up_to_id = serializers.UUIDField(
        required=False,
        allow_null=True,
        default=None,
        help_text="The newest notification on the screen; what arrived after it stays unread.",
    )
    type = serializers.CharField(
        required=False,
        allow_blank=True,
        default="",
        validators=[is_known_type],
        help_text="Only notifications of this `notification_type`.",
    )


class ReadAllSerializer(UnreadCountSerializer):
    updated = serializers.IntegerField(help_text="How many became read.")
