"""Subscriptions over the API: creating, reading, ending. Changing them stands in `changes`."""

from typing import Any

from dev.local_stripe.api.changes import nulls, set_fields, set_metadata
from dev.local_stripe.api.errors import invalid, no_such
from dev.local_stripe.api.listing import LIST_PARAMS, matches, page, within
from dev.local_stripe.api.routes import Call, Resource, Route
from dev.local_stripe.invoices.collection import finalize_and_collect, require_method, require_paid
from dev.local_stripe.invoices.invoicing import draft
from dev.local_stripe.invoices.lines import amount_of, period_line, trial_line
from dev.local_stripe.subscriptions import changes, pausing
from dev.local_stripe.subscriptions.cancellation import cancel_now
from dev.local_stripe.subscriptions.items import new_item, render_items
from dev.local_stripe.subscriptions.periods import period_end
from dev.local_stripe.subscriptions.states import OVER, is_over
from dev.local_stripe.world.storage import Document
from dev.local_stripe.world.world import DAY, World

NULLS = nulls(
    "application application_fee_percent billing_cycle_anchor_config billing_thresholds cancel_at canceled_at "
    "customer_account days_until_due default_payment_method default_source description ended_at "
    "latest_invoice next_pending_invoice_item_invoice on_behalf_of pause_collection "
    "pending_invoice_item_interval pending_setup_intent pending_update schedule status_details test_clock "
    "transfer_data trial_end trial_start _pending_invoice _pending_items _pending_fields _resuming_invoice "
    "_reminded_of _announced"
)
PAYMENT_SETTINGS = "payment_settings.save_default_payment_method payment_settings.payment_method_types"
SHARED = (
    "default_payment_method description metadata off_session payment_behavior proration_behavior cancel_at "
    "cancel_at_period_end trial_end trial_settings items.price items.quantity items.metadata "
    f"{PAYMENT_SETTINGS}"
)


def new_subscription(world: World, customer: Document) -> Document:
    return {
        **NULLS,
        "id": world.new_id("sub"),
        "object": "subscription",
        "automatic_tax": {"disabled_reason": None, "enabled": False, "liability": None},
        "billing_cycle_anchor": world.now(),
        "billing_mode": {
            "flexible": {"proration_discounts": "included"},
            "type": "flexible",
            "updated_at": world.now(),
        },
        "billing_schedules": [],
        "cancel_at_period_end": False,
        "cancellation_details": {"comment": None, "feedback": None, "feedback_option": None, "reason": None},
        "collection_method": "charge_automatically",
        "created": world.now(),
        "currency": "",
        "customer": customer["id"],
        "default_tax_rates": [],
        "discounts": [],
        "invoice_settings": {
            "account_tax_ids": None,
            "custom_fields": None,
            "description": None,
            "footer": None,
            "issuer": {"type": "self"},
        },
        "items": {"object": "list", "data": [], "has_more": False, "url": ""},
        "livemode": False,
        "metadata": {},
        "payment_settings": {
            "payment_method_options": None,
            "payment_method_types": None,
            "save_default_payment_method": "off",
        },
        "start_date": world.now(),
        "status": "incomplete",
        "trial_settings": {"end_behavior": {"missing_payment_method": "create_invoice"}},
        "_pending_lines": [],
    }


def create(world: World, call: Call) -> Document:
    params = call.params
    if "customer" not in params:
        raise invalid("Missing required param: customer.", param="customer", code="parameter_missing")
    subscription = new_subscription(world, world.refer("customer", params["customer"], "customer"))
    set_fields(subscription, params, "description")
    set_metadata(subscription, params)
    changes.set_settings(world, subscription, params)
    _start_trial(world, subscription, params)
    _add_items(world, subscription, params)
    changes.set_cancellation(world, subscription, params)
    _bill_first_period(world, subscription, params)
    return world.render("subscription", world.get("subscription", subscription["id"]))


def _start_trial(world: World, subscription: Document, params: dict[str, Any]) -> None:
    end = params.get("trial_end")
    if params.get("trial_period_days"):
        end = world.now() + params["trial_period_days"] * DAY
    if end in (None, "now"):
        return
    if end <= world.now():
        raise invalid("Invalid timestamp: must be an integer Unix timestamp in the future.", param="trial_end")
    subscription |= {"trial_start": world.now(), "trial_end": end, "billing_cycle_anchor": end}
    subscription["status"] = "trialing"


def _add_items(world: World, subscription: Document, params: dict[str, Any]) -> None:
    if not params.get("items"):
        raise invalid("Missing required param: items.", param="items", code="parameter_missing")
    items = subscription["items"]
    items["url"] = f"/v1/subscription_items?subscription={subscription['id']}"
    for position, entry in enumerate(params["items"]):
        items["data"].append(new_item(world, subscription, entry, param=f"items[{position}]"))
    first = world.get("price", items["data"][0]["price"])
    subscription["currency"] = first["currency"]
    start, end = world.now(), subscription["trial_end"]
    if end is None:
        end = period_end(subscription["billing_cycle_anchor"], first["recurring"], start)
    for item in items["data"]:
        item |= {"current_period_start": start, "current_period_end": end}


def _bill_first_period(world: World, subscription: Document, params: dict[str, Any]) -> None:
    items = subscription["items"]["data"]
    behavior = params.get("payment_behavior", "allow_incomplete")
    if behavior == "pending_if_incomplete":
        raise invalid(
            "You cannot set `payment_behavior` to `pending_if_incomplete` when creating a subscription.",
            param="payment_behavior",
        )
    trial = subscription["trial_end"] is not None
    due = 0 if trial else sum(amount_of(world, item) for item in items)
    wait = behavior == "default_incomplete"
    if due and not wait:
        require_method(world, subscription)
    lines = [trial_line(world, item) if trial else period_line(world, item) for item in items]
    period = (world.now(), world.now())
    invoice = draft(world, subscription, lines, reason="subscription_create", period=period)
    subscription["latest_invoice"] = invoice["id"]
    world.put("subscription", subscription, "customer.subscription.created")
    world.put("invoice", invoice, "invoice.created")
    off_session = bool(params.get("off_session"))
    invoice = finalize_and_collect(world, invoice, off_session=off_session, wait=wait)
    if behavior == "error_if_incomplete":
        require_paid(world, invoice)


def retrieve(world: World, call: Call) -> Document:
    return world.render("subscription", world.get("subscription", call.id))


def render(world: World, subscription: Document) -> Document:
    return render_items(world, subscription)


def cancel(world: World, call: Call) -> Document:
    subscription = world.get("subscription", call.id)
    if is_over(subscription):
        raise no_such("subscription", call.id, status=404)
    set_fields(
        subscription["cancellation_details"],
        call.params.get("cancellation_details", {}),
        "comment feedback",
    )
    subscription |= {"cancel_at": None, "cancel_at_period_end": False, "canceled_at": world.now()}
    world.put("subscription", subscription)
    changes.settle_before_end(world, subscription, call.params)
    canceled = cancel_now(world, call.id, reason="cancellation_requested")
    return world.render("subscription", canceled)


def list_subscriptions(world: World, call: Call) -> Document:
    params = call.params
    status = params.get("status")

    def keep(subscription: Document) -> bool:
        items = subscription["items"]["data"]
        if status is None and subscription["status"] in OVER:
            return False
        if status == "ended" and not is_over(subscription):
            return False
        if status not in (None, "all", "ended") and subscription["status"] != status:
            return False
        if "price" in params and all(item["price"] != params["price"] for item in items):
            return False
        bounds = ("current_period_start", "current_period_end")
        in_bounds = all(any(within(item[name], params[name]) for item in items) for name in bounds if name in params)
        return in_bounds and matches(subscription, params, "customer collection_method")

    return page(world, call, "subscription", "/v1/subscriptions", keep)


RESOURCE = Resource(
    kind="subscription",
    render=render,
    routes=(
        Route(
            "POST",
            "/v1/subscriptions",
            create,
            "SubscriptionCreateParams",
            f"customer trial_period_days {SHARED}",
        ),
        Route(
            "GET",
            "/v1/subscriptions",
            list_subscriptions,
            "SubscriptionListParams",
            f"customer status price collection_method current_period_start current_period_end created {LIST_PARAMS}",
        ),
        Route("GET", "/v1/subscriptions/{id}", retrieve, "SubscriptionRetrieveParams"),
        Route(
            "POST",
            "/v1/subscriptions/{id}",
            changes.update,
            "SubscriptionUpdateParams",
            f"items.id items.deleted pause_collection proration_date billing_cycle_anchor cancellation_details.comment "
            f"cancellation_details.feedback {SHARED}",
        ),
        Route("POST", "/v1/subscriptions/{id}/pause", pausing.pause, "SubscriptionPauseParams", "type"),
        Route(
            "POST",
            "/v1/subscriptions/{id}/resume",
            pausing.resume,
            "SubscriptionResumeParams",
            "billing_cycle_anchor payment_behavior",
        ),
        Route(
            "DELETE",
            "/v1/subscriptions/{id}",
            cancel,
            "SubscriptionCancelParams",
            "prorate invoice_now cancellation_details.comment cancellation_details.feedback",
        ),
    ),
)
