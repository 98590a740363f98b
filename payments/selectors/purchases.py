from datetime import date, datetime, time, timedelta
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
        rows = rows.filter(stripe_created_at__gte=_midnight(wanted["from"], zone))
    if "to" in wanted:
        rows = rows.filter(stripe_created_at__lt=_midnight(wanted["to"] + timedelta(days=1), zone))
    return rows.order_by("-stripe_created_at", "-pk")


def payment_of(user: User, payment_id: Any) -> Payment | None:
    """The person's payment of that id; None when it is unknown or somebody else's."""
    return Payment.objects.filter(user=user, livemode=is_livemode(), pk=payment_id).first()


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone)
