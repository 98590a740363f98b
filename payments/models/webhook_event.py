import uuid

from django.contrib.postgres.indexes import BrinIndex
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q

from numerai.common import clock


class EventState(models.TextChoices):
    PENDING = "pending"
    PROCESSING = "processing"
    PROCESSED = "processed"
    IGNORED = "ignored"
    FAILED = "failed"
    PARKED = "parked"


OPEN = (EventState.PENDING, EventState.PROCESSING, EventState.FAILED)
DONE = (EventState.PROCESSED, EventState.IGNORED)
# Nothing happens to them any more by itself.
AT_REST = (*DONE, EventState.PARKED)


class WebhookEvent(models.Model):
    """The inbox: one row for every event Stripe has delivered, and how far its handling has come.

    The payload is a hint about what to look at, never the truth about it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    event_id = models.CharField("Stripe event", max_length=255, unique=True)
    type = models.CharField(max_length=255)
    livemode = models.BooleanField("live money")
    api_version = models.CharField(max_length=64, blank=True)
    object_id = models.CharField("object", max_length=255, blank=True)
    customer_id = models.CharField("Stripe customer", max_length=255, blank=True)
    payload = models.JSONField(encoder=DjangoJSONEncoder)
    created_at = models.DateTimeField("created at Stripe")
    received_at = models.DateTimeField(default=clock.now)
    state = models.CharField(max_length=16, choices=EventState, default=EventState.PENDING)
    attempts = models.PositiveIntegerField(default=0)
    next_attempt_at = models.DateTimeField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    last_error = models.TextField(blank=True)
    processed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        permissions = [("replay_webhookevent", "Can have an event handled again")]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=EventState.values), name="payments_event_state_known"),
            models.CheckConstraint(condition=~Q(event_id="") & ~Q(type=""), name="payments_event_named"),
            models.CheckConstraint(
                condition=Q(state=EventState.PROCESSING, lease_until__isnull=False)
                | (~Q(state=EventState.PROCESSING) & Q(lease_until__isnull=True)),
                name="payments_event_leased_while_processing",
            ),
            models.CheckConstraint(
                condition=Q(state__in=DONE, processed_at__isnull=False)
                | (~Q(state__in=DONE) & Q(processed_at__isnull=True)),
                name="payments_event_done_has_moment",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[EventState.PENDING, EventState.FAILED]) | Q(next_attempt_at__isnull=False),
                name="payments_event_open_has_next_attempt",
            ),
        ]
        indexes = [
            models.Index(fields=["next_attempt_at"], condition=Q(state__in=OPEN), name="payments_event_due"),
            models.Index(fields=["state", "-received_at"], name="payments_event_state"),
            models.Index(fields=["customer_id"], name="payments_event_customer"),
            models.Index(fields=["object_id"], name="payments_event_object"),
            models.Index(
                fields=["created_at"], condition=Q(payload__has_key="id"), name="payments_event_whole_payload"
            ),
            BrinIndex(fields=["created_at"], autosummarize=True, name="payments_event_age"),
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.event_id}"
