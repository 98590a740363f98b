from django.db.models import QuerySet
from django.db.models.functions import Length

from accounts.models import User
from payments.gateway import is_livemode
from payments.models import BillingHistory

# A draft may still change, and what was voided was never owed.
UNSEEN = ("draft", "void")


def billing_history_of(user: User) -> QuerySet[BillingHistory]:
    """The person's bills, newest first."""
    bills = BillingHistory.objects.filter(user=user, livemode=is_livemode()).exclude(status__in=UNSEEN)
    # Stripe's clock ticks in seconds, and numbers count up: 10 after 9, so the longer one is the later.
    return bills.order_by("-created_at", Length("number").desc(), "-number", "-pk")
