import uuid

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q


class RunState(models.TextChoices):
    RUNNING = "running"
    FINISHED = "finished"
    FAILED = "failed"


class ReconcileRun(models.Model):
    """One comparison of everything we keep with Stripe. ``cursor`` is the last customer that was compared, so a run
    whose worker died goes on where it stopped."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    livemode = models.BooleanField("live money")
    is_dry_run = models.BooleanField("only looked", default=False)
    person_id = models.UUIDField(null=True, blank=True, help_text="Set when only one person was compared.")
    state = models.CharField(max_length=16, choices=RunState, default=RunState.RUNNING)
    cursor = models.CharField(max_length=255, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    customers = models.PositiveIntegerField(default=0)
    objects_compared = models.PositiveIntegerField(default=0)
    last_error = models.TextField(blank=True)
    started_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "comparison with Stripe"
        verbose_name_plural = "comparisons with Stripe"
        permissions = [("start_reconcilerun", "Can have everything compared with Stripe")]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=RunState.values), name="payments_reconcile_state_known"),
            models.CheckConstraint(
                condition=Q(state=RunState.RUNNING, finished_at__isnull=True)
                | (~Q(state=RunState.RUNNING) & Q(finished_at__isnull=False)),
                name="payments_reconcile_ended_has_moment",
            ),
            models.UniqueConstraint(
                fields=["livemode"],
                condition=Q(state=RunState.RUNNING, is_dry_run=False, person_id__isnull=True),
                name="payments_reconcile_one_at_a_time",
            ),
        ]
        indexes = [models.Index(fields=["-started_at"], name="payments_reconcile_newest")]

    def __str__(self) -> str:
        return f"{self.started_at:%Y-%m-%d %H:%M} ({self.state})"


class Drift(models.Model):
    """One difference that a run found: what stood here, what Stripe says, why, and whether it was repaired."""

    id = models.BigAutoField(primary_key=True)
    run = models.ForeignKey(ReconcileRun, on_delete=models.CASCADE, related_name="drifts")
    object_type = models.CharField(max_length=64)
    stripe_id = models.CharField(max_length=255)
    ours = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    theirs = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    explanation = models.CharField(max_length=500)
    is_repaired = models.BooleanField("repaired", default=False)
    found_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = "difference from Stripe"
        verbose_name_plural = "differences from Stripe"
        constraints = [
            models.UniqueConstraint(fields=["run", "object_type", "stripe_id"], name="payments_drift_once_a_run")
        ]

    def __str__(self) -> str:
        return f"{self.object_type} {self.stripe_id}"
