"""Setup intents: a card is made ready for later payments, and nothing is charged."""

from typing import Any

from dev.local_stripe.api import Call, Document, Params, Resource, World, card_error, invalid, set_fields
from dev.local_stripe.resources import charges
from dev.local_stripe.resources.cards import attach_to, behaviour, failure, resolve

FIELDS = "allowed_payment_method_types description metadata"
OPTIONS = "payment_method_options.card.request_three_d_secure"

RESOURCE = Resource("setup_intent", "/v1/setup_intents").reads().lists("customer payment_method")


def new_setup_intent(world: World, **fields: Any) -> Document:
    intent = world.new("setup_intent", "seti", status="requires_payment_method", usage="off_session")
    intent["client_secret"] = f"{intent['id']}_secret_{world.new_id('s')[2:]}"
    return intent | {"payment_method_types": ["card"], **fields}


@RESOURCE.creates(
    "automatic_payment_methods.enabled automatic_payment_methods.allow_redirects confirm customer payment_method "
    f"return_url usage {OPTIONS} {FIELDS}"
)
def create(world: World, call: Call) -> Document:
    intent = new_setup_intent(world)
    charges.offer_automatic_methods(intent, call.params)
    set_fields(intent, call.params, "usage")
    _apply(world, intent, call.params)
    world.put("setup_intent", intent, "setup_intent.created")
    return _confirm(world, intent, call.params) if call.params.get("confirm") else intent


def _apply(world: World, intent: Document, params: Params) -> None:
    set_fields(intent, params, FIELDS)
    charges.set_options(intent, params)
    if "customer" in params:
        intent["customer"] = world.refer("customer", params["customer"], "customer")["id"]
    if "payment_method" in params:
        intent["payment_method"] = resolve(world, params["payment_method"], "payment_method")["id"]
        intent["status"] = "requires_confirmation"


@RESOURCE.updates(f"customer payment_method {OPTIONS} {FIELDS}")
def update(world: World, call: Call) -> Document:
    intent = charges.waiting(world.get("setup_intent", call.id), "update")
    _apply(world, intent, call.params)
    return world.put("setup_intent", intent)


@RESOURCE.does("confirm", f"payment_method return_url {OPTIONS}")
def confirm(world: World, call: Call) -> Document:
    return _confirm(world, world.get("setup_intent", call.id), call.params)


def _confirm(world: World, intent: Document, params: Params) -> Document:
    charges.waiting(intent, "confirm")
    method = resolve(world, charges.named_method(intent, params), "payment_method")
    charges.set_options(intent, params)
    settled = set_up(world, intent, method, return_url=params.get("return_url"))
    if settled["status"] == "requires_payment_method":
        error = settled["last_setup_error"]
        shown = {"setup_intent": world.render("setup_intent", settled), "payment_method": error["payment_method"]}
        raise card_error(error, keep=True, **shown)
    return settled


def set_up(
    world: World, intent: Document, method: Document, *, authenticated: bool = False, return_url: str | None = None
) -> Document:
    """Makes the card ready and saves it for the intent's customer. Returns the stored intent: succeeded,
    requires_action, or requires_payment_method with the reason in `last_setup_error`."""
    if intent["customer"] is None and method["customer"] is not None:
        raise invalid("The payment method belongs to a customer; please name the customer, too.", param="customer")
    card = behaviour(method)
    intent |= {"payment_method": method["id"], "last_setup_error": None}
    if not authenticated and (card.authentication != "never" or charges.asks_always(intent)):
        action = charges.authentication_at(f"{world.base_url}/pay/{intent['id']}", return_url)
        intent |= {"status": "requires_action", "next_action": action}
        return world.put("setup_intent", intent, "setup_intent.requires_action")
    if card.decline and not card.attaches:
        return refuse(world, intent, method, {"type": "card_error", **failure(card.decline)})
    if intent["customer"] is not None:
        attach_to(world, method, intent["customer"])
    intent |= {"status": "succeeded", "next_action": None}
    world.put("setup_intent", intent, "setup_intent.succeeded")
    _release_subscriptions(world, intent)
    return intent


def refuse(world: World, intent: Document, method: Document, error: dict[str, str]) -> Document:
    error_shown = {**error, "payment_method": world.render("payment_method", method)}
    intent |= {"status": "requires_payment_method", "next_action": None, "payment_method": None}
    return world.put("setup_intent", intent | {"last_setup_error": error_shown}, "setup_intent.setup_failed")


def _release_subscriptions(world: World, intent: Document) -> None:
    for subscription in world.all("subscription"):
        if subscription["pending_setup_intent"] == intent["id"]:
            saves = subscription["payment_settings"]["save_default_payment_method"] == "on_subscription"
            default = intent["payment_method"] if saves else subscription["default_payment_method"]
            done = subscription | {"pending_setup_intent": None, "default_payment_method": default}
            world.put("subscription", done, "customer.subscription.updated")


def pending_for(world: World, customer: str, method: Document | None) -> str | None:
    """The intent that a subscription without a first payment waits for; None when its card is ready as it is."""
    if method is not None and behaviour(method).authentication != "always":
        return None
    intent = world.put("setup_intent", new_setup_intent(world, customer=customer), "setup_intent.created")
    if method is not None:
        set_up(world, intent, method)
    return str(intent["id"])


@RESOURCE.does("cancel", "cancellation_reason")
def cancel(world: World, call: Call) -> Document:
    intent = charges.waiting(world.get("setup_intent", call.id), "cancel")
    intent |= {"status": "canceled", "next_action": None}
    set_fields(intent, call.params, "cancellation_reason")
    return world.put("setup_intent", intent, "setup_intent.canceled")
