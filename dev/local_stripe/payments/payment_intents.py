"""Payment intents over the API."""

from dev.local_stripe.api.changes import set_fields
from dev.local_stripe.api.contract import Params
from dev.local_stripe.api.errors import card_error, invalid
from dev.local_stripe.api.routes import Call, Resource
from dev.local_stripe.customers.cards import failure
from dev.local_stripe.customers.payment_methods import resolve
from dev.local_stripe.invoices.collection import confirm_intent
from dev.local_stripe.payments import charging
from dev.local_stripe.world.storage import Document
from dev.local_stripe.world.world import World

FIELDS = (
    "allowed_payment_method_types description metadata receipt_email setup_future_usage shipping "
    "statement_descriptor_suffix"
)
OPTIONS = "payment_method_options.card.request_three_d_secure"
CONFIRMING = f"payment_method off_session return_url error_on_requires_action {OPTIONS}"

RESOURCE = Resource("payment_intent", "/v1/payment_intents")
RESOURCE.readable("PaymentIntentRetrieveParams")
RESOURCE.listable("PaymentIntentListParams", "customer")


@RESOURCE.on(
    "POST",
    "",
    "PaymentIntentCreateParams",
    f"amount currency customer automatic_payment_methods confirm {CONFIRMING} {FIELDS}",
)
def create(world: World, call: Call) -> Document:
    intent = charging.new_intent(world, amount=0, currency="")
    charging.offer_automatic_methods(intent, call.params)
    _apply(world, intent, call.params)
    world.put("payment_intent", intent, "payment_intent.created")
    return _confirm(world, intent, call.params) if call.params.get("confirm") else intent


def _apply(world: World, intent: Document, params: Params) -> None:
    intent |= {name: params[name] for name in ("amount", "currency") if name in params}
    intent["currency"] = intent["currency"].lower()
    charging.checked_amount(intent["amount"], intent["currency"])
    set_fields(intent, params, FIELDS)
    charging.set_options(intent, params)
    if "customer" in params:
        intent["customer"] = world.refer("customer", params["customer"], "customer")["id"]
    if "payment_method" in params:
        intent["payment_method"] = _usable(world, intent, params["payment_method"])["id"]
        intent["status"] = "requires_confirmation"


def _usable(world: World, intent: Document, identifier: str) -> Document:
    method = resolve(world, identifier, "payment_method")
    if method["customer"] not in (None, intent["customer"]):
        message = f"The provided PaymentMethod ({identifier}) belongs to another customer than the PaymentIntent."
        raise invalid(message, param="payment_method")
    return method


@RESOURCE.on(
    "POST", "/{id}", "PaymentIntentUpdateParams", f"amount currency customer payment_method {OPTIONS} {FIELDS}"
)
def update(world: World, call: Call) -> Document:
    intent = charging.waiting(world.get("payment_intent", call.id), "update")
    _apply(world, intent, call.params)
    return world.put("payment_intent", intent)


@RESOURCE.on("POST", "/{id}/confirm", "PaymentIntentConfirmParams", f"receipt_email setup_future_usage {CONFIRMING}")
def confirm(world: World, call: Call) -> Document:
    return _confirm(world, world.get("payment_intent", call.id), call.params)


def _confirm(world: World, intent: Document, params: Params) -> Document:
    charging.waiting(intent, "confirm")
    method = _usable(world, intent, charging.named_method(intent, params))
    charging.set_options(intent, params)
    set_fields(intent, params, "receipt_email setup_future_usage")
    off_session = bool(params.get("off_session"))
    settled = confirm_intent(world, intent, method, off_session=off_session, return_url=params.get("return_url"))
    if settled["status"] == "requires_action" and (off_session or params.get("error_on_requires_action")):
        settled = charging.refuse(world, settled, method, {"type": "card_error", **failure("authentication_required")})
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
