import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q

SUBSCRIPTION = "subscription"
# Stripe's words for what can still be paid.
WAITING = ("requires_payment_method", "requires_confirmation", "requires_action")


class Fulfilment(models.TextChoices):
    NONE = "none"
    FULFILLED = "fulfilled"
    REVERSED = "reversed"


class Payment(models.Model):
    """One attempt to take money: a payment intent, or a charge or record where Stripe made no intent.

    ``kind`` is "subscription", or the purchasable that another app registered; ``reference`` is that app's own id of
    what was bought.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    customer = models.ForeignKey("payments.StripeCustomer", on_delete=models.PROTECT, related_name="payments")
    invoice = models.ForeignKey(
        "payments.BillingHistory", on_delete=models.PROTECT, null=True, blank=True, related_name="payments"
    )
    kind = models.CharField(max_length=64)
    reference = models.CharField(max_length=255, blank=True, help_text="The selling app's id of what was bought.")
    description = models.CharField(max_length=500, blank=True)
    stripe_id = models.CharField("Stripe payment", max_length=255, unique=True, help_text="pi_… (or ch_…, pr_…)")
    charge_id = models.CharField("Stripe charge", max_length=255, blank=True, db_index=True)
    livemode = models.BooleanField("live money")
    amount = models.BigIntegerField(help_text="In minor units.")
    amount_refunded = models.BigIntegerField(default=0, help_text="All refunds that have not failed, in minor units.")
    platform_fee = models.BigIntegerField(default=0, help_text="Our share, in minor units of the payment's currency.")
    stripe_fee = models.BigIntegerField(null=True, blank=True, help_text="In minor units of the settlement currency.")
    stripe_fee_currency = models.CharField(max_length=3, blank=True)
    currency = models.CharField(max_length=3)
    status = models.CharField(max_length=32)
    failure_code = models.CharField(max_length=64, blank=True)
    fulfilment = models.CharField(max_length=16, choices=Fulfilment, default=Fulfilment.NONE)
    fraud_warning_id = models.CharField("early fraud warning", max_length=255, blank=True)
    receipt_url = models.URLField(max_length=1000, blank=True)
    paid_at = models.DateTimeField(null=True, blank=True)
    stripe_created_at = models.DateTimeField("created at Stripe")
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        permissions = [
            ("refund_payment", "Can give a payment back"),
            ("sync_payment", "Can have a payment compared with Stripe"),
        ]
        constraints = [
            models.CheckConstraint(condition=~Q(stripe_id="") & ~Q(status=""), name="payments_payment_named"),
            models.CheckConstraint(condition=Q(kind__regex=r"^[a-z][a-z0-9_.]*$"), name="payments_payment_kind_named"),
            models.CheckConstraint(
                condition=Q(amount__gte=0, platform_fee__gte=0, platform_fee__lte=F("amount")),
                name="payments_payment_positive",
            ),
            models.CheckConstraint(
                condition=Q(amount_refunded__gte=0, amount_refunded__lte=F("amount")),
                name="payments_payment_refunded_within",
            ),
            models.CheckConstraint(condition=Q(currency__regex=r"^[a-z]{3}$"), name="payments_payment_currency_iso"),
            models.CheckConstraint(
                condition=~Q(status="succeeded") | Q(paid_at__isnull=False), name="payments_payment_paid_has_moment"
            ),
            models.CheckConstraint(
                condition=Q(fulfilment__in=Fulfilment.values), name="payments_payment_fulfilment_known"
            ),
            models.CheckConstraint(
                condition=Q(fulfilment=Fulfilment.NONE) | Q(paid_at__isnull=False),
                name="payments_payment_fulfilled_is_paid",
            ),
        ]
        indexes = [
            models.Index(fields=["user", "-stripe_created_at"], name="payments_payment_of_user"),
            models.Index(fields=["kind", "reference"], name="payments_payment_of_what"),
            models.Index(fields=["-stripe_created_at"], name="payments_payment_newest"),
            models.Index(
                fields=["stripe_created_at"], condition=Q(status__in=WAITING), name="payments_payment_waiting"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.stripe_id} ({self.status})"

    @property
    def refundable(self) -> int:
        """What can still be given back, in minor units."""
        return self.amount - self.amount_refunded if self.status == "succeeded" else 0
