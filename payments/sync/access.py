"""Access follows what is paid: never what was asked for, and never a state that this code does not know."""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings

from accounts.models import Plan, User
from accounts.plans import record_plan
from numerai.common import clock
from payments.catalogue import RANKS
from payments.gateway import is_livemode
from payments.models import Subscription
from payments.models.subscription import PAID
from payments.signals import subscription_changed

Access = tuple[Plan, datetime | None]

# Whoever is in arrears keeps what was paid for before.
GIVING = (*PAID, "past_due", "unpaid")


def refresh_access(*, user_id: UUID, status: str) -> None:
    """Write what the person has paid for to their account and send ``subscription_changed``.

    Inside the transaction that changed a subscription, which now has ``status``.
    """
    previous = User.objects.select_for_update(no_key=True).values_list("plan", flat=True).get(pk=user_id)
    plan, until = paid_access(user_id)
    record_plan(user_id=user_id, plan=plan, until=until)
    subscription_changed.send(
        sender=Subscription, user_id=user_id, plan=plan.value, previous_plan=previous, until=until, status=status
    )


def paid_access(user_id: UUID) -> Access:
    """The highest plan that the person has paid for now, and until when; FREE and None for none."""
    return paid_access_of([user_id])[user_id]


def paid_access_of(user_ids: Collection[UUID]) -> dict[UUID, Access]:
    """``paid_access`` of several people, in one query."""
    rows = Subscription.objects.filter(user_id__in=user_ids, livemode=is_livemode()).exclude(paid_plan="")
    paid: dict[UUID | None, list[tuple[int, datetime]]] = defaultdict(list)
    now = clock.now()
    for row in rows:
        until = paid_until(row)
        if until is not None and until > now:
            paid[row.user_id].append((RANKS[Plan(row.paid_plan)], until))
    return {user_id: _highest(paid[user_id]) for user_id in user_ids}


def _highest(paid: list[tuple[int, datetime]]) -> Access:
    if not paid:
        return Plan.FREE, None
    rank, until = max(paid)
    return next(plan for plan, own in RANKS.items() if own == rank), until


def paid_until(row: Subscription) -> datetime | None:
    """When the access that the subscription gives ends, unless it is renewed; None when it gives none."""
    if row.paid_through is None or row.status not in GIVING:
        return None
    grace = timedelta(days=settings.PAST_DUE_GRACE_DAYS)
    until = row.paid_through
    if row.status in PAID:
        # News of a renewal may be late, so whoever has not cancelled keeps access a little longer.
        until += grace
    elif row.status == "past_due" and row.past_due_since is not None and not _has_only_tried(row):
        until = max(until, row.past_due_since + grace)
    return min(until, row.ends_at) if row.ends_at else until


def _has_only_tried(row: Subscription) -> bool:
    """Whether nothing but a trial was ever had: grace is for those who have paid before."""
    return row.trial_end is not None and row.paid_through is not None and row.paid_through <= row.trial_end
