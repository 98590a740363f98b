"""Payment and setup intents over the API, and the customer's side of 3-D Secure."""

from dev.local_stripe.api import Call, Document, Params, Resource, World, card_error, invalid, set_fields
from dev.local_stripe.invoices.collection import book_failure, confirm_intent, payment_of_intent
from dev.local_stripe.resources import charges
from dev.local_stripe.resources.cards import failure, resolve
from dev.local_stripe.resources.setup_intents import set_up

UNAUTHENTICATED = (
    "We are unable to authenticate your payment method. Please choose a different payment method and try again."
)
OPTIONS = "payment_method_options.card.request_three_d_secure"
BOTH = f"customer payment_method allowed_payment_method_types description metadata {OPTIONS}"
FIELDS = "allowed_payment_method_types description metadata usage"
OF_PAYMENT = "receipt_email setup_future_usage shipping statement_descriptor_suffix"
CONFIRMING = f"payment_method return_url {OPTIONS}"
AUTOMATIC = "confirm automatic_payment_methods.enabled automatic_payment_methods.allow_redirects"

PAYMENT = Resource("payment_intent", "/v1/payment_intents").reads().lists("customer")
SETUP = Resource("setup_intent", "/v1/setup_intents").reads().lists("customer payment_method")


def kind_of(intent_id: str) -> str:
    return "setup_intent" if intent_id.startswith("seti_") else "payment_intent"


@PAYMENT.creates(f"amount currency off_session return_url error_on_requires_action {AUTOMATIC} {BOTH} {OF_PAYMENT}")
def create_payment(world: World, call: Call) -> Document:
    return _create(world, charges.new_intent(world, "payment_intent"), call.params)


@SETUP.creates(f"return_url usage {AUTOMATIC} {BOTH}")
def create_setup(world: World, call: Call) -> Document:
    return _create(world, charges.new_intent(world, "setup_intent"), call.params)


def _create(world: World, intent: Document, params: Params) -> Document:
    if "automatic_payment_methods" in params:
        intent["automatic_payment_methods"] = {"allow_redirects": "always", **params["automatic_payment_methods"]}
    _apply(world, intent, params)
    world.put(intent["object"], intent, f"{intent['object']}.created")
    return _confirm(world, intent, params) if params.get("confirm") else intent


def _apply(world: World, intent: Document, params: Params) -> None:
    if intent["object"] == "payment_intent":
        intent |= {name: params[name] for name in ("amount", "currency") if name in params}
        intent["currency"] = intent["currency"].lower()
        charges.checked_amount(intent["amount"], intent["currency"])
    set_fields(intent, params, f"{FIELDS} {OF_PAYMENT}")
    charges.set_options(intent, params)
    if "customer" in params:
        intent["customer"] = world.refer("customer", params["customer"], "customer")["id"]
    if "payment_method" in params:
        intent["payment_method"] = _usable(world, intent, params["payment_method"])["id"]
        intent["status"] = "requires_confirmation"


def _usable(world: World, intent: Document, identifier: str) -> Document:
    method = resolve(world, identifier, "payment_method")
    if method["customer"] not in (None, intent["customer"]):
        message = f"The provided PaymentMethod ({identifier}) belongs to another customer than the intent."
        raise invalid(message, param="payment_method")
    return method


@PAYMENT.updates(f"amount currency {BOTH} {OF_PAYMENT}")
@SETUP.updates(BOTH)
def update(world: World, call: Call) -> Document:
    intent = charges.waiting(world.get(kind_of(call.id), call.id), "update")
    _apply(world, intent, call.params)
    return world.put(intent["object"], intent)


@PAYMENT.does("confirm", f"receipt_email setup_future_usage off_session error_on_requires_action {CONFIRMING}")
@SETUP.does("confirm", CONFIRMING)
def confirm(world: World, call: Call) -> Document:
    return _confirm(world, world.get(kind_of(call.id), call.id), call.params)


def _confirm(world: World, intent: Document, params: Params) -> Document:
    charges.waiting(intent, "confirm")
    method = _usable(world, intent, charges.named_method(intent, params))
    charges.set_options(intent, params)
    set_fields(intent, params, "receipt_email setup_future_usage")
    off_session, return_url = bool(params.get("off_session")), params.get("return_url")
    if intent["object"] == "setup_intent":
        settled = set_up(world, intent, method, return_url=return_url)
    else:
        settled = confirm_intent(world, intent, method, off_session=off_session, return_url=return_url)
    if settled["status"] == "requires_action" and (off_session or params.get("error_on_requires_action")):
        settled = charges.refuse(world, settled, method, {"type": "card_error", **failure("authentication_required")})
    if settled["status"] == "requires_payment_method":
        raise declined(world, settled)
    return settled


def declined(world: World, intent: Document) -> Exception:
    """402 with the intent inside, its effects kept."""
    kind = intent["object"]
    error = intent[f"last_{kind.removesuffix('_intent')}_error"]
    shown = {kind: world.render(kind, intent), "payment_method": error["payment_method"]}
    return card_error(error, keep=True, charge=error.get("charge"), **shown)


@PAYMENT.does("cancel", "cancellation_reason")
@SETUP.does("cancel", "cancellation_reason")
def cancel(world: World, call: Call) -> Document:
    if payment_of_intent(world, call.id) is not None:
        raise invalid("You cannot cancel the PaymentIntent of an invoice; void the invoice instead.")
    intent = world.get(kind_of(call.id), call.id)
    return charges.cancel(world, intent, call.params.get("cancellation_reason"))


def authenticate(world: World, intent_id: str, *, succeed: bool = True) -> Document:
    """Plays the customer who completes or fails the authentication an intent waits for; returns the intent."""
    kind = kind_of(intent_id)
    with world.transaction():
        intent = world.get(kind, intent_id)
        if intent["status"] != "requires_action":
            raise invalid(f"This {charges.NAMES[kind]} has a status of {intent['status']}; nothing to authenticate.")
        method = world.get("payment_method", intent["payment_method"])
        if succeed:
            act = set_up if kind == "setup_intent" else confirm_intent
            return world.render(kind, act(world, intent, method, authenticated=True))
        error = {"type": "invalid_request_error", "code": f"{kind}_authentication_failure", "message": UNAUTHENTICATED}
        intent = charges.refuse(world, intent, method, error)
        payment = payment_of_intent(world, intent_id)
        if payment is not None:
            book_failure(world, world.get("invoice", payment["invoice"]), automatic=False, action=False)
        return world.render(kind, intent)
