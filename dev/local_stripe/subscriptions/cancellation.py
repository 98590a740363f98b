"""Ending a subscription."""

from dev.local_stripe.invoices.invoicing import stop_collection, void
from dev.local_stripe.world.storage import Document
from dev.local_stripe.world.world import World


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
        void_first_invoice(world, subscription)
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
    subscription = world.get("subscription", subscription_id)
    void_first_invoice(world, subscription)
    subscription |= {"status": "incomplete_expired", "ended_at": world.now()}
    world.put("subscription", subscription, "customer.subscription.updated")


def void_first_invoice(world: World, subscription: Document) -> None:
    invoice = world.get("invoice", subscription["latest_invoice"])
    if invoice["status"] == "open":
        void(world, invoice)


def drop_pending_update(world: World, subscription: Document) -> None:
    """Forgets a change that waits for its payment, with the invoice that asked for it."""
    if subscription["pending_update"] is None:
        return
    invoice = world.get("invoice", subscription["_pending_invoice"])
    subscription |= {"pending_update": None, "_pending_invoice": None, "_pending_items": None}
    world.put("subscription", subscription)
    if invoice["status"] == "open":
        void(world, invoice)
