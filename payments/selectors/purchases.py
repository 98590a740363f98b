from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Case, Count, F, IntegerField, QuerySet, When, Window

from accounts.models import User
from payments import purchasables
from payments.gateway import is_livemode
from payments.models import Fulfilment, Payment


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


def bought_too_often() -> QuerySet[Payment]:
    """All payments for a thing that their person has more often than one may: what was given back was bought again, and
    has come back. Paid once too often, two rows where one may have one."""
    limits = {kind: purchasables.get(kind).limits.per_person for kind in purchasables.registered()}
    # Nothing is of the first kind; it makes the same query of a product that limits nothing.
    most = {"": 0} | {kind: limit for kind, limit in limits.items() if limit is not None}
    kept = Payment.objects.filter(kind__in=most, fulfilment=Fulfilment.FULFILLED, user__isnull=False)
    counted = kept.annotate(
        most=Case(*(When(kind=kind, then=limit) for kind, limit in most.items()), output_field=IntegerField()),
        times=Window(Count("pk"), partition_by=[F(name) for name in ("user", "kind", "reference", "livemode")]),
    )
    return counted.filter(times__gt=F("most"))
