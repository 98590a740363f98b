"""A new billing period and its invoice."""

from dev.local_stripe.invoices.invoicing import draft, issue, settle_balance
from dev.local_stripe.invoices.lines import net_amounts, period_line
from dev.local_stripe.subscriptions.items import recurring_of
from dev.local_stripe.world.periods import period_end
from dev.local_stripe.world.storage import Document
from dev.local_stripe.world.world import World


def begin_period(world: World, subscription: Document) -> Document:
    """Moves the items to the period that starts where the last one ended and drafts its invoice, which is
    finalized and collected after the policy's delay, as with Stripe after about an hour."""
    items = subscription["items"]["data"]
    looked_back = (items[0]["current_period_start"], items[0]["current_period_end"])
    advance(world, subscription)
    lines = subscription["_pending_lines"] + [period_line(world, item) for item in items]
    invoice = draft(world, subscription, lines, reason="subscription_cycle", period=looked_back)
    invoice["automatically_finalizes_at"] = world.now() + world.policy.finalize_after_seconds
    if subscription["status"] == "unpaid" or subscription["pause_collection"] is not None:
        # Nobody collects: the invoice stays a draft until someone takes it up.
        invoice |= {"auto_advance": False, "automatically_finalizes_at": None}
    subscription |= {"_pending_lines": [], "_paid_for": net_amounts(world, subscription, items)}
    return issue(world, subscription, invoice, "customer.subscription.updated")


def advance(world: World, subscription: Document) -> None:
    items = subscription["items"]["data"]
    start = items[0]["current_period_end"]
    end = period_end(subscription["billing_cycle_anchor"], recurring_of(world, items), start)
    for item in items:
        item |= {"current_period_start": start, "current_period_end": end}


def announce(world: World, subscription_id: str) -> None:
    """`invoice.upcoming`: what the next renewal will cost, some days ahead. Such an invoice is never stored."""
    subscription = world.get("subscription", subscription_id)
    items = subscription["items"]["data"]
    subscription["_announced"] = items[0]["current_period_end"]
    world.put("subscription", subscription)
    world.emit("invoice.upcoming", world.render("invoice", upcoming(world, subscription)))


def upcoming(world: World, subscription: Document) -> Document:
    """The invoice that the next renewal would make, with what waits for it."""
    items = subscription["items"]["data"]
    looked_back = (items[0]["current_period_start"], items[0]["current_period_end"])
    advance(world, subscription)
    lines = subscription["_pending_lines"] + [period_line(world, item) for item in items]
    return foreseen(world, subscription, lines, reason="upcoming", period=looked_back)


def foreseen(
    world: World, subscription: Document, lines: list[Document], *, reason: str, period: tuple[int, int]
) -> Document:
    """An invoice that is only shown, with what the customer's balance would leave to pay."""
    invoice = draft(world, subscription, lines, reason=reason, period=period) | {"id": world.new_id("upcoming_in")}
    settle_balance(invoice, world.get("customer", invoice["customer"]))
    invoice["next_payment_attempt"] = max(period[1], world.now()) + world.policy.finalize_after_seconds
    return invoice
