"""What a change of plan would cost, to the minor unit, before anybody decides."""

from dataclasses import dataclass
from datetime import datetime

from accounts.models import Plan, User
from numerai.common import clock
from payments import gateway
from payments.catalogue import OFFERS
from payments.gateway import LineView, PreviewView
from payments.services.subscriptions.changes import (
    is_immediate,
    refuse_wrong_moment,
    refuse_wrong_offer,
)
from payments.services.subscriptions.promotions import redeemable
from payments.services.subscriptions.standing import Standing, SubscriptionEnding, look


@dataclass(frozen=True)
class ChangePreview:
    """``amount_due`` is charged now, ``next_amount`` at ``next_payment_at``, in minor units; one that is going to end
    has no next payment. ``lines`` are those of the first bill that the change makes. Sent back with the change,
    ``proration_date`` makes it cost just this."""

    plan: Plan
    is_immediate: bool
    takes_effect_at: datetime
    proration_date: datetime | None
    amount_due: int
    next_amount: int
    next_payment_at: datetime | None
    currency: str
    lines: tuple[LineView, ...]


def preview_change(
    *, user: User, plan: str, proration_date: datetime | None = None, promotion_code: str | None = None
) -> ChangePreview:
    """What changing to ``plan`` costs now and from the next period on. Nothing is made or written but what was seen.

    Raises PromotionCodeInvalid, NoSubscription and the other refusals of ``standing``, CurrencyMismatch,
    ProrationDateInvalid, StripeUnavailable, StripeMisconfigured.
    """
    standing, wanted = look(user.pk), Plan(plan)
    standing.refuse_unless_running()
    refuse_wrong_offer(standing, wanted)
    code = redeemable(promotion_code, standing) if promotion_code else ""
    if is_immediate(standing, wanted) and standing.view.status != "trialing":
        return _of_upgrade(standing, wanted, (proration_date or clock.now()).replace(microsecond=0), code)
    return _of_later_bill(standing, wanted, code)


def _of_upgrade(standing: Standing, plan: Plan, moment: datetime, code: str) -> ChangePreview:
    refuse_wrong_moment(standing, moment)
    bill = gateway.preview_change(
        subscription_id=standing.view.id,
        item_id=standing.item.id,
        price_id=OFFERS[plan].price_id,
        proration_date=moment,
        promotion_code_id=code,
    )
    renewal = _renewal(standing, plan, code)
    return ChangePreview(
        plan=plan,
        is_immediate=True,
        takes_effect_at=moment,
        proration_date=moment,
        amount_due=bill.amount_due,
        next_amount=renewal.total if renewal else 0,
        next_payment_at=standing.item.period_end if renewal else None,
        currency=bill.currency,
        lines=bill.lines,
    )


def _of_later_bill(standing: Standing, plan: Plan, code: str) -> ChangePreview:
    """In a trial a change holds now, but its first bill is that of the trial's end; a lower plan waits for it."""
    bill = _renewal(standing, plan, code)
    at_once = standing.view.status == "trialing" or standing.plan == plan
    if bill is None and not at_once:
        raise SubscriptionEnding
    return ChangePreview(
        plan=plan,
        is_immediate=at_once,
        takes_effect_at=clock.now() if at_once else standing.item.period_end,
        proration_date=None,
        amount_due=0,
        next_amount=bill.amount_due if bill else 0,
        next_payment_at=standing.item.period_end if bill else None,
        currency=standing.item.currency,
        lines=bill.lines if bill else (),
    )


def _renewal(standing: Standing, plan: Plan, code: str) -> PreviewView | None:
    if standing.view.cancels_at is not None:
        return None
    return gateway.preview_renewal(
        subscription_id=standing.view.id,
        item_id=standing.item.id,
        price_id=OFFERS[plan].price_id,
        promotion_code_id=code,
    )
