import uuid

from django.db import models
from django.db.models import Q

# A lost one may still be appealed against, and an inquiry that was closed may grow into a chargeback.
CLOSED = ("won", "lost", "prevented", "warning_closed")
LOST = "lost"
# In these states the customer has nothing back and will have nothing, as far as one knows.
GIVES_NOTHING = ("won", "prevented", "warning_closed", "warning_needs_response", "warning_under_review")


class Dispute(models.Model):
    """A payment that the customer's bank questions. Inquiries (``warning_…``) have not taken any money."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    payment = models.ForeignKey("payments.Payment", on_delete=models.PROTECT, related_name="disputes")
    stripe_id = models.CharField("Stripe dispute", max_length=255, unique=True)
    charge_id = models.CharField("Stripe charge", max_length=255)
    livemode = models.BooleanField("live money")
    amount = models.BigIntegerField(help_text="In minor units.")
    currency = models.CharField(max_length=3)
    reason = models.CharField(max_length=64)
    status = models.CharField(max_length=32)
    is_charge_refundable = models.BooleanField(default=False)
    evidence_due_by = models.DateTimeField(null=True, blank=True)
    withdrawn = models.BigIntegerField(default=0, help_text="What Stripe has taken back for now, in minor units.")
    closed_at = models.DateTimeField(null=True, blank=True)
    stripe_created_at = models.DateTimeField("created at Stripe")
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(stripe_id="") & ~Q(status=""), name="payments_dispute_named"),
            models.CheckConstraint(condition=Q(amount__gte=0), name="payments_dispute_positive"),
            models.CheckConstraint(condition=Q(currency__regex=r"^[a-z]{3}$"), name="payments_dispute_currency_iso"),
        ]
        indexes = [models.Index(fields=["status", "evidence_due_by"], name="payments_dispute_due")]

    def __str__(self) -> str:
        return f"{self.stripe_id} ({self.status})"

    @property
    def is_inquiry(self) -> bool:
        return self.status.startswith("warning_")
