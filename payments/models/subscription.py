import uuid
from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from accounts.models import Plan

PAID = ("active", "trialing")
LIVE = (*PAID, "past_due", "unpaid", "paused")
OVER = ("canceled", "incomplete_expired")


class SubscriptionQuerySet(models.QuerySet["Subscription"]):
    def live(self) -> "SubscriptionQuerySet":
        """Those that bind the person: paid, in arrears, or paused."""
        return self.filter(status__in=LIVE)

    def standing(self) -> "SubscriptionQuerySet":
        """The one live subscription of each person, without those that were bought on top of it by mistake."""
        return self.live().filter(duplicate_of__isnull=True)


class Subscription(models.Model):
    """A subscription as Stripe has it. Only payments.sync writes these columns, always after a fresh look at Stripe.

    ``status`` and ``price_id`` hold Stripe's own words, also ones this code has not met yet, so no constraint lists
    them; whatever is unknown gives no access.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    customer = models.ForeignKey("payments.StripeCustomer", on_delete=models.PROTECT, related_name="subscriptions")
    stripe_id = models.CharField("Stripe id", max_length=255, unique=True)
    livemode = models.BooleanField("live money")
    plan = models.CharField(max_length=16, choices=Plan, blank=True, help_text="Empty when the price is unknown.")
    paid_plan = models.CharField(
        max_length=16, choices=Plan, blank=True, help_text="What the last paid bill bought; empty before the first."
    )
    paid_through = models.DateTimeField(null=True, blank=True, help_text="The end of what has been paid for.")
    price_id = models.CharField(max_length=255)
    amount = models.BigIntegerField(help_text="A period's price in minor units.")
    currency = models.CharField(max_length=3)
    status = models.CharField(max_length=32)
    current_period_start = models.DateTimeField(null=True)
    current_period_end = models.DateTimeField(null=True)
    cancel_at_period_end = models.BooleanField(default=False)
    cancel_at = models.DateTimeField(null=True, blank=True)
    canceled_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    trial_end = models.DateTimeField(null=True, blank=True)
    pending_plan = models.CharField(
        max_length=16, choices=Plan, blank=True, help_text="A change that waits for its payment to be confirmed."
    )
    pending_expires_at = models.DateTimeField(null=True, blank=True)
    schedule_id = models.CharField("Stripe schedule", max_length=255, blank=True)
    scheduled_plan = models.CharField(
        max_length=16, choices=Plan, blank=True, help_text="The plan from the next period on."
    )
    scheduled_at = models.DateTimeField(null=True, blank=True)
    default_payment_method = models.CharField(max_length=255, blank=True, help_text="Stripe's id; no card data.")
    promotion_code = models.CharField(max_length=255, blank=True, help_text="Stripe's id of the code in force.")
    paused_at = models.DateTimeField(null=True, blank=True)
    resumes_at = models.DateTimeField(null=True, blank=True)
    past_due_since = models.DateTimeField(null=True, blank=True)
    latest_invoice_id = models.CharField("latest invoice", max_length=255, blank=True)
    duplicate_of = models.ForeignKey(
        "self",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="duplicates",
        help_text="Set when the person had a live subscription already: one of the two must be ended by hand.",
    )
    stripe_created_at = models.DateTimeField("created at Stripe")
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects: ClassVar[models.Manager["Subscription"]] = SubscriptionQuerySet.as_manager()

    class Meta:
        permissions = [
            ("cancel_subscription", "Can cancel a person's subscription"),
            ("resume_subscription", "Can let a person's subscription go on"),
            ("sync_subscription", "Can have a subscription compared with Stripe"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "livemode"],
                condition=Q(status__in=LIVE, duplicate_of__isnull=True),
                name="payments_subscription_one_live_per_user",
            ),
            models.CheckConstraint(
                condition=Q(plan="") | Q(plan__in=[plan for plan in Plan.values if plan != Plan.FREE]),
                name="payments_subscription_plan_sold",
            ),
            models.CheckConstraint(
                condition=Q(paid_plan="", paid_through__isnull=True)
                | Q(paid_plan__in=[plan for plan in Plan.values if plan != Plan.FREE], paid_through__isnull=False),
                name="payments_subscription_paid_whole",
            ),
            models.CheckConstraint(condition=~Q(stripe_id="") & ~Q(status=""), name="payments_subscription_named"),
            models.CheckConstraint(condition=Q(amount__gte=0), name="payments_subscription_amount_positive"),
            models.CheckConstraint(
                condition=Q(currency__regex=r"^[a-z]{3}$"), name="payments_subscription_currency_iso"
            ),
            models.CheckConstraint(
                condition=Q(current_period_end__isnull=True) | Q(current_period_end__gt=F("current_period_start")),
                name="payments_subscription_period_forward",
            ),
            models.CheckConstraint(
                condition=Q(pending_plan="", pending_expires_at__isnull=True)
                | (~Q(pending_plan="") & Q(pending_expires_at__isnull=False)),
                name="payments_subscription_pending_whole",
            ),
            models.CheckConstraint(
                condition=Q(scheduled_plan="", scheduled_at__isnull=True)
                | (~Q(scheduled_plan="") & Q(scheduled_at__isnull=False)),
                name="payments_subscription_scheduled_whole",
            ),
            models.CheckConstraint(
                condition=~Q(duplicate_of=F("id")), name="payments_subscription_not_its_own_duplicate"
            ),
        ]
        indexes = [
            models.Index(fields=["user", "-stripe_created_at"], name="payments_subscription_of_user"),
            models.Index(fields=["status", "current_period_end"], name="payments_subscription_status"),
            models.Index(fields=["-stripe_created_at"], name="payments_subscription_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.plan or 'unknown plan'} ({self.status})"

    @property
    def shown_plan(self) -> str:
        """The plan of the price, or the last one known when the price is none of ours."""
        return self.plan or self.paid_plan

    @property
    def is_live(self) -> bool:
        return self.status in LIVE

    @property
    def is_over(self) -> bool:
        """Canceled and expired subscriptions never come back to life."""
        return self.status in OVER

    @property
    def ends_at(self) -> datetime | None:
        """When it ends or ended; None while it renews."""
        if self.cancel_at_period_end and self.cancel_at is None:
            return self.ended_at or self.current_period_end
        return self.ended_at or self.cancel_at
