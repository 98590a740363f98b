from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from notifications import kinds
from notifications.centre.services import Action
from notifications.models import Notification
from notifications.vocabulary import ChannelName, DeliveryStatus, NotificationType, Priority, Reason
from numerai.common.http.fields import IdField, ShortListField
from numerai.common.http.strict import StrictSerializer

LARGEST_BULK = 100


@extend_schema_field(OpenApiTypes.OBJECT)  # a JSONField alone could be anything
class PlainValuesField(serializers.JSONField):
    pass


# Written out and not derived from the model: deriving takes a tenth of the time of a list that is polled.
class NotificationSerializer(serializers.Serializer[Notification]):
    id = serializers.UUIDField(source="public_id")
    kind = serializers.CharField(help_text="Stable name of what happened.")
    category = serializers.CharField(help_text="What the kind belongs to; empty for one that is no longer used.")
    notification_type = serializers.ChoiceField(NotificationType.choices)
    title = serializers.CharField()
    message = serializers.CharField()
    # The metaclass takes fields out of the class, so the serializer's own ``data`` stays what it is.
    data = PlainValuesField(help_text="Plain values that belong to the kind.")  # type: ignore[assignment]
    action_url = serializers.CharField(help_text="https://… or a path of the frontend; empty if there is none.")
    priority = serializers.ChoiceField(Priority.choices)
    occurrences = serializers.IntegerField(help_text="How often it happened: repeats are counted in one unread row.")
    is_read = serializers.BooleanField()
    read_at = serializers.DateTimeField(allow_null=True)
    archived_at = serializers.DateTimeField(allow_null=True)
    expires_at = serializers.DateTimeField(allow_null=True, help_text="From then on it is in no list.")
    created_at = serializers.DateTimeField()


class NotificationPageSerializer(serializers.Serializer[Any]):
    count = serializers.IntegerField(help_text="How many there are in all; exact up to 1000.")
    count_capped = serializers.BooleanField(help_text="Whether there are more than `count` says.")
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    results = NotificationSerializer(many=True)


def is_known_kind(value: str) -> None:
    if value not in {kind.name for kind in kinds.registered()}:
        raise serializers.ValidationError(f"There is no kind {value!r}.", code="invalid_choice")


def is_known_category(value: str) -> None:
    if value not in {kind.category for kind in kinds.registered()}:
        raise serializers.ValidationError(f"There is no category {value!r}.", code="invalid_choice")


class ListQuerySerializer(serializers.Serializer[Any]):
    """An empty value means "not filtered", as a form with untouched fields sends it; an id is never empty."""

    type = serializers.ChoiceField(NotificationType.choices, required=False, allow_blank=True, default="")
    unread = serializers.BooleanField(
        required=False, allow_null=True, default=False, help_text="`true` leaves out what was read."
    )
    q = serializers.CharField(
        required=False,
        allow_blank=True,
        default="",
        max_length=100,
        help_text="Words to find in title and message, without regard to case, among the newest 5000.",
    )
    priority = serializers.ChoiceField(Priority.choices, required=False, allow_blank=True, default="")
    kind = serializers.CharField(required=False, allow_blank=True, default="", validators=[is_known_kind])
    category = serializers.CharField(required=False, allow_blank=True, default="", validators=[is_known_category])
    archived = serializers.BooleanField(
        required=False, allow_null=True, default=False, help_text="`true` lists what was archived, and nothing else."
    )
    before = IdField(required=False, default=None, help_text="What is older than this notification.")
    after = IdField(required=False, default=None, help_text="What is next newer than this notification.")


class UnreadCountSerializer(serializers.Serializer[Any]):
    count = serializers.IntegerField(help_text="Unread notifications; exact up to 1000.")
    capped = serializers.BooleanField(help_text="Whether there are more than `count` says.")
    version = serializers.IntegerField(help_text="Of two counts the one with the higher version is the newer.")


class RecentSerializer(UnreadCountSerializer):
    results = NotificationSerializer(many=True)


class StandingSerializer(UnreadCountSerializer):
    id = serializers.UUIDField()
    is_read = serializers.BooleanField()
    read_at = serializers.DateTimeField(allow_null=True, help_text="When it was read first.")
    archived_at = serializers.DateTimeField(allow_null=True)


class BulkRequestSerializer(StrictSerializer):
    action = serializers.ChoiceField([action.value for action in Action])
    ids = ShortListField(child=IdField(), min_length=1, max_length=LARGEST_BULK)


def is_known_type(value: str) -> None:
    if value not in NotificationType:
        raise serializers.ValidationError(f"There is no notification type {value!r}.", code="invalid_choice")


class ReadAllRequestSerializer(StrictSerializer):
    up_to_id = IdField(
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


class BulkSerializer(UnreadCountSerializer):
    updated = serializers.IntegerField(help_text="How many changed: your own, and not so already.")


class ExplanationSerializer(serializers.Serializer[Any]):
    channel = serializers.ChoiceField(ChannelName.choices)
    channel_name = serializers.CharField(help_text="For people.")
    destination = serializers.CharField(help_text="An address or number, masked, or the name of a device; or empty.")
    status = serializers.ChoiceField(DeliveryStatus.choices)
    reason = serializers.ChoiceField(Reason.choices, allow_blank=True)
    explanation = serializers.CharField(help_text="Status and reason in words.")
    attempts = serializers.IntegerField()
    next_attempt_at = serializers.DateTimeField(allow_null=True)
    sent_at = serializers.DateTimeField(allow_null=True)
    delivered_at = serializers.DateTimeField(allow_null=True, help_text="Unknown for pushes and Discord.")
