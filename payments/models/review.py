import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q


class ReviewState(models.TextChoices):
    OPEN = "open"
    APPROVED = "approved"
    REFUSED = "refused"
    USED = "used"


class PurchaseReview(models.Model):
    """A purchase that looked suspicious and waits for an operator; an approval lets the same purchase pass once."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    kind = models.CharField(max_length=64)
    reference = models.CharField(max_length=255, blank=True)
    description = models.CharField(max_length=500, blank=True)
    amount = models.BigIntegerField(help_text="In minor units.")
    currency = models.CharField(max_length=3)
    why = models.CharField("why it was parked", max_length=255)
    state = models.CharField(max_length=16, choices=ReviewState, default=ReviewState.OPEN)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        permissions = [("decide_purchasereview", "Can approve and refuse purchases that were held back")]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "kind", "reference"],
                condition=Q(state__in=[ReviewState.OPEN, ReviewState.APPROVED]),
                name="payments_review_one_in_force",
            ),
            models.CheckConstraint(condition=Q(amount__gte=0), name="payments_review_positive"),
            models.CheckConstraint(condition=Q(state__in=ReviewState.values), name="payments_review_state_known"),
            models.CheckConstraint(
                condition=Q(state=ReviewState.OPEN, decided_at__isnull=True)
                | (~Q(state=ReviewState.OPEN) & Q(decided_at__isnull=False)),
                name="payments_review_decided_has_moment",
            ),
        ]
        indexes = [models.Index(fields=["state", "created_at"], name="payments_review_waiting")]

    def __str__(self) -> str:
        return f"{self.kind} {self.reference} ({self.state})"
