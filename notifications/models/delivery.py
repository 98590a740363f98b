from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from notifications.models.digest import DigestWindow
from notifications.models.notification import Notification
from notifications.vocabulary import (
    ARRIVED,
    LEASED,
    NOT_ARRIVED,
    PRIORITY_RANK,
    WAITING,
    ChannelName,
    DeliveryStatus,
    Priority,
    Reason,
)


class Delivery(models.Model):
    """A notification on its way to one destination: the row is the job, with its state, its lease and its next try.

    ``destination`` is an address, or the id of a Destination. ``rank`` orders what is due: the most urgent is 0.
    ``deferrals`` counts how often it was held back; ``digest`` is the window that it waits for.
    """

    id = models.BigAutoField(primary_key=True)
    notification = models.ForeignKey(Notification, on_delete=models.CASCADE, related_name="deliveries", db_index=False)
    channel = models.CharField(max_length=20, choices=ChannelName)
    destination = models.CharField(max_length=500, blank=True)
    status = models.CharField(max_length=20, choices=DeliveryStatus, default=DeliveryStatus.PENDING)
    reason = models.CharField(max_length=40, choices=Reason, blank=True)
    rank = models.PositiveSmallIntegerField(default=PRIORITY_RANK[Priority.NORMAL], editable=False)
    digest = models.ForeignKey(
        DigestWindow, on_delete=models.SET_NULL, null=True, blank=True, related_name="deliveries", db_index=False
    )
    deferrals = models.PositiveSmallIntegerField(default=0)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    last_error_code = models.CharField(max_length=60, blank=True)
    last_error = models.CharField(max_length=500, blank=True)
    provider = models.CharField(max_length=40, blank=True)
    provider_message_id = models.CharField(max_length=255, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    delivered_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        verbose_name_plural = "deliveries"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["provider", "provider_message_id"],
                condition=~Q(provider_message_id="") & ~Q(provider=""),
                name="notifications_one_delivery_per_message",
            ),
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
                fields=["rank", "next_attempt_at"], condition=Q(status__in=WAITING), name="notifications_delivery_due"
            ),
            models.Index(fields=["lease_until"], condition=Q(status__in=LEASED), name="notifications_delivery_leased"),
            models.Index(fields=["channel", "created_at"], name="notifications_delivery_totals"),
            models.Index(fields=["digest"], condition=Q(digest__isnull=False), name="notifications_delivery_digest"),
        ]

    def __str__(self) -> str:
        return f"{self.channel}: {self.status}"
