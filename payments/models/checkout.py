import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q


class CheckoutMode(models.TextChoices):
    PAYMENT = "payment"
    SUBSCRIPTION = "subscription"


class CheckoutSession(models.Model):
    """A visit to Stripe's own payment page: what it sells, to whom, and how it ended."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    customer = models.ForeignKey("payments.StripeCustomer", on_delete=models.PROTECT, related_name="checkouts")
    stripe_id = models.CharField("Stripe session", max_length=255, unique=True)
    livemode = models.BooleanField("live money")
    mode = models.CharField(max_length=16, choices=CheckoutMode)
    kind = models.CharField(max_length=64, help_text='"subscription", or what another app sells.')
    reference = models.CharField(max_length=255, blank=True)
    plan = models.CharField(max_length=16, blank=True)
    description = models.CharField(max_length=500, blank=True)
    amount = models.BigIntegerField(help_text="In minor units.")
    currency = models.CharField(max_length=3)
    platform_fee = models.BigIntegerField(default=0)
    status = models.CharField(max_length=32)
    payment_status = models.CharField(max_length=32, blank=True)
    payment = models.ForeignKey(
        "payments.Payment", on_delete=models.PROTECT, null=True, blank=True, related_name="checkouts"
    )
    subscription = models.ForeignKey(
        "payments.Subscription", on_delete=models.PROTECT, null=True, blank=True, related_name="checkouts"
    )
    expires_at = models.DateTimeField()
    stripe_created_at = models.DateTimeField("created at Stripe")
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(stripe_id="") & ~Q(status=""), name="payments_checkout_named"),
            models.CheckConstraint(condition=Q(mode__in=CheckoutMode.values), name="payments_checkout_mode_known"),
            models.CheckConstraint(condition=Q(amount__gte=0), name="payments_checkout_positive"),
            models.CheckConstraint(condition=Q(currency__regex=r"^[a-z]{3}$"), name="payments_checkout_currency_iso"),
        ]
        indexes = [
            models.Index(fields=["user", "-stripe_created_at"], name="payments_checkout_of_user"),
            models.Index(fields=["-stripe_created_at"], name="payments_checkout_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.stripe_id} ({self.status})"
