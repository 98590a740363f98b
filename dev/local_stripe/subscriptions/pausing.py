"""Pausing: the `paused` status (no invoices at all) and `pause_collection` (invoices that nobody collects)."""

from dev.local_stripe.api.contract import Params
from dev.local_stripe.api.errors import invalid
from dev.local_stripe.api.routes import Call
from dev.local_stripe.invoices.collection import finalize_and_collect, require_method
from dev.local_stripe.invoices.invoicing import draft, finalize, forgive, issue, void
from dev.local_stripe.invoices.lines import net_amounts, period_line, prorated_line
from dev.local_stripe.subscriptions.items import recurring_of
from dev.local_stripe.subscriptions.proration import unused_time
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
    if behavior == "keep_as_draft" or finalize(world, invoice)["status"] == "draft":
        return
    if behavior == "void":
        void(world, invoice)
    else:
        forgive(world, invoice, reason="subscription_paused")


def mark_paused(world: World, subscription: Document, reason: str) -> Document:
    paused = {
        "subscription": {"type": reason},
        "transitioned_at": world.now(),
        "type": "subscription",
    }
    subscription |= {"status": "paused", "status_details": {"paused": paused}}
    return world.put("subscription", subscription, UPDATED, "customer.subscription.paused")


def pause(world: World, call: Call) -> Document:
    """Stops service and invoices. Unused time is given back with the next invoice unless asked otherwise."""
    subscription = world.get("subscription", call.id)
    if subscription["status"] not in ("active", "trialing", "past_due"):
        raise invalid(f"A subscription with status {subscription['status']} cannot be paused.")
    if subscription["schedule"] is not None:
        raise invalid("A subscription that is attached to a schedule cannot be paused.")
    since = call.params.get("bill_for", {}).get("unused_time_from", {}).get("type", "now")
    if since != "none":
        at = world.now() if since == "now" else None
        subscription["_pending_lines"] += unused_time(world, subscription, at)
        subscription["_paid_for"] = {}
    paused = mark_paused(world, subscription, "pause_requested")
    if call.params.get("invoicing_behavior") == "invoice" and paused["_pending_lines"]:
        _bill(world, paused, paused["_pending_lines"])
    return world.get("subscription", call.id)


def resume(world: World, call: Call) -> Document:
    """Ends a pause: with a new period, billed now, or within the old rhythm, where prorations bill what is left.
    As long as the invoice of the resumption is open the subscription stays paused: until it is paid, or by
    default until an attempt to pay it, which this request does not make."""
    subscription, params = world.get("subscription", call.id), call.params
    if subscription["status"] != "paused":
        raise invalid("The subscription is not paused.", code="subscription_not_paused")
    _void_last_attempt(world, subscription)
    items, behavior = subscription["items"]["data"], params.get("proration_behavior", "create_prorations")
    unchanged = params.get("billing_cycle_anchor", {}).get("type") == "unchanged"
    in_trial = (subscription["trial_end"] or 0) > world.now()
    lines = []
    if not (unchanged and in_trial):
        _enter_period(world, subscription, unchanged=unchanged)
    if not unchanged:
        lines = [period_line(world, item) for item in items]
    elif behavior != "none" and not in_trial:
        net, at = net_amounts(world, subscription, items), params.get("proration_date", world.now())
        unpaid = [item for item in items if item["id"] not in subscription["_paid_for"]]
        lines = [prorated_line(world, item, net[item["id"]], at=at, credit=False) for item in unpaid]
    if lines:
        subscription["_paid_for"] = net_amounts(world, subscription, items)
    subscription["_pending_lines"] += lines
    if not lines or (unchanged and behavior != "always_invoice"):
        return _resumed(world, subscription)
    on_success = params.get("payment_behavior") == "resume_on_payment_success"
    if on_success and sum(line["amount"] for line in subscription["_pending_lines"]) > 0:
        require_method(world, subscription)
    subscription["_resumes_on_attempt"] = not on_success
    _bill(world, subscription, subscription["_pending_lines"], wait=not on_success, resuming=True)
    return world.get("subscription", call.id)


def _bill(
    world: World, subscription: Document, lines: list[Document], *, wait: bool = False, resuming: bool = False
) -> None:
    period = (world.now(), world.now())
    invoice = draft(world, subscription, lines, reason="subscription_update", period=period)
    resumption = {"_resuming_invoice": invoice["id"]} if resuming else {}
    issue(world, subscription | {"_pending_lines": [], **resumption}, invoice, UPDATED)
    finalize_and_collect(world, invoice, off_session=False, wait=wait)


def _void_last_attempt(world: World, subscription: Document) -> None:
    """A second resumption takes the place of one that nobody paid."""
    invoice = world.find("invoice", subscription["_resuming_invoice"] or "")
    if invoice is not None and invoice["status"] == "open":
        void(world, invoice)
        lines = invoice["lines"]["data"]
        subscription["_pending_lines"] += [line for line in lines if line["amount"] < 0]
        subscription["_paid_for"] = {}


def _enter_period(world: World, subscription: Document, *, unchanged: bool) -> None:
    items = subscription["items"]["data"]
    recurring = recurring_of(world, items)
    if not unchanged:
        subscription["billing_cycle_anchor"] = world.now()
    anchor = subscription["billing_cycle_anchor"]
    start = period_start(anchor, recurring, world.now())
    if unchanged and items[0]["current_period_end"] <= world.now():
        subscription["_paid_for"] = {}
    for item in items:
        item["current_period_start"] = start
        item["current_period_end"] = period_end(anchor, recurring, world.now())


def _resumed(world: World, subscription: Document, status: str = "active") -> Document:
    trial_end = subscription["trial_end"]
    if trial_end is not None and trial_end > world.now():
        status = "trialing"
    subscription |= {"status": status, "status_details": None, "_resuming_invoice": None}
    return world.put("subscription", subscription, UPDATED, "customer.subscription.resumed")
