"""Subscriptions over the API: creating, ending, and previews of invoices. Changing them stands in `changes`."""

from dev.local_stripe.api import DAY, Call, Document, Params, Resource, StripeError, World, invalid, missing, no_such
from dev.local_stripe.api.resource import set_fields
from dev.local_stripe.invoices import invoices
from dev.local_stripe.invoices.collection import finalize_and_collect, require_method, require_paid
from dev.local_stripe.invoices.invoicing import default_method, draft, issue
from dev.local_stripe.invoices.lines import amount_of, net_amounts, period_line, trial_line
from dev.local_stripe.resources.discounts import offered
from dev.local_stripe.resources.setup_intents import pending_for
from dev.local_stripe.subscriptions import changes, pausing
from dev.local_stripe.subscriptions.billing import foreseen, lines_of_end, new_item, plan, render_items, upcoming
from dev.local_stripe.subscriptions.standing import RENEWING, cancel_now, is_over
from dev.local_stripe.world.periods import period_end

PAYMENT_SETTINGS = "payment_settings.save_default_payment_method payment_settings.payment_method_types"
SHARED = (
    "default_payment_method description metadata off_session payment_behavior proration_behavior cancel_at "
    "cancel_at_period_end trial_settings items.price items.quantity items.metadata "
    f"discounts.coupon discounts.promotion_code discounts.discount {PAYMENT_SETTINGS}"
)


ENDING = "cancellation_details.comment cancellation_details.feedback"
# What the server itself keeps beside the visible fields; see `changes`, `billing` and `pausing`.
PRIVATE = {"_pending_invoice": None, "_pending_items": None, "_pending_fields": None, "_resuming_invoice": None}
PRIVATE |= {"_reminded_of": None, "_announced": None}


def _keep(world: World, subscription: Document, params: Params) -> bool:
    sold = [item["price"] for item in subscription["items"]["data"]]
    return _has_status(subscription, params.get("status")) and params.get("price", sold[0]) in sold


def _has_status(subscription: Document, wanted: str | None) -> bool:
    if wanted is None:
        return bool(subscription["status"] != "canceled")
    return wanted in ("all", subscription["status"]) or (wanted == "ended" and is_over(subscription))


RESOURCE = Resource("subscription", "/v1/subscriptions", render=render_items).reads()
RESOURCE.lists("customer collection_method", "status price", _keep)
RESOURCE.updates(f"items.id items.deleted pause_collection.behavior proration_date {ENDING} {SHARED}")(changes.update)
RESOURCE.does("pause", "type bill_for invoicing_behavior")(pausing.pause)
RESOURCE.does("resume", "billing_cycle_anchor payment_behavior")(pausing.resume)


def new_subscription(world: World, customer: Document) -> Document:
    subscription = world.new("subscription", "sub", **PRIVATE, _pending_lines=[], _paid_for={})
    flexible = {"flexible": {"proration_discounts": "included"}, "type": "flexible", "updated_at": world.now()}
    subscription["billing_mode"] |= flexible
    no_details = dict.fromkeys(("comment", "feedback", "feedback_option", "reason"))
    no_settings = dict.fromkeys(("payment_method_options", "payment_method_types"))
    subscription["invoice_settings"]["issuer"] = {"type": "self"}
    return subscription | {
        "billing_cycle_anchor": world.now(),
        "cancellation_details": no_details,
        "collection_method": "charge_automatically",
        "customer": customer["id"],
        "default_tax_rates": [],
        "payment_settings": {**no_settings, "save_default_payment_method": "off"},
        "start_date": world.now(),
        "status": "incomplete",
        "trial_settings": {"end_behavior": {"missing_payment_method": "create_invoice"}},
    }


@RESOURCE.creates(f"customer trial_period_days {SHARED}")
def create(world: World, call: Call) -> Document:
    params = call.params
    subscription = assembled(world, params)
    set_fields(subscription, params, "description metadata")
    changes.set_settings(world, subscription, params)
    changes.set_discounts(world, subscription, params)
    changes.set_cancellation(world, subscription, params)
    _bill_first_period(world, subscription, params)
    return world.get("subscription", subscription["id"])


def assembled(world: World, params: Params) -> Document:
    """A subscription with its customer, trial and items, not stored yet."""
    if "customer" not in params:
        raise missing("customer")
    subscription = new_subscription(world, world.refer("customer", params["customer"], "customer"))
    _start_trial(world, subscription, params)
    _add_items(world, subscription, params)
    return subscription


def first_lines(world: World, subscription: Document) -> list[Document]:
    line = period_line if subscription["trial_end"] is None else trial_line
    return [line(world, item) for item in subscription["items"]["data"]]


def _start_trial(world: World, subscription: Document, params: Params) -> None:
    days = params.get("trial_period_days")
    if days:
        end = world.now() + days * DAY
        subscription |= {"trial_start": world.now(), "trial_end": end, "billing_cycle_anchor": end}
        subscription["status"] = "trialing"


def _add_items(world: World, subscription: Document, params: Params) -> None:
    if not params.get("items"):
        raise missing("items")
    items = subscription["items"]
    items["url"] = f"/v1/subscription_items?subscription={subscription['id']}"
    for position, entry in enumerate(params["items"]):
        items["data"].append(new_item(world, subscription, entry, param=f"items[{position}]"))
    first = world.get("price", items["data"][0]["price"])
    subscription["currency"] = first["currency"]
    used = world.get("customer", subscription["customer"])["currency"]
    if used not in (None, first["currency"]):
        raise invalid(f"You cannot combine currencies on a single customer. This customer pays in {used}.")
    start, end = world.now(), subscription["trial_end"]
    if end is None:
        end = period_end(subscription["billing_cycle_anchor"], first["recurring"], start)
    for item in items["data"]:
        item |= {"current_period_start": start, "current_period_end": end}


def _bill_first_period(world: World, subscription: Document, params: Params) -> None:
    behavior = params.get("payment_behavior", "allow_incomplete")
    if behavior == "pending_if_incomplete":
        raise invalid("A new subscription cannot be `pending_if_incomplete`.", param="payment_behavior")
    wait = behavior == "default_incomplete"
    invoice = draft(world, subscription, first_lines(world, subscription), reason="subscription_create")
    if invoice["total"] and not wait:
        require_method(world, subscription)
    if not invoice["total"]:
        method = default_method(world, subscription)
        subscription["pending_setup_intent"] = pending_for(world, subscription["customer"], method)
    if subscription["trial_end"] is None:
        subscription["_paid_for"] = net_amounts(world, subscription, subscription["items"]["data"])
    issue(world, subscription, invoice, "customer.subscription.created")
    off_session = bool(params.get("off_session"))
    invoice = finalize_and_collect(world, invoice, off_session=off_session, wait=wait)
    if behavior == "error_if_incomplete":
        require_paid(world, invoice)


@RESOURCE.on("DELETE", "/{id}", "Cancel", f"prorate invoice_now {ENDING}")
def cancel(world: World, call: Call) -> Document:
    subscription = world.get("subscription", call.id)
    if is_over(subscription):
        raise no_such("subscription", call.id, status=404)
    set_fields(subscription["cancellation_details"], call.params.get("cancellation_details", {}), "comment feedback")
    subscription |= {"cancel_at": None, "cancel_at_period_end": False, "canceled_at": world.now()}
    world.put("subscription", subscription)
    changes.settle_before_end(world, subscription, call.params)
    return cancel_now(world, call.id, reason="cancellation_requested")


# Registered with the invoices, where the address belongs; only here is known what a subscription will bill.
INVOICE = invoices.INVOICE
PREVIEW_PARAMS = "items.id items.price items.quantity proration_behavior proration_date cancel_now"
PREVIEW_PARAMS = " ".join(f"subscription_details.{name}" for name in PREVIEW_PARAMS.split())


@INVOICE.on("POST", "/create_preview", "CreatePreview", f"subscription discounts {PREVIEW_PARAMS}")
def create_preview(world: World, call: Call) -> Document:
    """The invoice that a change, an end or a renewal would make. Nothing is stored."""
    params, details = call.params, call.params.get("subscription_details", {})
    subscription = world.refer("subscription", params.get("subscription", ""), "subscription")
    if subscription["status"] not in RENEWING:
        raise _nothing(subscription)
    _show_discounts(world, subscription, params)
    if details.get("cancel_now"):
        prorate = details.get("proration_behavior") != "none"
        return _at_once(world, subscription, lines_of_end(world, subscription, prorate=prorate), details)
    change = plan(world, subscription, details)
    waiting = subscription["_pending_lines"] + change.lines
    if change.at_once or (subscription["cancel_at"] is not None and waiting):
        return _at_once(world, subscription, waiting, details)
    if subscription["cancel_at"] is not None:
        raise _nothing(subscription)
    subscription |= {"_pending_lines": waiting, **change.fields}
    subscription["items"]["data"] = change.items
    return upcoming(world, subscription)


def _show_discounts(world: World, subscription: Document, params: Params) -> None:
    if "discounts" in params:
        gross = sum(amount_of(world, item) for item in subscription["items"]["data"])
        subscription["discounts"] = offered(world, subscription, params["discounts"] or [], gross)


def _at_once(world: World, subscription: Document, lines: list[Document], details: Params) -> Document:
    invoice = foreseen(world, subscription, lines, reason="subscription_update")
    parent = invoice["parent"]["subscription_details"]
    parent["subscription_proration_date"] = details.get("proration_date", world.now())
    return invoice


def _nothing(subscription: Document) -> StripeError:
    message = f"No upcoming invoices for customer: {subscription['customer']}"
    return StripeError(404, message, code="invoice_upcoming_none")
