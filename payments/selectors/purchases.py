from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from accounts.models import User
from payments.gateway import is_livemode
from payments.models import Payment


def payments_of(user: User, **wanted: Any) -> QuerySet[Payment]:
    """The person's payments, newest first; ``status``, ``kind``, and ``from`` and ``to``, days of their own time zone,
    both included, narrow them."""
    zone = ZoneInfo(user.profile.timezone)
    rows = Payment.objects.filter(user=user, livemode=is_livemode())
    for name in ("status", "kind"):
        if name in wanted:
            rows = rows.filter(**{name: wanted[name]})
    if "from" in wanted:
        rows = rows.filter(stripe_created_at__gte=datetime.combine(wanted["from"], time.min, zone))
    if "to" in wanted:
        rows = rows.filter(stripe_created_at__lte=datetime.combine(wanted["to"], time.max, zone))
    # Stripe's clock ticks in seconds; within one of them the order in which we heard of them decides.
    return rows.order_by("-stripe_created_at", "-created_at", "-pk")


def payment_of(user: User, payment_id: Any) -> Payment | None:
    """The person's payment of that id; None when it is unknown or somebody else's."""
    return Payment.objects.filter(user=user, livemode=is_livemode(), pk=payment_id).first()
