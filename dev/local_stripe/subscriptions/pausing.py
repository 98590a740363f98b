"""Pausing: the `paused` status (no invoices at all) and `pause_collection` (invoices that nobody collects)."""

from dev.local_stripe.api.contract import Params
from dev.local_stripe.api.errors import invalid
from dev.local_stripe.api.routes import Call
from dev.local_stripe.invoices.collection import finalize_and_collect, require_method
from dev.local_stripe.invoices.invoicing import draft, finalize, forgive, issue, void
from dev.local_stripe.invoices.lines import net_amounts, period_line
from dev.local_stripe.subscriptions.items import recurring_of
from dev.local_stripe.subscriptions.renewal import begin_period
from dev.local_stripe.world.periods import period_end, period_start
from dev.local_stripe.world.storage import Document
from dev.local_stripe.world.world import World

UPDATED = "customer.subscription.updated"


def set_pause_collection(subscription: Document, params: Params) -> None:
    if "pause_collection" in params:
        given = params["pause_collection"]
        subscription["pause_collection"] = {"resumes_at": None, **given} if given else None


def resume_collection(world: World, subscription_id: str) -> None:
    subscription = world.get("subscription", subscription_id)
    world.put("subscription", subscription | {"pause_collection": None}, UPDATED)


def renew_or_withhold(world: World, subscription_id: str) -> None:
    """The next period begins; while collection is paused its invoice is kept back, voided or forgiven."""
    subscription = world.get("subscription", subscription_id)
    invoice = begin_period(world, subscription)
    if subscription["pause_collection"] is None:
        return
    behavior = subscription["pause_collection"]["behavior"]
    if behavior == "void":
        void(world, finalize(world, invoice))
    elif behavior == "mark_uncollectible":
        forgive(world, finalize(world, invoice), reason="subscription_paused")


def mark_paused(world: World, subscription: Document, reason: str) -> Document:
    paused = {
        "subscription": {"type": reason},
        "transitioned_at": world.now(),
        "type": "subscription",
    }
    subscription |= {"status": "paused", "status_details": {"paused": paused}}
    return world.put("subscription", subscription, UPDATED, "customer.subscription.paused")


def pause(world: World, call: Call) -> Document:
    subscription = world.get("subscription", call.id)
    if subscription["status"] not in ("active", "trialing", "past_due"):
        raise invalid(f"A subscription with status {subscription['status']} cannot be paused.")
    if subscription["schedule"] is not None:
        raise invalid("A subscription that is attached to a schedule cannot be paused.")
    return mark_paused(world, subscription, "pause_requested")


def resume(world: World, call: Call) -> Document:
    """Ends a pause. A new period is billed when the anchor moves or the old period is over."""
    subscription = world.get("subscription", call.id)
    if subscription["status"] != "paused":
        raise invalid("The subscription is not paused.", code="subscription_not_paused")
    items = subscription["items"]["data"]
    unchanged = call.params.get("billing_cycle_anchor", {}).get("type") == "unchanged"
    if unchanged and items[0]["current_period_end"] > world.now():
        return _resumed(world, subscription)
    _enter_period(world, subscription, unchanged=unchanged)
    require_method(world, subscription)
    period = (world.now(), world.now())
    lines = [period_line(world, item) for item in items]
    invoice = draft(world, subscription, lines, reason="subscription_update", period=period)
    subscription |= {"_resuming_invoice": invoice["id"], "_paid_for": net_amounts(world, subscription, items)}
    issue(world, subscription, invoice, UPDATED)
    paid = finalize_and_collect(world, invoice, off_session=False)
    subscription = world.get("subscription", call.id)
    on_attempt = call.params.get("payment_behavior") == "resume_on_payment_attempt"
    if on_attempt and paid["status"] != "paid":
        return _resumed(world, subscription, status="past_due")
    return subscription


def _enter_period(world: World, subscription: Document, *, unchanged: bool) -> None:
    items = subscription["items"]["data"]
    recurring = recurring_of(world, items)
    if not unchanged:
        subscription["billing_cycle_anchor"] = world.now()
    anchor = subscription["billing_cycle_anchor"]
    start = period_start(anchor, recurring, world.now())
    for item in items:
        item["current_period_start"] = start
        item["current_period_end"] = period_end(anchor, recurring, world.now())


def _resumed(world: World, subscription: Document, status: str = "active") -> Document:
    trial_end = subscription["trial_end"]
    if trial_end is not None and trial_end > world.now():
        status = "trialing"
    subscription |= {"status": status, "status_details": None, "_resuming_invoice": None}
    return world.put("subscription", subscription, UPDATED, "customer.subscription.resumed")
