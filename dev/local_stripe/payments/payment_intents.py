"""Payment intents over the API."""

from typing import Any

from dev.local_stripe.api.changes import set_fields
from dev.local_stripe.api.errors import card_error, invalid
from dev.local_stripe.api.routes import Call, Resource
from dev.local_stripe.customers.cards import failure
from dev.local_stripe.customers.payment_methods import resolve
from dev.local_stripe.invoices.collection import confirm_intent
from dev.local_stripe.payments import charging
from dev.local_stripe.world.storage import Document
from dev.local_stripe.world.world import World

FIELDS = "description metadata receipt_email setup_future_usage shipping statement_descriptor_suffix"
CONFIRMING = "payment_method off_session return_url error_on_requires_action"
MINIMUM = 50

RESOURCE = Resource("payment_intent", "/v1/payment_intents")
RESOURCE.readable("PaymentIntentRetrieveParams")
RESOURCE.listable("PaymentIntentListParams", "customer")


def _amount(value: int) -> int:
    if value < MINIMUM:
        raise invalid("Amount must be at least 50 cents", param="amount", code="amount_too_small")
    if value > 99_999_999:
        raise invalid("Amount must be no more than $999,999.99", param="amount", code="amount_too_large")
    return value


@RESOURCE.on(
    "POST",
    "",
    "PaymentIntentCreateParams",
    f"amount currency customer automatic_payment_methods confirm {CONFIRMING} {FIELDS}",
)
def create(world: World, call: Call) -> Document:
    params = call.params
    intent = charging.new_intent(world, amount=_amount(params["amount"]), currency=params["currency"].lower())
    if "customer" in params:
        intent["customer"] = world.refer("customer", params["customer"], "customer")["id"]
    charging.offer_automatic_methods(intent, params)
    _apply(world, intent, params)
    world.put("payment_intent", intent, "payment_intent.created")
    return _confirm(world, intent, params) if params.get("confirm") else intent


def _apply(world: World, intent: Document, params: dict[str, Any]) -> None:
    set_fields(intent, params, FIELDS)
    if "payment_method" in params:
        intent["payment_method"] = resolve(world, params["payment_method"], "payment_method")["id"]
        intent["status"] = "requires_confirmation"


@RESOURCE.on("POST", "/{id}", "PaymentIntentUpdateParams", f"amount payment_method {FIELDS}")
def update(world: World, call: Call) -> Document:
    intent = charging.waiting(world.get("payment_intent", call.id), "update")
    if "amount" in call.params:
        intent["amount"] = _amount(call.params["amount"])
    _apply(world, intent, call.params)
    return world.put("payment_intent", intent)


@RESOURCE.on("POST", "/{id}/confirm", "PaymentIntentConfirmParams", f"receipt_email setup_future_usage {CONFIRMING}")
def confirm(world: World, call: Call) -> Document:
    return _confirm(world, world.get("payment_intent", call.id), call.params)


def _confirm(world: World, intent: Document, params: dict[str, Any]) -> Document:
    charging.waiting(intent, "confirm")
    method = resolve(world, charging.named_method(intent, params), "payment_method")
    set_fields(intent, params, "receipt_email setup_future_usage")
    off_session = bool(params.get("off_session"))
    settled = confirm_intent(world, intent, method, off_session=off_session, return_url=params.get("return_url"))
    if settled["status"] == "requires_action" and (off_session or params.get("error_on_requires_action")):
        settled = charging.refuse(world, settled, method, failure("authentication_required"))
    if settled["status"] == "requires_payment_method":
        raise declined(world, settled)
    return settled


def declined(world: World, intent: Document) -> Exception:
    """402 with the intent inside, its effects kept."""
    error = intent["last_payment_error"]
    return card_error(
        error,
        keep=True,
        charge=error["charge"],
        payment_intent=world.render("payment_intent", intent),
        payment_method=error["payment_method"],
    )


@RESOURCE.on("POST", "/{id}/cancel", "PaymentIntentCancelParams", "cancellation_reason")
def cancel(world: World, call: Call) -> Document:
    intent = world.get("payment_intent", call.id)
    if any(payment["payment"]["payment_intent"] == call.id for payment in world.all("invoice_payment")):
        raise invalid("You cannot cancel the PaymentIntent of an invoice; void the invoice instead.")
    return charging.cancel(world, intent, call.params.get("cancellation_reason"))
