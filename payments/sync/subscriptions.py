from collections.abc import Iterable
from datetime import datetime
from typing import Any

import structlog

from accounts.models import Plan
from numerai.common import clock
from payments import gateway
from payments.catalogue import OFFERS, plan_of_price
from payments.gateway import ItemView, SubscriptionView
from payments.models import StripeCustomer, Subscription
from payments.models.subscription import LIVE, OVER, PAID
from payments.notices.subscriptions import Before, tell_about_subscription
from payments.sync.access import refresh_access
from payments.sync.looking import look_and_write
from payments.sync.people.trials import note_trial
from payments.sync.rows import write_columns

log = structlog.get_logger(__name__)

KNOWN_STATUSES = (*LIVE, *OVER, "incomplete")


def sync_subscription(subscription_id: str, *, customer_id: str = "") -> Subscription:
    """Make our row what Stripe says now. Raises gateway.ObjectMissing, CustomerNotLinked, LockTimeout."""
    return look_and_write(
        customer_id=customer_id,
        look=lambda: gateway.fetch_subscription(subscription_id),
        write=write_subscription,
    )


def see_subscription(subscription_id: str, *, customer_id: str = "") -> tuple[Subscription, SubscriptionView]:
    """As ``sync_subscription``, with what was seen."""
    return look_and_write(
        customer_id=customer_id,
        look=lambda: gateway.fetch_subscription(subscription_id),
        write=lambda view, owner: (write_subscription(view, owner), view),
    )


def write_subscription(view: SubscriptionView, owner: StripeCustomer) -> Subscription:
    """Inside the caller's transaction and lock. A subscription that is over never comes back to life."""
    row = Subscription.objects.filter(stripe_id=view.id).select_for_update(no_key=True, of=("self",)).first()
    row = row or Subscription(stripe_id=view.id)
    before = Before.of(row)
    if row.is_over and view.status != row.status:
        log.error("subscription_would_revive", subscription=view.id, status=view.status)
        return row
    changed = write_columns(row, _columns(row, view, owner))
    if before.status in LIVE and not row.is_live:
        _promote_duplicate(row)
    if changed and owner.user_id is not None:
        refresh_access(user_id=owner.user_id, status=row.status)
        tell_about_subscription(row, before=before)
    if changed:
        note_trial(view, owner)
    return row


def _columns(row: Subscription, view: SubscriptionView, owner: StripeCustomer) -> dict[str, Any]:
    item = billed_item(view)
    if view.status not in KNOWN_STATUSES:
        log.error("unknown_subscription_status", subscription=view.id, status=view.status)
    plan = _plan_of(item, view.id)
    _compare_with_offer(item, view.id)
    return _paid_columns(row, view, item, plan) | {
        "user_id": owner.user_id,
        "customer_id": owner.pk,
        "livemode": view.livemode,
        "plan": plan,
        "price_id": item.price_id,
        "amount": item.amount,
        "currency": item.currency,
        "status": view.status,
        "current_period_start": item.period_start,
        "current_period_end": item.period_end,
        "cancel_at_period_end": view.cancel_at_period_end,
        "cancel_at": view.cancels_at,
        "canceled_at": view.canceled_at,
        "ended_at": view.ended_at,
        "trial_end": view.trial_end,
        "default_payment_method": view.default_payment_method,
        "promotion_code": view.promotion_code,
        **_coming_columns(view, plan),
        "paused_at": view.paused_at,
        "resumes_at": view.resumes_at,
        "past_due_since": _past_due_since(row, view),
        "latest_invoice_id": view.latest_invoice_id,
        "duplicate_of_id": _standing_besides(view, owner),
        "stripe_created_at": view.created_at,
    }


def _paid_columns(row: Subscription, view: SubscriptionView, item: ItemView, plan: str) -> dict[str, Any]:
    """A change of plan or period counts once its bill is paid; until then what was paid before does. What has ended
    keeps what was paid last, also when nobody of us has seen it alive."""
    if view.status in (*PAID, "canceled") and _is_paid(view, item) and plan:
        return {"paid_plan": plan, "paid_through": item.period_end}
    return {"paid_plan": row.paid_plan, "paid_through": row.paid_through}


def _is_paid(view: SubscriptionView, item: ItemView) -> bool:
    """Whether the latest invoice is paid and was for this price: somebody else's change may be billed later on."""
    if not view.latest_invoice_id:
        return True
    is_billed = view.status == "trialing" or item.price_id in view.paid_prices
    return view.latest_invoice_status == "paid" and is_billed


def _coming_columns(view: SubscriptionView, plan: str) -> dict[str, Any]:
    """The change that waits for its payment, and the one that waits for the end of the period."""
    pending = _first_plan(view.pending.price_ids) if view.pending else ""
    coming = view.schedule.coming if view.schedule else None
    scheduled = _first_plan(price for price, _ in coming.items) if coming else ""
    if scheduled == plan:
        scheduled = ""
    return {
        "pending_plan": pending,
        "pending_expires_at": view.pending.expires_at if view.pending and pending else None,
        "schedule_id": view.schedule.id if view.schedule else "",
        "scheduled_plan": scheduled,
        "scheduled_at": coming.starts_at if coming and scheduled else None,
    }


def _first_plan(price_ids: Iterable[str]) -> str:
    plans = (plan_of_price(price_id) for price_id in price_ids)
    return next((plan.value for plan in plans if plan), "")


def billed_item(view: SubscriptionView) -> ItemView:
    """The item that is the plan; others are besides it."""
    return next((item for item in view.items if plan_of_price(item.price_id)), view.items[0])


def _plan_of(item: ItemView, subscription_id: str) -> str:
    """A price that is no longer sold keeps the plan it was bought as."""
    plan = plan_of_price(item.price_id)
    if plan is not None:
        return plan.value
    bought = Subscription.objects.filter(price_id=item.price_id).exclude(plan="").values_list("plan", flat=True)
    known = bought.first()
    if known is None:
        log.error("unknown_price", subscription=subscription_id, price=item.price_id)
    return Plan(known).value if known else ""


def _compare_with_offer(item: ItemView, subscription_id: str) -> None:
    """A price id in the wrong place charges people an amount that they were not shown."""
    plan = plan_of_price(item.price_id)
    if plan is not None and (item.unit_amount, item.currency) != (OFFERS[plan].amount, OFFERS[plan].currency):
        log.error(
            "price_differs_from_offer",
            subscription=subscription_id,
            price=item.price_id,
            plan=plan.value,
            amount=item.unit_amount,
            currency=item.currency,
        )


def _past_due_since(row: Subscription, view: SubscriptionView) -> datetime | None:
    """Counted from the bill that was not paid, not from each further attempt to collect it."""
    if view.status != "past_due":
        return None
    return row.past_due_since or view.latest_invoice_at or clock.now()


def _standing_besides(view: SubscriptionView, owner: StripeCustomer) -> Any:
    """The live subscription that the person has had before this one, which is then bought twice."""
    if view.status not in LIVE or owner.user_id is None:
        return None
    others = Subscription.objects.standing().filter(user_id=owner.user_id, livemode=view.livemode)
    standing = others.exclude(stripe_id=view.id).values_list("pk", flat=True).first()
    if standing is not None:
        log.error("second_live_subscription", subscription=view.id, besides=str(standing))
    return standing


def _promote_duplicate(ended: Subscription) -> None:
    heir = Subscription.objects.live().filter(duplicate_of=ended).order_by("stripe_created_at").first()
    if heir is not None:
        for other in Subscription.objects.filter(duplicate_of=ended).exclude(pk=heir.pk):
            write_columns(other, {"duplicate_of_id": heir.pk})
        write_columns(heir, {"duplicate_of_id": None})
