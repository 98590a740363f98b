"""What confirming a payment intent does, decided by the card behind it."""

from typing import Any

from dev.local_stripe.api.contract import Params
from dev.local_stripe.api.errors import invalid
from dev.local_stripe.catalogue.currencies import CURRENCIES, THREE_DECIMAL, minimum_charge, money
from dev.local_stripe.customers.cards import failure
from dev.local_stripe.customers.payment_methods import behaviour
from dev.local_stripe.payments import charges
from dev.local_stripe.world.storage import Document
from dev.local_stripe.world.world import DAY, World

MAXIMUM = 99_999_999
NAMES = {"payment_intent": "PaymentIntent", "setup_intent": "SetupIntent"}
CONFIRMABLE = ("requires_payment_method", "requires_confirmation", "requires_action")


SLOW_SECONDS = 3 * DAY


def checked_amount(amount: int, currency: str) -> int:
    """The amount itself; 400 unless it can be charged in the currency."""
    if currency not in CURRENCIES:
        raise invalid(f"Invalid currency: {currency}", param="currency")
    minimum, code = minimum_charge(currency), None
    if amount < minimum:
        message, code = f"Amount must be at least {money(minimum, currency)}", "amount_too_small"
    elif amount > MAXIMUM:
        message, code = f"Amount must be no more than {money(MAXIMUM, currency)}", "amount_too_large"
    elif currency in THREE_DECIMAL and amount % 10:
        message = f"The last digit of an amount in {currency} must be 0."
    else:
        return amount
    raise invalid(message, param="amount", code=code)


def new_intent(world: World, *, amount: int, currency: str, **fields: Any) -> Document:
    intent = world.new("payment_intent", "pi", amount=amount, currency=currency, status="requires_payment_method")
    intent["client_secret"] = f"{intent['id']}_secret_{world.new_id('s')[2:]}"
    intent |= {"capture_method": "automatic", "confirmation_method": "automatic"}
    return intent | {"payment_method_types": ["card"], **fields}


def offer_automatic_methods(intent: Document, params: Params) -> None:
    if "automatic_payment_methods" in params:
        intent["automatic_payment_methods"] = {"allow_redirects": "always", **params["automatic_payment_methods"]}


def set_options(intent: Document, params: Params) -> None:
    """When 3-D Secure is to be asked for, the one option that is acted upon."""
    wish = params.get("payment_method_options", {}).get("card", {}).get("request_three_d_secure")
    if wish is not None:
        intent["payment_method_options"] = {"card": {"request_three_d_secure": wish}}


def asks_always(intent: Document) -> bool:
    options = intent["payment_method_options"] or {"card": {"request_three_d_secure": "automatic"}}
    return options["card"]["request_three_d_secure"] in ("any", "challenge")


def waiting(intent: Document, verb: str) -> Document:
    """The payment or setup intent itself; 400 unless it can still be confirmed."""
    if intent["status"] not in CONFIRMABLE:
        name = NAMES[intent["object"]]
        raise invalid(
            f"You cannot {verb} this {name} because it has a status of {intent['status']}.",
            code=f"{intent['object']}_unexpected_state",
        )
    return intent


def named_method(intent: Document, params: Params) -> str:
    """The card to confirm with: the request's, else the one the intent holds; 400 when there is none."""
    named = params.get("payment_method") or intent["payment_method"]
    if named is None:
        raise invalid(
            f"You cannot confirm this {NAMES[intent['object']]} because it's missing a payment method.",
            code=f"{intent['object']}_unexpected_state",
        )
    return str(named)


def charge(
    world: World,
    intent: Document,
    method: Document,
    *,
    off_session: bool = False,
    authenticated: bool = False,
    return_url: str | None = None,
) -> Document:
    """Try to take the money. Returns the stored intent: succeeded, processing, requires_action, or
    requires_payment_method with the reason in `last_payment_error`."""
    card = behaviour(method)
    intent["payment_method"] = method["id"]
    demanded = card.authentication == "always" or (card.authentication == "on_session" and not off_session)
    if (demanded or asks_always(intent)) and not authenticated:
        return _demand_authentication(world, intent, return_url)
    attempt = charges.new_charge(world, intent, method, authenticated=authenticated)
    intent |= {"latest_charge": attempt["id"], "next_action": None, "last_payment_error": None}
    if card.slow:
        world.put("charge", attempt, "charge.pending")
        intent |= {"status": "processing", "_settles_at": world.now() + SLOW_SECONDS}
        return world.put("payment_intent", intent, "payment_intent.processing")
    return settle(world, intent, method, attempt, succeeds=not card.decline)


def settle(world: World, intent: Document, method: Document, attempt: Document, *, succeeds: bool) -> Document:
    """The bank has answered."""
    if intent.pop("_settles_at", None) is not None:
        intent["_settled_at"] = world.now()
    if not succeeds:
        decline = failure(behaviour(method).decline or "generic_decline")
        charges.fail(world, attempt, decline)
        return refuse(world, intent, method, {"type": "card_error", **decline})
    charges.succeed(world, attempt)
    intent |= {"status": "succeeded", "amount_received": intent["amount"]}
    return world.put("payment_intent", intent, "payment_intent.succeeded")


def _demand_authentication(world: World, intent: Document, return_url: str | None) -> Document:
    action = authentication_at(f"{world.base_url}/pay/{intent['id']}", return_url)
    intent |= {"status": "requires_action", "next_action": action}
    return world.put("payment_intent", intent, "payment_intent.requires_action")


def authentication_at(page: str, return_url: str | None) -> Document:
    """The `next_action` of an intent whose customer has to authenticate on a page."""
    if return_url:
        return {"redirect_to_url": {"return_url": return_url, "url": page}, "type": "redirect_to_url"}
    return {"type": "use_stripe_sdk", "use_stripe_sdk": {"type": "three_d_secure_redirect", "stripe_js": page}}


def refuse(world: World, intent: Document, method: Document, error: dict[str, str]) -> Document:
    """The attempt failed: the intent waits for another card and remembers why."""
    intent |= {
        "status": "requires_payment_method",
        "next_action": None,
        "payment_method": None,
        "last_payment_error": {
            "charge": intent["latest_charge"],
            **error,
            "payment_method": world.render("payment_method", method),
        },
    }
    return world.put("payment_intent", intent, "payment_intent.payment_failed")


def cancel(world: World, intent: Document, reason: str | None) -> Document:
    waiting(intent, "cancel")
    intent |= {
        "status": "canceled",
        "canceled_at": world.now(),
        "cancellation_reason": reason,
        "next_action": None,
    }
    return world.put("payment_intent", intent, "payment_intent.canceled")
