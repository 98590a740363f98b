import uuid
from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from notifications.vocabulary import BroadcastState, Priority


class Broadcast(models.Model):
    """One thing told to many people: the row is the job. Whom it still has to reach are in its BroadcastBatches,
    fixed when it is made; ``told`` and ``known`` count those who have been told and who had been before."""

    id = models.BigAutoField(primary_key=True)
    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(max_length=100)
    context = models.JSONField(default=dict, blank=True)
    priority = models.CharField(max_length=10, choices=Priority)
    action_url = models.CharField(max_length=500, blank=True)
    dedupe_key = models.CharField(max_length=200, unique=True)
    state = models.CharField(max_length=10, choices=BroadcastState, default=BroadcastState.WAITING)
    audience = models.PositiveIntegerField(default=0)
    told = models.PositiveIntegerField(default=0)
    known = models.PositiveIntegerField(default=0)
    attempts = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True, blank=True)
    last_error = models.CharField(max_length=200, blank=True)
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state__in=BroadcastState.values), name="notifications_broadcast_state_known"
            ),
            models.CheckConstraint(condition=Q(priority__in=Priority.values), name="notifications_broadcast_priority"),
            models.CheckConstraint(
                condition=Q(finished_at__isnull=True, state__in=["waiting", "running", "failed"])
                | Q(finished_at__isnull=False, state__in=["done", "cancelled"]),
                name="notifications_broadcast_ends_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.state}, {self.told} of {self.audience}"


class BroadcastBatch(models.Model):
    """People whom a broadcast still has to reach, by id; some may be gone by then. The row goes in the transaction that
    tells them."""

    # Many in a row: a row for each costs as much as to tell them, and a table that fills at once and empties again is
    # searched by plans that were made for an empty one.
    id = models.BigAutoField(primary_key=True)
    broadcast = models.ForeignKey(Broadcast, on_delete=models.CASCADE, related_name="batches")
    people = ArrayField(models.UUIDField())

    class Meta:
        verbose_name_plural = "broadcast batches"

    def __str__(self) -> str:
        return f"{self.broadcast_id}: {len(self.people)} people"
