"""Changing a subscription: settings, cancellation dates, and its items with what that costs."""

from dev.local_stripe.api import Call, Document, Params, World, invalid, set_fields
from dev.local_stripe.invoices.collection import finalize_and_collect, require_method, require_paid
from dev.local_stripe.invoices.invoicing import draft, issue
from dev.local_stripe.invoices.lines import amount_of
from dev.local_stripe.resources.cards import of_customer
from dev.local_stripe.resources.discounts import drop, redeem, used_up_by
from dev.local_stripe.subscriptions.billing import Change, lines_of_end, plan
from dev.local_stripe.subscriptions.pausing import set_pause_collection
from dev.local_stripe.subscriptions.standing import UPDATED, drop_pending_update, is_over

ALLOWED_WHEN_OVER = {"cancellation_details", "metadata", "expand"}
ALLOWED_WHEN_INCOMPLETE = {"default_payment_method", "metadata", "expand"}
ALLOWED_WHEN_PENDING = {"expand", "payment_behavior", "proration_behavior", "proration_date"}
ALLOWED_WHEN_PENDING |= {"items", "metadata", "discounts", "cancel_at_period_end"}
# What a change that waits for its payment keeps back besides the items.
HELD_BACK = ("metadata", "discounts", "cancel_at", "cancel_at_period_end", "canceled_at", "cancellation_details")
PENDING_SECONDS = 23 * 60 * 60


def set_settings(world: World, subscription: Document, params: Params) -> None:
    identifier = params.get("default_payment_method")
    if identifier:
        method = of_customer(world, identifier, subscription["customer"], "default_payment_method")
        subscription["default_payment_method"] = method["id"]
    elif identifier == "":
        subscription["default_payment_method"] = None
    subscription["payment_settings"] |= params.get("payment_settings", {})
    subscription["trial_settings"] = params.get("trial_settings", subscription["trial_settings"])


def set_discounts(world: World, subscription: Document, params: Params) -> None:
    if "discounts" in params:
        gross = sum(amount_of(world, item) for item in subscription["items"]["data"])
        redeem(world, subscription, params["discounts"] or [], gross)


def end_discount(world: World, subscription_id: str, discount_id: str) -> None:
    subscription = world.get("subscription", subscription_id)
    drop(world, subscription, [discount_id])
    world.put("subscription", subscription, UPDATED)


def set_cancellation(world: World, subscription: Document, params: Params) -> None:
    if subscription["schedule"] is not None and {"cancel_at", "cancel_at_period_end"} & set(params):
        message = f"The subscription is managed by the subscription schedule `{subscription['schedule']}`"
        raise invalid(f"{message}; update the schedule instead.")
    ends = [item["current_period_end"] for item in subscription["items"]["data"]]
    named = {"min_period_end": min(ends), "max_period_end": max(ends), "": None}
    if params.get("cancel_at_period_end") and "cancel_at" in params:
        raise invalid("You cannot set both cancel_at and cancel_at_period_end.", param="cancel_at")
    if "cancel_at_period_end" in params:
        at_end = params["cancel_at_period_end"]
        subscription["cancel_at_period_end"] = at_end
        _end_at(world, subscription, max(ends) if at_end else None)
    if "cancel_at" in params:
        subscription["cancel_at_period_end"] = False
        _end_at(world, subscription, named.get(params["cancel_at"], params["cancel_at"]))


def _end_at(world: World, subscription: Document, moment: int | None) -> None:
    if moment == subscription["cancel_at"]:
        return
    if moment is not None and moment <= world.now():
        raise invalid("Invalid timestamp: must be in the future.", param="cancel_at")
    subscription["cancel_at"] = moment
    subscription["canceled_at"] = world.now() if moment is not None else None
    subscription["cancellation_details"]["reason"] = "cancellation_requested" if moment is not None else None


def update(world: World, call: Call) -> Document:
    subscription = world.get("subscription", call.id)
    params = call.params
    _refuse_forbidden(subscription, params)
    set_fields(subscription, params, "description metadata")
    details = params.get("cancellation_details", {})
    set_fields(subscription["cancellation_details"], details, "comment feedback")
    set_settings(world, subscription, params)
    set_cancellation(world, subscription, params)
    set_discounts(world, subscription, params)
    set_pause_collection(subscription, params)
    if "items" in params:
        change_items(world, subscription, params)
    else:
        world.put("subscription", subscription, UPDATED)
    return world.get("subscription", call.id)


def _refuse_forbidden(subscription: Document, params: Params) -> None:
    given = set(params)
    if is_over(subscription) and given - ALLOWED_WHEN_OVER:
        raise invalid("A canceled subscription can only update its cancellation_details and metadata.")
    if subscription["status"] == "incomplete" and given - ALLOWED_WHEN_INCOMPLETE:
        raise invalid("An incomplete subscription can only update its metadata and default payment method.")
    if params.get("payment_behavior") == "pending_if_incomplete" and given - ALLOWED_WHEN_PENDING:
        names = ", ".join(sorted(given - ALLOWED_WHEN_PENDING))
        raise invalid(f"These parameters cannot be combined with `pending_if_incomplete`: {names}.")


def change_items(world: World, subscription: Document, params: Params, *, automatic: bool = False) -> None:
    """Puts the change in force and bills it; an `automatic` one is made by the clock, with or without a card."""
    drop_pending_update(world, subscription)
    change = plan(world, subscription, params)
    if change.at_once:
        _invoice_change(world, subscription, params, change, automatic=automatic)
        return
    subscription["_pending_lines"] += change.lines
    subscription["items"]["data"] = change.items
    world.put("subscription", subscription | change.fields, UPDATED)


def _invoice_change(world: World, subscription: Document, params: Params, change: Change, *, automatic: bool) -> None:
    behavior = params.get("payment_behavior", "allow_incomplete")
    lines = subscription["_pending_lines"] + change.lines
    wait = behavior == "default_incomplete"
    if not (wait or automatic) and sum(line["amount"] for line in lines) > 0:
        require_method(world, subscription)
    invoice = draft(world, subscription, lines, reason="subscription_update")
    details = invoice["parent"]["subscription_details"]
    details["subscription_proration_date"] = params.get("proration_date", world.now())
    subscription["_pending_lines"] = []
    if behavior == "pending_if_incomplete":
        issue(world, _held_back(world, subscription, invoice, change), invoice)
    else:
        subscription["items"]["data"] = change.items
        issue(world, subscription | change.fields, invoice, UPDATED)
    off_session = automatic or bool(params.get("off_session"))
    paid = finalize_and_collect(world, invoice, off_session=off_session, wait=wait)
    if behavior == "error_if_incomplete":
        require_paid(world, paid)
    elif behavior == "pending_if_incomplete" and paid["status"] != "paid":
        _hold(world, subscription["id"])
    elif wait and paid["status"] != "paid":
        world.change("subscription", subscription["id"], {"status": "past_due"}, UPDATED)


def _held_back(world: World, subscription: Document, invoice: Document, change: Change) -> Document:
    """The subscription as it was, with what becomes of it once the invoice is paid."""
    before, used = world.get("subscription", subscription["id"]), used_up_by(world, invoice)
    later = {name: subscription[name] for name in HELD_BACK if subscription[name] != before[name]}
    if "discounts" in later:
        later["discounts"] = [each for each in later["discounts"] if each not in used]
    held = {"_pending_items": change.items, "_pending_fields": change.fields | later}
    return subscription | {name: before[name] for name in later} | held | {"_pending_invoice": invoice["id"]}


def _hold(world: World, subscription_id: str) -> None:
    """The old items stay in force until the invoice is paid, for 23 hours at most."""
    subscription = world.get("subscription", subscription_id)
    names = ("billing_cycle_anchor", "trial_end", "metadata", "discounts", "cancel_at_period_end")
    subscription["pending_update"] = {
        **{name: subscription["_pending_fields"].get(name) for name in names},
        "discount": None,
        "expires_at": world.now() + PENDING_SECONDS,
        "subscription_items": subscription["_pending_items"],
        "trial_from_plan": None,
    }
    world.put("subscription", subscription, UPDATED)


def settle_before_end(world: World, subscription: Document, params: Params) -> None:
    """What is owed or given back before an immediate end: `prorate` credits unused time, `invoice_now` bills it."""
    lines = lines_of_end(world, subscription, prorate=bool(params.get("prorate")))
    subscription["_pending_lines"] = lines
    if params.get("invoice_now") and lines:
        invoice = draft(world, subscription, lines, reason="subscription_update")
        issue(world, subscription | {"_pending_lines": []}, invoice)
        finalize_and_collect(world, invoice, off_session=True)
        return
    world.put("subscription", subscription)
