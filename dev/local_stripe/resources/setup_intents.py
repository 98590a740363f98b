"""Making a card ready for later payments; nothing is charged."""

from dev.local_stripe.api import Document, World, invalid
from dev.local_stripe.resources import charges
from dev.local_stripe.resources.cards import attach_to, behaviour, failure


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
        return charges.demand_authentication(world, intent, return_url)
    if card.decline and not card.attaches:
        return charges.refuse(world, intent, method, {"type": "card_error", **failure(card.decline)})
    if intent["customer"] is not None:
        attach_to(world, method, intent["customer"])
    intent |= {"status": "succeeded", "next_action": None}
    world.put("setup_intent", intent, "setup_intent.succeeded")
    for subscription in world.all("subscription"):
        if subscription["pending_setup_intent"] == intent["id"]:
            saves = subscription["payment_settings"]["save_default_payment_method"] == "on_subscription"
            default = intent["payment_method"] if saves else subscription["default_payment_method"]
            done = subscription | {"pending_setup_intent": None, "default_payment_method": default}
            world.put("subscription", done, "customer.subscription.updated")
    return intent


def pending_for(world: World, customer: str, method: Document | None) -> str | None:
    """The intent that a subscription without a first payment waits for; None when its card is ready as it is."""
    if method is not None and behaviour(method).authentication != "always":
        return None
    intent = charges.new_intent(world, "setup_intent", customer=customer)
    world.put("setup_intent", intent, "setup_intent.created")
    if method is not None:
        set_up(world, intent, method)
    return str(intent["id"])
