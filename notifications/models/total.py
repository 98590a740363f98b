from typing import ClassVar

from django.db import models
from django.db.models import Q

from notifications.vocabulary import ChannelName, DeliveryStatus


class DeliveryTotal(models.Model):
    """How many deliveries of one hour ended how: written before their rows are removed, and kept."""

    id = models.BigAutoField(primary_key=True)
    hour = models.DateTimeField()
    kind = models.CharField(max_length=100)
    channel = models.CharField(max_length=20, choices=ChannelName)
    status = models.CharField(max_length=20, choices=DeliveryStatus)
    reason = models.CharField(max_length=40, blank=True)
    deliveries = models.PositiveIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["hour", "kind", "channel", "status", "reason"], name="notifications_one_total_each"
            ),
            models.CheckConstraint(condition=Q(deliveries__gt=0), name="notifications_total_counts_something"),
        ]

    def __str__(self) -> str:
        return f"{self.hour:%Y-%m-%d %H}h {self.channel} {self.status}: {self.deliveries}"
