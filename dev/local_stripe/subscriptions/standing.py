"""Where a subscription stands: how it ends, and what a paid or failed invoice does to it."""

from dev.local_stripe.api import Document, World
from dev.local_stripe.invoices.invoicing import stop_collection, subscription_of, void_if_open

OVER = ("canceled", "incomplete_expired")
UPDATED = "customer.subscription.updated"
RENEWING = ("trialing", "active", "past_due", "unpaid")


def is_over(subscription: Document) -> bool:
    return subscription["status"] in OVER


def cancel_now(world: World, subscription_id: str, *, reason: str) -> Document:
    """Ends the subscription at this moment; one whose first payment never succeeded expires instead."""
    subscription = world.get("subscription", subscription_id)
    incomplete = subscription["status"] == "incomplete"
    drop_pending_update(world, subscription)
    subscription |= {
        "status": "incomplete_expired" if incomplete else "canceled",
        "canceled_at": subscription["canceled_at"] or world.now(),
        "ended_at": world.now(),
    }
    subscription["cancellation_details"]["reason"] = reason
    _end_schedule(world, subscription, aborted=reason == "payment_failed")
    if incomplete:
        void_if_open(world, subscription["latest_invoice"])
    else:
        stop_collection(world, subscription_id)
    return world.put("subscription", subscription, "customer.subscription.deleted")


def _end_schedule(world: World, subscription: Document, *, aborted: bool) -> None:
    schedule = world.find("subscription_schedule", subscription["schedule"] or "")
    if schedule is not None and schedule["status"] == "active":
        schedule |= {"status": "canceled", "canceled_at": world.now(), "current_phase": None}
        event = "subscription_schedule.aborted" if aborted else "subscription_schedule.canceled"
        world.put("subscription_schedule", schedule, event)


def expire(world: World, subscription_id: str) -> None:
    """Nobody paid the first invoice within 23 hours."""
    void_if_open(world, world.get("subscription", subscription_id)["latest_invoice"])
    ended = {"status": "incomplete_expired", "ended_at": world.now()}
    world.change("subscription", subscription_id, ended, UPDATED)


def drop_pending_update(world: World, subscription: Document) -> None:
    """Forgets a change that waits for its payment, with the invoice that asked for it."""
    if subscription["pending_update"] is None:
        return
    invoice = subscription["_pending_invoice"]
    subscription |= {"pending_update": None, "_pending_invoice": None, "_pending_items": None}
    world.put("subscription", subscription)
    void_if_open(world, invoice)


def expire_update(world: World, subscription_id: str) -> None:
    """Nobody paid for the change in time, or its invoice is void."""
    subscription = world.get("subscription", subscription_id)
    drop_pending_update(world, subscription)
    world.put("subscription", subscription, UPDATED, "customer.subscription.pending_update_expired")


AWAITING_PAYMENT = ("incomplete", "past_due", "unpaid")


def after_payment(world: World, invoice: Document, method: Document | None) -> None:
    subscription = subscription_of(world, invoice)
    _set_delinquent(world, invoice["customer"], delinquent=False)
    if is_over(subscription):
        return
    saves = subscription["payment_settings"]["save_default_payment_method"] == "on_subscription"
    if method is not None and saves:
        subscription["default_payment_method"] = method["id"]
    if subscription["_pending_invoice"] == invoice["id"]:
        apply_pending_update(world, subscription)
        return
    resuming = subscription["status"] == "paused" and subscription["_resuming_invoice"] == invoice["id"]
    latest = subscription["latest_invoice"] == invoice["id"]
    if resuming or (latest and subscription["status"] in AWAITING_PAYMENT):
        in_trial = (subscription["trial_end"] or 0) > world.now()
        subscription["status"] = "trialing" if in_trial else "active"
    if resuming:
        subscription |= {"_resuming_invoice": None, "status_details": None}
    resumed = ["customer.subscription.resumed"] if resuming else []
    world.put("subscription", subscription, UPDATED, *resumed)


def apply_pending_update(world: World, subscription: Document) -> None:
    """The change has been paid for, so now it holds; one that never had to wait needs no event of its own."""
    waited = subscription["pending_update"] is not None
    current = subscription["items"]["data"][0]
    # The period may have moved on while the change waited.
    period = {name: current[name] for name in ("current_period_start", "current_period_end")}
    subscription["items"]["data"] = [item | period for item in subscription["_pending_items"]]
    subscription |= subscription["_pending_fields"]
    subscription |= {"pending_update": None, "_pending_invoice": None, "_pending_items": None}
    applied = ["customer.subscription.pending_update_applied"] if waited else []
    world.put("subscription", subscription, UPDATED, *applied)


def after_failure(world: World, invoice: Document, *, exhausted: bool) -> None:
    subscription = subscription_of(world, invoice)
    if subscription["status"] not in RENEWING:
        return
    if subscription["_pending_invoice"] == invoice["id"] or subscription["latest_invoice"] != invoice["id"]:
        return
    _set_delinquent(world, invoice["customer"], delinquent=True)
    if exhausted and world.policy.final_failure == "canceled":
        cancel_now(world, subscription["id"], reason="payment_failed")
        return
    subscription["status"] = world.policy.final_failure if exhausted else "past_due"
    world.put("subscription", subscription, UPDATED)


def _set_delinquent(world: World, customer_id: str, *, delinquent: bool) -> None:
    customer = world.get("customer", customer_id)
    if not customer.get("_deleted"):
        world.put("customer", customer | {"delinquent": delinquent}, "customer.updated")
