import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q


class BillingHistory(models.Model):
    """One invoice as Stripe has it: what a person sees of their past bills."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    customer = models.ForeignKey("payments.StripeCustomer", on_delete=models.PROTECT, related_name="invoices")
    subscription = models.ForeignKey(
        "payments.Subscription", on_delete=models.PROTECT, null=True, related_name="invoices"
    )
    stripe_id = models.CharField("Stripe invoice", max_length=255, unique=True)
    livemode = models.BooleanField("live money")
    number = models.CharField(max_length=100, blank=True)
    status = models.CharField(max_length=32)
    billing_reason = models.CharField(max_length=64, blank=True)
    amount = models.BigIntegerField(help_text="Due, in minor units, after credit.")
    amount_paid = models.BigIntegerField(default=0)
    currency = models.CharField(max_length=3)
    description = models.CharField(max_length=500)
    invoice_url = models.URLField(max_length=1000, blank=True)
    invoice_pdf = models.URLField(max_length=1000, blank=True)
    period_start = models.DateTimeField()
    period_end = models.DateTimeField()
    attempt_count = models.PositiveIntegerField(default=0)
    next_payment_attempt = models.DateTimeField(null=True, blank=True)
    paid_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField("created at Stripe")
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name_plural = "billing history"
        constraints = [
            models.CheckConstraint(condition=~Q(stripe_id="") & ~Q(status=""), name="payments_billing_named"),
            models.CheckConstraint(condition=Q(amount__gte=0, amount_paid__gte=0), name="payments_billing_positive"),
            models.CheckConstraint(condition=Q(currency__regex=r"^[a-z]{3}$"), name="payments_billing_currency_iso"),
            models.CheckConstraint(
                condition=Q(period_end__gte=F("period_start")), name="payments_billing_period_forward"
            ),
            models.CheckConstraint(
                condition=~Q(status="paid") | Q(paid_at__isnull=False), name="payments_billing_paid_has_moment"
            ),
        ]
        indexes = [models.Index(fields=["user", "-created_at"], name="payments_billing_of_user")]

    def __str__(self) -> str:
        return self.number or self.stripe_id


class PaymentKind(models.TextChoices):
    SUBSCRIPTION = "subscription"


class Payment(models.Model):
    """One attempt to take money: a payment intent, or a charge or record where Stripe made no intent."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    customer = models.ForeignKey("payments.StripeCustomer", on_delete=models.PROTECT, related_name="payments")
    invoice = models.ForeignKey(BillingHistory, on_delete=models.PROTECT, null=True, related_name="payments")
    kind = models.CharField(max_length=16, choices=PaymentKind)
    stripe_id = models.CharField("Stripe payment", max_length=255, unique=True, help_text="pi_… (or ch_…, pr_…)")
    charge_id = models.CharField("Stripe charge", max_length=255, blank=True, db_index=True)
    livemode = models.BooleanField("live money")
    amount = models.BigIntegerField(help_text="In minor units.")
    currency = models.CharField(max_length=3)
    status = models.CharField(max_length=32)
    failure_code = models.CharField(max_length=64, blank=True)
    paid_at = models.DateTimeField(null=True, blank=True)
    stripe_created_at = models.DateTimeField("created at Stripe")
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(stripe_id="") & ~Q(status=""), name="payments_payment_named"),
            models.CheckConstraint(condition=Q(kind__in=PaymentKind.values), name="payments_payment_kind_known"),
            models.CheckConstraint(condition=Q(amount__gte=0), name="payments_payment_positive"),
            models.CheckConstraint(condition=Q(currency__regex=r"^[a-z]{3}$"), name="payments_payment_currency_iso"),
            models.CheckConstraint(
                condition=~Q(status="succeeded") | Q(paid_at__isnull=False), name="payments_payment_paid_has_moment"
            ),
        ]
        indexes = [models.Index(fields=["user", "-stripe_created_at"], name="payments_payment_of_user")]

    def __str__(self) -> str:
        return f"{self.stripe_id} ({self.status})"
