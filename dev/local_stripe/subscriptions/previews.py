"""Previews: the invoice that a change, an end, a renewal or a new subscription would make. Nothing is stored."""

from dev.local_stripe.api.contract import Params
from dev.local_stripe.api.errors import StripeError, invalid
from dev.local_stripe.api.routes import Call
from dev.local_stripe.catalogue.discounts import offered
from dev.local_stripe.invoices import invoices
from dev.local_stripe.invoices.lines import amount_of
from dev.local_stripe.subscriptions.proration import lines_of_end, plan
from dev.local_stripe.subscriptions.renewal import foreseen, upcoming
from dev.local_stripe.subscriptions.subscriptions import assembled, first_lines
from dev.local_stripe.subscriptions.trials import move_trial
from dev.local_stripe.world.storage import Document
from dev.local_stripe.world.subscription_states import RENEWING
from dev.local_stripe.world.world import World

# Registered with the invoices, where the address belongs; only here is known what a subscription will bill.
RESOURCE = invoices.RESOURCE
DETAILS = (
    "items.id items.price items.quantity items.deleted items.metadata proration_behavior proration_date "
    "billing_cycle_anchor cancel_now cancel_at cancel_at_period_end trial_end"
)
SUPPORTED = " ".join(f"subscription_details.{name}" for name in DETAILS.split())


@RESOURCE.on("POST", "/create_preview", "InvoiceCreatePreviewParams", f"customer subscription discounts {SUPPORTED}")
def create_preview(world: World, call: Call) -> Document:
    params, details = call.params, call.params.get("subscription_details", {})
    if "subscription" not in params:
        return _of_new(world, params, details)
    subscription = world.refer("subscription", params["subscription"], "subscription")
    if params.get("customer", subscription["customer"]) != subscription["customer"]:
        raise invalid("The subscription does not belong to the customer.", param="subscription")
    if subscription["status"] not in RENEWING:
        raise _nothing(subscription)
    _show_discounts(world, subscription, params)
    if details.get("cancel_now"):
        prorate = details.get("proration_behavior") != "none"
        return _at_once(world, subscription, lines_of_end(world, subscription, prorate=prorate), details)
    if details.get("trial_end", "now") != "now" and subscription["status"] == "trialing":
        move_trial(subscription, details["trial_end"])
    return _of_change(world, subscription, details)


def _show_discounts(world: World, subscription: Document, params: Params) -> None:
    if "discounts" in params:
        gross = sum(amount_of(world, item) for item in subscription["items"]["data"])
        subscription["discounts"] = offered(world, subscription, params["discounts"] or [], gross)


def _of_new(world: World, params: Params, details: Params) -> Document:
    if not details.get("items"):
        raise invalid("You must provide a subscription or items to preview.", code="invoice_upcoming_none")
    subscription = assembled(world, {**details, "customer": params.get("customer", "")})
    _show_discounts(world, subscription, params)
    period = (world.now(), world.now())
    lines = first_lines(world, subscription)
    return foreseen(world, subscription, lines, reason="subscription_create", period=period)


def _of_change(world: World, subscription: Document, details: Params) -> Document:
    change = plan(world, subscription, details)
    waiting = subscription["_pending_lines"] + change.lines
    if change.at_once:
        return _at_once(world, subscription, waiting, details)
    subscription |= {"_pending_lines": waiting, **change.fields}
    subscription["items"]["data"] = change.items
    ending = subscription["cancel_at"] is not None and details.get("cancel_at_period_end") is not False
    if ending or details.get("cancel_at_period_end") or details.get("cancel_at"):
        if not waiting:
            raise _nothing(subscription)
        return _at_once(world, subscription, waiting, details)
    return upcoming(world, subscription)


def _at_once(world: World, subscription: Document, lines: list[Document], details: Params) -> Document:
    period = (world.now(), world.now())
    invoice = foreseen(world, subscription, lines, reason="subscription_update", period=period)
    parent = invoice["parent"]["subscription_details"]
    parent["subscription_proration_date"] = details.get("proration_date", world.now())
    return invoice


def _nothing(subscription: Document) -> StripeError:
    message = f"No upcoming invoices for customer: {subscription['customer']}"
    return StripeError(404, message, code="invoice_upcoming_none")
