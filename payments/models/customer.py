import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q


class StripeCustomer(models.Model):
    """Who a person is to Stripe. The row outlives the person, so that money stays accounted for."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    stripe_id = models.CharField("Stripe id", max_length=255, unique=True)
    livemode = models.BooleanField("live money")
    deleted_at = models.DateTimeField("deleted at Stripe", null=True, blank=True)
    contact_changed_at = models.DateTimeField(
        "address changed", null=True, blank=True, help_text="Empty once Stripe knows the person's newest address."
    )
    contact_due_at = models.DateTimeField(
        "Stripe is told of it", null=True, blank=True, help_text="Moved on by whoever tries: pause and lease in one."
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        permissions = [("sync_stripecustomer", "Can have everything of a customer compared with Stripe")]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "livemode"],
                condition=Q(deleted_at__isnull=True),
                name="payments_customer_one_per_user_and_mode",
            ),
            models.CheckConstraint(condition=~Q(stripe_id=""), name="payments_customer_has_stripe_id"),
            models.CheckConstraint(
                condition=Q(contact_changed_at__isnull=True, contact_due_at__isnull=True)
                | Q(contact_changed_at__isnull=False, contact_due_at__isnull=False),
                name="payments_customer_change_is_due",
            ),
        ]
        indexes = [
            models.Index(fields=["-created_at"], name="payments_customer_newest"),
            models.Index(
                fields=["contact_due_at"],
                condition=Q(contact_due_at__isnull=False),
                name="payments_customer_contact_due",
            ),
        ]

    def __str__(self) -> str:
        return self.stripe_id


class TrialUse(models.Model):
    """A trial that somebody has had. ``digest`` is a keyed hash of the person's address or of the card's fingerprint,
    so that it outlives the account without telling whose it was."""

    class Kind(models.TextChoices):
        PERSON = "person"
        CARD = "card"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=16, choices=Kind)
    digest = models.CharField(max_length=64)
    livemode = models.BooleanField("live money")
    subscription_stripe_id = models.CharField("Stripe subscription", max_length=255, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "digest", "livemode"], name="payments_trial_once"),
            models.CheckConstraint(condition=Q(kind__in=["person", "card"]), name="payments_trial_kind_known"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.digest[:8]}"
