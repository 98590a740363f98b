import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from notifications.vocabulary import Cadence, ChannelName


class DigestChoice(models.Model):
    """How often a person wants what belongs to a category; without a row it comes at once."""

    id = models.BigAutoField(primary_key=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    category = models.CharField(max_length=40)
    cadence = models.CharField(max_length=10, choices=Cadence)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "category"], name="notifications_one_cadence_each"),
            models.CheckConstraint(condition=Q(cadence__in=Cadence.values), name="notifications_cadence_known"),
        ]

    def __str__(self) -> str:
        return f"{self.category}: {self.cadence}"


class DigestWindow(models.Model):
    """The time in which deliveries gather to leave as one message. It opens with the first and then stands: later ones
    do not move its end. ``key`` is the category, or what else they wait for together."""

    id = models.BigAutoField(primary_key=True)
    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    channel = models.CharField(max_length=20, choices=ChannelName)
    key = models.CharField(max_length=60)
    opened_at = models.DateTimeField(db_default=Now(), editable=False)
    closes_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["user", "channel", "key"],
                condition=Q(closed_at__isnull=True),
                name="notifications_one_open_window",
            ),
            models.CheckConstraint(condition=Q(channel__in=ChannelName.values), name="notifications_window_channel"),
            models.CheckConstraint(condition=Q(closes_at__gt=F("opened_at")), name="notifications_window_has_length"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["closes_at"], condition=Q(closed_at__isnull=True), name="notifications_window_due"),
        ]

    def __str__(self) -> str:
        return f"{self.key} by {self.channel} until {self.closes_at:%Y-%m-%d %H:%M}"
