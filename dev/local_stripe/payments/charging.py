"""What confirming a payment intent does, decided by the card behind it."""

from typing import Any

from dev.local_stripe.api.errors import invalid
from dev.local_stripe.customers.cards import failure
from dev.local_stripe.customers.payment_methods import behaviour
from dev.local_stripe.payments.charges import create_charge
from dev.local_stripe.world.storage import Document
from dev.local_stripe.world.world import World

CONFIRMABLE = ("requires_payment_method", "requires_confirmation", "requires_action")


def new_intent(world: World, *, amount: int, currency: str, **fields: Any) -> Document:
    intent = world.new("payment_intent", "pi", amount=amount, currency=currency, status="requires_payment_method")
    intent["client_secret"] = f"{intent['id']}_secret_{world.new_id('s')[2:]}"
    intent |= {"capture_method": "automatic", "confirmation_method": "automatic"}
    return intent | {"payment_method_types": ["card"], **fields}


def unexpected_state(intent: Document, verb: str) -> Exception:
    return invalid(
        f"You cannot {verb} this PaymentIntent because it has a status of {intent['status']}.",
        code="payment_intent_unexpected_state",
    )


def charge(
    world: World,
    intent: Document,
    method: Document,
    *,
    off_session: bool = False,
    authenticated: bool = False,
    return_url: str | None = None,
) -> Document:
    """Try to take the money. Returns the stored intent: succeeded, requires_action, or requires_payment_method
    with the reason in `last_payment_error`."""
    card = behaviour(method)
    intent["payment_method"] = method["id"]
    demanded = card.authentication == "always" or (card.authentication == "on_session" and not off_session)
    if demanded and not authenticated:
        return _demand_authentication(world, intent, return_url)
    decline = failure(card.decline) if card.decline else None
    attempt = create_charge(world, intent, method, decline, authenticated=authenticated)
    intent |= {"latest_charge": attempt["id"], "next_action": None}
    if decline is not None:
        return refuse(world, intent, method, decline)
    intent |= {"status": "succeeded", "amount_received": intent["amount"], "last_payment_error": None}
    return world.put("payment_intent", intent, "payment_intent.succeeded")


def _demand_authentication(world: World, intent: Document, return_url: str | None) -> Document:
    page = f"{world.base_url}/pay/{intent['id']}"
    if return_url:
        action: Document = {
            "redirect_to_url": {"return_url": return_url, "url": page},
            "type": "redirect_to_url",
        }
    else:
        action = {
            "type": "use_stripe_sdk",
            "use_stripe_sdk": {"type": "three_d_secure_redirect", "stripe_js": page},
        }
    intent |= {"status": "requires_action", "next_action": action}
    return world.put("payment_intent", intent, "payment_intent.requires_action")


def refuse(world: World, intent: Document, method: Document, decline: dict[str, str]) -> Document:
    """The attempt failed: the intent waits for another card and remembers why."""
    intent |= {
        "status": "requires_payment_method",
        "next_action": None,
        "payment_method": None,
        "last_payment_error": {
            "type": "card_error",
            "charge": intent["latest_charge"],
            **decline,
            "payment_method": world.render("payment_method", method),
        },
    }
    return world.put("payment_intent", intent, "payment_intent.payment_failed")


def cancel(world: World, intent: Document, reason: str | None) -> Document:
    if intent["status"] not in CONFIRMABLE:
        raise unexpected_state(intent, "cancel")
    intent |= {
        "status": "canceled",
        "canceled_at": world.now(),
        "cancellation_reason": reason,
        "next_action": None,
    }
    return world.put("payment_intent", intent, "payment_intent.canceled")
