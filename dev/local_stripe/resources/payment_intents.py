"""Payment intents over the API, and the customer's side of 3-D Secure."""

from dev.local_stripe.api import Call, Document, Params, Resource, World, card_error, invalid, set_fields
from dev.local_stripe.invoices.collection import book_failure, confirm_intent, payment_of_intent
from dev.local_stripe.resources import charges, setup_intents
from dev.local_stripe.resources.cards import failure, resolve

MESSAGE = "We are unable to authenticate your payment method. Please choose a different payment method and try again."


def kind_of(intent_id: str) -> str:
    return "setup_intent" if intent_id.startswith("seti_") else "payment_intent"


def authenticate(world: World, intent_id: str, *, succeed: bool = True) -> Document:
    """Completes or fails the authentication a payment or setup intent waits for; returns the intent."""
    kind = kind_of(intent_id)
    with world.transaction():
        intent = world.get(kind, intent_id)
        if intent["status"] != "requires_action":
            name = charges.NAMES[kind]
            raise invalid(f"This {name} has a status of {intent['status']}; nothing to authenticate.")
        method = world.get("payment_method", intent["payment_method"])
        failure = {"type": "invalid_request_error", "code": f"{kind}_authentication_failure", "message": MESSAGE}
        if kind == "setup_intent":
            if succeed:
                intent = setup_intents.set_up(world, intent, method, authenticated=True)
            else:
                intent = setup_intents.refuse(world, intent, method, failure)
        elif succeed:
            intent = confirm_intent(world, intent, method, authenticated=True)
        else:
            intent = charges.refuse(world, intent, method, failure)
            payment = payment_of_intent(world, intent_id)
            if payment is not None:
                book_failure(world, world.get("invoice", payment["invoice"]), automatic=False, action=False)
        return world.render(kind, intent)


FIELDS = (
    "allowed_payment_method_types description metadata receipt_email setup_future_usage shipping "
    "statement_descriptor_suffix"
)
OPTIONS = "payment_method_options.card.request_three_d_secure"
CONFIRMING = f"payment_method off_session return_url error_on_requires_action {OPTIONS}"

RESOURCE = Resource("payment_intent", "/v1/payment_intents").reads().lists("customer")


@RESOURCE.creates(f"amount currency customer automatic_payment_methods confirm {CONFIRMING} {FIELDS}")
def create(world: World, call: Call) -> Document:
    intent = charges.new_intent(world, amount=0, currency="")
    charges.offer_automatic_methods(intent, call.params)
    _apply(world, intent, call.params)
    world.put("payment_intent", intent, "payment_intent.created")
    return _confirm(world, intent, call.params) if call.params.get("confirm") else intent


def _apply(world: World, intent: Document, params: Params) -> None:
    intent |= {name: params[name] for name in ("amount", "currency") if name in params}
    intent["currency"] = intent["currency"].lower()
    charges.checked_amount(intent["amount"], intent["currency"])
    set_fields(intent, params, FIELDS)
    charges.set_options(intent, params)
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


@RESOURCE.updates(f"amount currency customer payment_method {OPTIONS} {FIELDS}")
def update(world: World, call: Call) -> Document:
    intent = charges.waiting(world.get("payment_intent", call.id), "update")
    _apply(world, intent, call.params)
    return world.put("payment_intent", intent)


@RESOURCE.does("confirm", f"receipt_email setup_future_usage {CONFIRMING}")
def confirm(world: World, call: Call) -> Document:
    return _confirm(world, world.get("payment_intent", call.id), call.params)


def _confirm(world: World, intent: Document, params: Params) -> Document:
    charges.waiting(intent, "confirm")
    method = _usable(world, intent, charges.named_method(intent, params))
    charges.set_options(intent, params)
    set_fields(intent, params, "receipt_email setup_future_usage")
    off_session = bool(params.get("off_session"))
    settled = confirm_intent(world, intent, method, off_session=off_session, return_url=params.get("return_url"))
    if settled["status"] == "requires_action" and (off_session or params.get("error_on_requires_action")):
        settled = charges.refuse(world, settled, method, {"type": "card_error", **failure("authentication_required")})
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


@RESOURCE.does("cancel", "cancellation_reason")
def cancel(world: World, call: Call) -> Document:
    intent = world.get("payment_intent", call.id)
    if any(payment["payment"]["payment_intent"] == call.id for payment in world.all("invoice_payment")):
        raise invalid("You cannot cancel the PaymentIntent of an invoice; void the invoice instead.")
    return charges.cancel(world, intent, call.params.get("cancellation_reason"))
