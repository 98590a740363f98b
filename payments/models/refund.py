import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

# In these states nothing has been given back, or it has come back to us.
GAVE_NOTHING = ("failed", "canceled")


class RefundOrigin(models.TextChoices):
    CUSTOMER = "customer"
    OPERATOR = "operator"
    POLICY = "policy"
    EXTERNAL = "external"


class RequestState(models.TextChoices):
    OPEN = "open"
    APPROVED = "approved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class RefundRequest(models.Model):
    """What a customer asked to have back, and what was decided; approved ones have led to a refund."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    payment = models.ForeignKey("payments.Payment", on_delete=models.PROTECT, related_name="refund_requests")
    amount = models.BigIntegerField(help_text="In minor units.")
    reason = models.CharField(max_length=500)
    state = models.CharField(max_length=16, choices=RequestState, default=RequestState.OPEN)
    answer = models.CharField(max_length=500, blank=True, help_text="What the person is told about the decision.")
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        permissions = [("decide_refundrequest", "Can approve and refuse refund requests")]
        constraints = [
            models.UniqueConstraint(
                fields=["payment"], condition=Q(state=RequestState.OPEN), name="payments_request_one_open"
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="payments_request_positive"),
            models.CheckConstraint(condition=Q(state__in=RequestState.values), name="payments_request_state_known"),
            models.CheckConstraint(
                condition=Q(state=RequestState.OPEN, decided_at__isnull=True)
                | (~Q(state=RequestState.OPEN) & Q(decided_at__isnull=False)),
                name="payments_request_decided_has_moment",
            ),
        ]
        indexes = [models.Index(fields=["state", "created_at"], name="payments_request_waiting")]

    def __str__(self) -> str:
        return f"refund request {self.id} ({self.state})"


class Refund(models.Model):
    """A refund as Stripe has it, whoever made it. Failed and canceled ones gave nothing back."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    payment = models.ForeignKey("payments.Payment", on_delete=models.PROTECT, related_name="refunds")
    request = models.OneToOneField(
        RefundRequest, on_delete=models.PROTECT, null=True, blank=True, related_name="refund"
    )
    stripe_id = models.CharField("Stripe refund", max_length=255, unique=True)
    charge_id = models.CharField("Stripe charge", max_length=255, blank=True)
    livemode = models.BooleanField("live money")
    amount = models.BigIntegerField(help_text="In minor units.")
    currency = models.CharField(max_length=3)
    status = models.CharField(max_length=32)
    reason = models.CharField(max_length=64, blank=True)
    failure_reason = models.CharField(max_length=64, blank=True)
    origin = models.CharField(max_length=16, choices=RefundOrigin, default=RefundOrigin.EXTERNAL)
    stripe_created_at = models.DateTimeField("created at Stripe")
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(stripe_id="") & ~Q(status=""), name="payments_refund_named"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="payments_refund_positive"),
            models.CheckConstraint(condition=Q(currency__regex=r"^[a-z]{3}$"), name="payments_refund_currency_iso"),
            models.CheckConstraint(condition=Q(origin__in=RefundOrigin.values), name="payments_refund_origin_known"),
        ]
        indexes = [models.Index(fields=["-stripe_created_at"], name="payments_refund_newest")]

    def __str__(self) -> str:
        return f"{self.stripe_id} ({self.status})"
