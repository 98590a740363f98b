from django.db.models import QuerySet

from accounts.models import User
from payments.gateway import is_livemode
from payments.models import BillingHistory, Subscription

# A draft may still change, and what was voided was never owed.
UNSEEN = ("draft", "void")


def live_subscription_of(user: User) -> Subscription | None:
    """The subscription that binds the person now, in one query and without asking Stripe. One at a price that was
    never a plan of ours is none."""
    standing = Subscription.objects.standing().filter(user=user, livemode=is_livemode())
    return standing.exclude(plan="", paid_plan="").first()


def billing_history_of(user: User) -> QuerySet[BillingHistory]:
    """The person's bills, newest first."""
    bills = BillingHistory.objects.filter(user=user, livemode=is_livemode()).exclude(status__in=UNSEEN)
    return bills.order_by("-created_at", "-pk")
