from typing import ClassVar

from django.db import models
from django.db.models import Q

from notifications.vocabulary import ChannelName, DeliveryStatus


class DeliveryTotal(models.Model):
    """How many deliveries of one hour ended how: written before their rows are removed, and kept. Of ``deliveries`` so
    many were ``attempted``, and so many ``accepted`` by a provider, whatever became of them later."""

    id = models.BigAutoField(primary_key=True)
    hour = models.DateTimeField()
    kind = models.CharField(max_length=100)
    channel = models.CharField(max_length=20, choices=ChannelName)
    status = models.CharField(max_length=20, choices=DeliveryStatus)
    reason = models.CharField(max_length=40, blank=True)
    deliveries = models.PositiveIntegerField()
    attempted = models.PositiveIntegerField(default=0)
    accepted = models.PositiveIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["hour", "kind", "channel", "status", "reason"], name="notifications_one_total_each"
            ),
            models.CheckConstraint(condition=Q(deliveries__gt=0), name="notifications_total_counts_something"),
        ]

    def __str__(self) -> str:
        return f"{self.hour:%Y-%m-%d %H}h {self.channel} {self.status}: {self.deliveries}"


class TotalsMark(models.Model):
    """One row: deliveries that were made before ``until`` are counted in DeliveryTotal, later ones in their rows. A
    later one whose row is removed is counted by the trigger on its table."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    until = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(id=1), name="notifications_one_mark"),
        ]

    def __str__(self) -> str:
        return f"counted until {self.until:%Y-%m-%d %H}h"
