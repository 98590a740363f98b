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
    amount_overpaid = models.BigIntegerField(default=0)
    subtotal = models.BigIntegerField(default=0, help_text="The lines together, in minor units, before discounts.")
    discount = models.BigIntegerField(default=0)
    tax = models.BigIntegerField(default=0, help_text="All tax, in minor units.")
    tax_included = models.BigIntegerField(default=0, help_text="That part of the tax which the lines contain already.")
    total = models.BigIntegerField(default=0, help_text="After discounts and tax, before credit is set against it.")
    starting_balance = models.BigIntegerField(default=0, help_text="Before this bill; negative is credit of theirs.")
    ending_balance = models.BigIntegerField(null=True, blank=True)
    credited = models.BigIntegerField(default=0, help_text="By credit notes before it was paid, in minor units.")
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
        verbose_name = "invoice"
        verbose_name_plural = "invoices"
        permissions = [("sync_billinghistory", "Can have an invoice compared with Stripe")]
        constraints = [
            models.CheckConstraint(condition=~Q(stripe_id="") & ~Q(status=""), name="payments_billing_named"),
            models.CheckConstraint(
                condition=Q(amount__gte=0, amount_paid__gte=0, amount_overpaid__gte=0, discount__gte=0),
                name="payments_billing_positive",
            ),
            models.CheckConstraint(condition=Q(currency__regex=r"^[a-z]{3}$"), name="payments_billing_currency_iso"),
            models.CheckConstraint(
                condition=Q(period_end__gte=F("period_start")), name="payments_billing_period_forward"
            ),
            models.CheckConstraint(
                condition=~Q(status="paid") | Q(paid_at__isnull=False), name="payments_billing_paid_has_moment"
            ),
        ]
        indexes = [
            models.Index(fields=["user", "-created_at"], name="payments_billing_of_user"),
            models.Index(fields=["-created_at"], name="payments_billing_newest"),
        ]

    def __str__(self) -> str:
        return self.number or self.stripe_id


class InvoiceLine(models.Model):
    """What one line of a bill is for; the lines of a bill add up to its subtotal."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    invoice = models.ForeignKey(BillingHistory, on_delete=models.CASCADE, related_name="lines")
    stripe_id = models.CharField("Stripe line", max_length=255)
    position = models.PositiveSmallIntegerField(help_text="From 0, as Stripe orders them.")
    description = models.CharField(max_length=500, blank=True)
    quantity = models.PositiveIntegerField(default=1)
    amount = models.BigIntegerField(help_text="In minor units; negative when it gives back.")
    currency = models.CharField(max_length=3)
    price_id = models.CharField(max_length=255, blank=True)
    is_proration = models.BooleanField(default=False)
    period_start = models.DateTimeField()
    period_end = models.DateTimeField()
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["invoice", "stripe_id"], name="payments_line_once"),
            models.CheckConstraint(condition=Q(currency__regex=r"^[a-z]{3}$"), name="payments_line_currency_iso"),
        ]
        ordering = ("position",)

    def __str__(self) -> str:
        return self.description or self.stripe_id
