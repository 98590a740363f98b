"""What time does to subscriptions and invoices: every due action, in order of its moment."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from dev.local_stripe.api import DAY, Document, World
from dev.local_stripe.invoices.collection import collect, finalize_and_collect, settle_slow
from dev.local_stripe.invoices.invoicing import payments_of
from dev.local_stripe.resources.disputes import settle_refund
from dev.local_stripe.resources.sessions import expire as expire_session
from dev.local_stripe.subscriptions import schedules
from dev.local_stripe.subscriptions.billing import announce
from dev.local_stripe.subscriptions.changes import end_discount
from dev.local_stripe.subscriptions.pausing import REMINDER, end_trial, remind, renew_or_withhold
from dev.local_stripe.subscriptions.standing import RENEWING, cancel_now, expire, expire_update, is_over

EXPIRY = 23 * 60 * 60


@dataclass(frozen=True)
class Due:
    at: int
    action: Callable[[World, str], object]
    id: str


def advance(world: World, seconds: int) -> None:
    """Moves the clock, running each due action at its own moment."""
    with world.lock:
        target = world.now() + seconds
        while (due := _next(world, target)) is not None:
            with world.frozen_at(due.at), world.transaction():
                due.action(world, due.id)
        if seconds:
            world.move_clock(seconds)


def _next(world: World, until: int) -> Due | None:
    candidates = (due for due in _all_due(world) if due.at <= until)
    return min(candidates, key=lambda due: due.at, default=None)


def _all_due(world: World) -> Iterator[Due]:
    for subscription in world.all("subscription"):
        if not is_over(subscription):
            yield from _due_for_subscription(world, subscription)
    for invoice in world.all("invoice"):
        if invoice["status"] in ("draft", "open"):
            yield from _due_for_invoice(invoice)
    yield from _due_for_payments(world)


def _due_for_subscription(world: World, subscription: Document) -> Iterator[Due]:
    identifier = subscription["id"]
    yield from _due_for_schedule(world.find(schedules.KIND, subscription["schedule"] or ""))
    if subscription["status"] == "incomplete":
        yield from _expiry(world, subscription["latest_invoice"], subscription["created"] + EXPIRY, expire, identifier)
    if subscription["pending_update"] is not None:
        ends, invoice = subscription["pending_update"]["expires_at"], subscription["_pending_invoice"]
        yield from _expiry(world, invoice, ends, expire_update, identifier)
    if subscription["cancel_at"] is not None:
        yield Due(subscription["cancel_at"], partial(cancel_now, reason="cancellation_requested"), identifier)
    for discount in map(partial(world.get, "discount"), subscription["discounts"]):
        if discount["end"] is not None:
            yield Due(discount["end"], partial(end_discount, discount_id=discount["id"]), identifier)
    if subscription["status"] not in RENEWING:
        return
    period_end = subscription["items"]["data"][0]["current_period_end"]
    if subscription["status"] == "trialing":
        end = subscription["trial_end"]
        if subscription["_reminded_of"] != end:
            yield Due(max(end - REMINDER, subscription["trial_start"]), remind, identifier)
        yield Due(end, end_trial, identifier)
    else:
        yield Due(period_end, renew_or_withhold, identifier)
    if subscription["_announced"] != period_end and subscription["cancel_at"] is None:
        ahead = period_end - world.policy.upcoming_days * DAY
        start = subscription["items"]["data"][0]["current_period_start"]
        yield Due(max(ahead, start), announce, identifier)


def _expiry(
    world: World, invoice_id: str, at: int, action: Callable[[World, str], object], identifier: str
) -> Iterator[Due]:
    """What waits for the payment of an invoice does not expire while a bank is deciding upon it."""
    intents = [
        world.get("payment_intent", each["payment"]["payment_intent"]) for each in payments_of(world, invoice_id)
    ]
    if all(intent["status"] != "processing" for intent in intents):
        yield Due(max([at, *(intent.get("_settled_at", 0) for intent in intents)]), action, identifier)


def _due_for_schedule(schedule: Document | None) -> Iterator[Due]:
    if schedule is None or schedule["status"] != "active":
        return
    end = schedule["phases"][-1]["end_date"]
    if schedule["_told_of_end"] != end:
        yield Due(max(end - schedules.EXPIRY_NOTICE, schedule["created"]), schedules.announce_end, schedule["id"])
    yield Due(schedule["current_phase"]["end_date"], schedules.move_on, schedule["id"])


def _due_for_invoice(invoice: Document) -> Iterator[Due]:
    if invoice["status"] == "draft" and invoice["automatically_finalizes_at"] is not None:
        yield Due(invoice["automatically_finalizes_at"], _finalize_draft, invoice["id"])
    if invoice["status"] == "open" and invoice["next_payment_attempt"] is not None:
        yield Due(invoice["next_payment_attempt"], collect, invoice["id"])


def _due_for_payments(world: World) -> Iterator[Due]:
    for intent in world.all("payment_intent"):
        if "_settles_at" in intent:
            yield Due(intent["_settles_at"], settle_slow, intent["id"])
    for refund in world.all("refund"):
        if "_settles_at" in refund:
            yield Due(refund["_settles_at"], settle_refund, refund["id"])
    for session in world.all("checkout.session"):
        if session["status"] == "open":
            yield Due(session["expires_at"], expire_session, session["id"])


def _finalize_draft(world: World, invoice_id: str) -> None:
    finalize_and_collect(world, world.get("invoice", invoice_id), off_session=True)
