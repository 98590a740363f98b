"""The customer's side of 3-D Secure, played by the control surface and the payment page."""

from dev.local_stripe.api.errors import invalid
from dev.local_stripe.invoices.collection import book_failure, confirm_intent, payment_of_intent
from dev.local_stripe.payments import charging, setup_intents
from dev.local_stripe.world.storage import Document
from dev.local_stripe.world.world import World

MESSAGE = "We are unable to authenticate your payment method. Please choose a different payment method and try again."


def kind_of(intent_id: str) -> str:
    return "setup_intent" if intent_id.startswith("seti_") else "payment_intent"


def authenticate(world: World, intent_id: str, *, succeed: bool) -> Document:
    """Completes or fails the authentication a payment or setup intent waits for; returns the intent."""
    kind = kind_of(intent_id)
    with world.transaction():
        intent = world.get(kind, intent_id)
        if intent["status"] != "requires_action":
            name = charging.NAMES[kind]
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
            intent = charging.refuse(world, intent, method, failure)
            payment = payment_of_intent(world, intent_id)
            if payment is not None:
                book_failure(world, world.get("invoice", payment["invoice"]), automatic=False, action=False)
        return world.render(kind, intent)
