import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from notifications.vocabulary import (
    ARRIVED,
    LEASED,
    MESSAGE_LENGTH,
    NOT_ARRIVED,
    TITLE_LENGTH,
    WAITING,
    ChannelName,
    DeliveryStatus,
    NotificationType,
    Priority,
    Reason,
)

IN_LIST = Q(in_centre=True, deleted_at__isnull=True)


class Notification(models.Model):
    """Something one person is told. ``id`` orders and never leaves the house; ``public_id`` is the id of the API."""

    id = models.BigAutoField(primary_key=True)
    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    recipient = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=100)
    notification_type = models.CharField("type", max_length=40, choices=NotificationType)
    title = models.CharField(max_length=TITLE_LENGTH, blank=True)
    message = models.CharField(max_length=MESSAGE_LENGTH, blank=True)
    data = models.JSONField(default=dict, blank=True)
    action_url = models.CharField(max_length=500, blank=True, help_text="https://… or a path of the frontend")
    priority = models.CharField(max_length=10, choices=Priority, default=Priority.NORMAL)
    in_centre = models.BooleanField("in the centre", default=True)
    read_at = models.DateTimeField(null=True, blank=True)
    deleted_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    dedupe_key = models.CharField(max_length=255, null=True, blank=True)  # noqa: DJ001 - NULL is never a duplicate
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["recipient", "dedupe_key"],
                condition=Q(dedupe_key__isnull=False),
                name="notifications_once_per_key",
            ),
            models.CheckConstraint(
                condition=Q(notification_type__in=NotificationType.values), name="notifications_type_known"
            ),
            models.CheckConstraint(condition=Q(priority__in=Priority.values), name="notifications_priority_known"),
            models.CheckConstraint(
                condition=Q(kind__regex=r"^[a-z0-9_]+\.[a-z0-9_]+$"), name="notifications_kind_form"
            ),
            models.CheckConstraint(
                condition=Q(action_url__regex=r"^(/([^/\\].*)?|https?://.+)?$"), name="notifications_action_url_safe"
            ),
            models.CheckConstraint(
                condition=Q(in_centre=False) | ~Q(title=""), name="notifications_centre_needs_title"
            ),
            models.CheckConstraint(condition=~Q(dedupe_key=""), name="notifications_dedupe_key_not_empty"),
        ]
        indexes: ClassVar = [
            models.Index(F("recipient"), F("id").desc(), condition=IN_LIST, name="notifications_list"),
            models.Index(
                F("recipient"),
                F("notification_type"),
                F("id").desc(),
                condition=IN_LIST,
                name="notifications_list_of_type",
            ),
            # Covers expires_at, so that counting the unread needs the index alone.
            models.Index(
                fields=["recipient", "-id"],
                include=["expires_at"],
                condition=IN_LIST & Q(read_at__isnull=True),
                name="notifications_unread",
            ),
        ]

    def __str__(self) -> str:
        return self.title or self.kind

    @property
    def is_read(self) -> bool:
        return self.read_at is not None


class Delivery(models.Model):
    """A notification on its way to one destination: the row is the job, with its state, its lease and its next try."""

    id = models.BigAutoField(primary_key=True)
    notification = models.ForeignKey(Notification, on_delete=models.CASCADE, related_name="deliveries", db_index=False)
    channel = models.CharField(max_length=20, choices=ChannelName)
    destination = models.CharField(max_length=500, blank=True)
    status = models.CharField(max_length=20, choices=DeliveryStatus, default=DeliveryStatus.PENDING)
    reason = models.CharField(max_length=40, choices=Reason, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    last_error_code = models.CharField(max_length=60, blank=True)
    last_error = models.CharField(max_length=500, blank=True)
    provider_message_id = models.CharField(max_length=255, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        verbose_name_plural = "deliveries"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["notification", "channel", "destination"], name="notifications_one_delivery_each"
            ),
            models.CheckConstraint(
                condition=Q(status__in=DeliveryStatus.values), name="notifications_delivery_status_known"
            ),
            models.CheckConstraint(condition=Q(channel__in=ChannelName.values), name="notifications_channel_known"),
            models.CheckConstraint(
                condition=Q(reason="") | Q(reason__in=Reason.values), name="notifications_reason_known"
            ),
            models.CheckConstraint(
                condition=Q(status__in=LEASED, lease_until__isnull=False)
                | (~Q(status__in=LEASED) & Q(lease_until__isnull=True)),
                name="notifications_lease_while_handled",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=WAITING) | Q(next_attempt_at__isnull=False),
                name="notifications_waiting_has_a_time",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=ARRIVED) | Q(sent_at__isnull=False), name="notifications_sent_has_a_time"
            ),
            models.CheckConstraint(
                condition=~Q(status__in=NOT_ARRIVED) | ~Q(reason=""), name="notifications_failure_has_a_reason"
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["next_attempt_at"], condition=Q(status__in=WAITING), name="notifications_delivery_due"
            ),
            models.Index(fields=["lease_until"], condition=Q(status__in=LEASED), name="notifications_delivery_leased"),
        ]

    def __str__(self) -> str:
        return f"{self.channel}: {self.status}"
