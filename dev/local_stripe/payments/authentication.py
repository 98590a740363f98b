"""The customer's side of 3-D Secure, played by the control surface and the payment page."""

from dev.local_stripe.api.errors import invalid
from dev.local_stripe.invoices.collection import book_failure, confirm_intent, payment_of_intent
from dev.local_stripe.payments.charging import refuse
from dev.local_stripe.world.storage import Document
from dev.local_stripe.world.world import World

FAILURE = {
    "type": "invalid_request_error",
    "code": "payment_intent_authentication_failure",
    "message": "We are unable to authenticate your payment method. Please choose a different payment method and "
    "try again.",
}


def authenticate(world: World, intent_id: str, *, succeed: bool) -> Document:
    """Completes or fails the authentication an intent waits for; returns the intent."""
    with world.transaction():
        intent = world.get("payment_intent", intent_id)
        if intent["status"] != "requires_action":
            raise invalid(f"This PaymentIntent has a status of {intent['status']}; nothing to authenticate.")
        method = world.get("payment_method", intent["payment_method"])
        if succeed:
            intent = confirm_intent(world, intent, method, authenticated=True)
        else:
            intent = refuse(world, intent, method, FAILURE)
            payment = payment_of_intent(world, intent_id)
            if payment is not None:
                book_failure(world, world.get("invoice", payment["invoice"]), automatic=False, action=False)
        return world.render("payment_intent", intent)
