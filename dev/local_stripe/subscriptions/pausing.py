"""Pausing (`paused` bills nothing, `pause_collection` collects nothing), and how trials end."""

from dev.local_stripe.api import DAY, Call, Document, Params, World, invalid
from dev.local_stripe.invoices.collection import finalize_and_collect, require_method
from dev.local_stripe.invoices.invoicing import default_method, draft, finalize, forgive, issue, void
from dev.local_stripe.invoices.lines import net_amounts, period_line, prorated_line
from dev.local_stripe.subscriptions.billing import begin_period, recurring_of, unused_time
from dev.local_stripe.subscriptions.standing import cancel_now
from dev.local_stripe.world.periods import period_end, period_start

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


REMINDER = 3 * DAY


def change_trial_end(world: World, subscription: Document, end: int | str) -> bool:
    """Moves the end of a running trial. True when it ends now and its first period is to be billed at once."""
    if subscription["status"] != "trialing":
        if end == "now":
            return False
        raise invalid("The local Stripe moves the end of running trials only.", param="trial_end")
    if isinstance(end, int) and end <= world.now():
        raise invalid("Invalid timestamp: must be in the future.", param="trial_end")
    billable = _without_card(subscription) == "create_invoice" or default_method(world, subscription) is not None
    if end == "now" and billable:
        return True
    move_trial(subscription, world.now() if isinstance(end, str) else end)
    if end == "now":
        world.put("subscription", subscription)
        end_trial(world, subscription["id"])
        subscription |= world.get("subscription", subscription["id"])
    return False


def _without_card(subscription: Document) -> str:
    return str(subscription["trial_settings"]["end_behavior"].get("missing_payment_method", "create_invoice"))


def move_trial(subscription: Document, moment: int) -> None:
    subscription |= {"trial_end": moment, "billing_cycle_anchor": moment}
    for item in subscription["items"]["data"]:
        item["current_period_end"] = moment
    if subscription["cancel_at_period_end"]:
        subscription["cancel_at"] = moment


def remind(world: World, subscription_id: str) -> None:
    subscription = world.get("subscription", subscription_id)
    subscription["_reminded_of"] = subscription["trial_end"]
    world.put("subscription", subscription, "customer.subscription.trial_will_end")


def end_trial(world: World, subscription_id: str) -> None:
    """Bills the first paid period, or does what the trial settings say when there is no card to bill."""
    subscription = world.get("subscription", subscription_id)
    without_card = _without_card(subscription)
    if without_card != "create_invoice" and default_method(world, subscription) is None:
        if without_card == "cancel":
            cancel_now(world, subscription_id, reason="payment_failed")
        else:
            mark_paused(world, subscription, "trial_end_without_payment_method")
        return
    subscription["status"] = "active"
    begin_period(world, subscription)
