from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from accounts.models import Plan, User
from notifications.services import notify
from numerai.common import clock
from payments.models import Subscription
from payments.models.subscription import LIVE, PAID
from payments.money import in_words
from payments.notices.dunning import tell_about_suspension
from payments.notices.kinds import (
    ACTIVATED,
    BILLING_PAGE,
    CANCELLATION_SCHEDULED,
    CHANGE_EXPIRED,
    ENDED,
    PAUSED,
    PLAN_CHANGED,
    RESUMED,
)

# Our clock and Stripe's need not agree to the second.
ALLOWANCE = timedelta(minutes=1)


@dataclass(frozen=True)
class Before:
    """What a subscription was before it was written anew; a new one was nothing."""

    status: str
    ends_at: datetime | None
    canceled_at: datetime | None
    paused_at: datetime | None
    paid_plan: str
    pending_plan: str
    pending_expires_at: datetime | None

    @classmethod
    def of(cls, row: Subscription) -> "Before":
        return cls(
            status=row.status,
            ends_at=row.ends_at,
            canceled_at=row.canceled_at,
            paused_at=row.paused_at,
            paid_plan=row.paid_plan,
            pending_plan=row.pending_plan,
            pending_expires_at=row.pending_expires_at,
        )


def tell_about_subscription(row: Subscription, *, before: Before) -> None:
    """Say what has happened to a subscription: begun, ended, or changed in between."""
    if row.status in PAID and before.status not in LIVE:
        _tell(row, ACTIVATED, key=row.plan)
    elif before.status in LIVE and row.is_over:
        _tell(row, ENDED)
    elif before.status in LIVE:
        _tell_about_end(row, before)
        _tell_about_pause(row, before)
        _tell_about_plan(row, before)
        if row.status == "unpaid" != before.status:
            tell_about_suspension(row)


def _tell_about_end(row: Subscription, before: Before) -> None:
    if row.ends_at is not None and before.ends_at is None:
        _tell(row, CANCELLATION_SCHEDULED, key=_moment(row.canceled_at), until=row.ends_at.date().isoformat())
    elif row.ends_at is None and before.ends_at is not None:
        _tell(row, RESUMED, key=_moment(before.canceled_at))


def _tell_about_pause(row: Subscription, before: Before) -> None:
    if row.status == "paused" and before.status != "paused":
        until = row.resumes_at.date().isoformat() if row.resumes_at else ""
        _tell(row, PAUSED, key=_moment(row.paused_at), until=until)
    elif row.status in PAID and before.status == "paused":
        _tell(row, RESUMED, key=_moment(before.paused_at))


def _tell_about_plan(row: Subscription, before: Before) -> None:
    if before.paid_plan and row.paid_plan != before.paid_plan:
        _tell(row, PLAN_CHANGED, key=f"{row.latest_invoice_id}:{row.paid_plan}", former=Plan(before.paid_plan).label)
    elif not row.pending_plan and _has_expired(before):
        wanted = Plan(before.pending_plan).label
        _tell(row, CHANGE_EXPIRED, key=_moment(before.pending_expires_at), wanted=wanted)


def _has_expired(before: Before) -> bool:
    """Whether the change that waited is gone because of its age, and was not paid or given up."""
    return before.pending_expires_at is not None and clock.now() >= before.pending_expires_at - ALLOWANCE


def _moment(moment: datetime | None) -> str:
    return moment.isoformat() if moment else ""


def _tell(row: Subscription, kind: str, *, key: str = "", **more: Any) -> None:
    notify(
        user=User.objects.get(pk=row.user_id),  # type: ignore[misc]  # callers know that there is one
        kind=kind,
        context={"plan": row.get_plan_display(), "amount": in_words(row.amount, row.currency), **more},
        dedupe_key=":".join(part for part in (kind, row.stripe_id, key) if part),
        action_url=BILLING_PAGE,
    )
