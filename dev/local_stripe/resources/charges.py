"""Charging a card: what confirming an intent does, charges, and what they do to the account's balance."""

from collections.abc import Mapping
from typing import Any

from dev.local_stripe.api import DAY, Document, Params, Resource, World, invalid
from dev.local_stripe.resources.cards import behaviour, failure
from dev.local_stripe.resources.catalogue import CURRENCIES, THREE_DECIMAL, minimum_charge, money


def move(world: World, source: Document, amount: int, kind: str, *, fee: int = 0, category: str = "") -> str:
    """Books `amount` minor units, negative when they leave, less `fee`; returns the transaction's id."""
    detail = {"amount": fee, "application": None, "currency": source["currency"], "type": "stripe_fee"}
    transaction = world.new(
        "balance_transaction",
        "txn",
        amount=amount,
        available_on=world.now() + 7 * DAY,
        balance_type="payments",
        currency=source["currency"],
        fee=fee,
        fee_details=[detail | {"description": "Stripe processing fees"}] if fee else [],
        net=amount - fee,
        reporting_category=category or kind,
        source=source["id"],
        status="pending",
        type=kind,
    )
    return str(world.put("balance_transaction", transaction)["id"])


def _render_transaction(world: World, transaction: Document) -> Document:
    status = "available" if world.now() >= transaction["available_on"] else "pending"
    return transaction | {"status": status}


TRANSACTION = Resource("balance_transaction", "/v1/balance_transactions", render=_render_transaction).reads()
TRANSACTION.lists("currency source type")


AUTHENTICATED = {
    "authentication_flow": "challenge",
    "electronic_commerce_indicator": "05",
    "exemption_indicator": None,
    "result": "authenticated",
    "result_reason": None,
    "transaction_id": None,
    "version": "2.2.0",
}
APPROVED = {
    "network_status": "approved_by_network",
    "risk_level": "normal",
    "risk_score": 5,
    "seller_message": "Payment complete.",
    "type": "authorized",
}


def new_charge(world: World, intent: Document, method: Document, *, authenticated: bool) -> Document:
    """One attempt to take the intent's money from the card, not decided and not stored yet."""
    names = ("amount", "currency", "customer", "description", "metadata", "receipt_email", "shipping")
    return world.new(
        "charge",
        "ch",
        **{name: intent[name] for name in names},
        billing_details=method["billing_details"],
        payment_intent=intent["id"],
        payment_method=method["id"],
        payment_method_details={"card": charged_card(method, authenticated), "type": "card"},
        outcome={"advice_code": None, "network_decline_code": None, "reason": None, **APPROVED},
        status="pending",
    )


def succeed(world: World, charge: Document) -> Document:
    charge |= {"amount_captured": charge["amount"], "captured": True, "paid": True, "status": "succeeded"}
    charge["receipt_url"] = f"{world.base_url}/pay/{charge['payment_intent']}"
    # Stripe's standard price for a domestic card: 2.9 % + 30 cents.
    fee = min(charge["amount"], (charge["amount"] * 29 + 500) // 1000 + 30)
    charge["balance_transaction"] = move(world, charge, charge["amount"], "charge", fee=fee)
    return world.put("charge", charge, "charge.succeeded")


def fail(world: World, charge: Document, decline: Mapping[str, str]) -> Document:
    charge |= {"failure_code": decline["code"], "failure_message": decline["message"], "status": "failed"}
    charge["outcome"] |= {
        "network_status": "declined_by_network",
        "reason": decline["decline_code"],
        "seller_message": "The bank did not return any further details with this decline.",
        "type": "issuer_declined",
    }
    return world.put("charge", charge, "charge.failed")


def charged_card(method: Document, authenticated: bool) -> Document:
    names = "brand checks country exp_month exp_year fingerprint funding last4 regulated_status wallet"
    return {
        **{name: method["card"][name] for name in names.split()},
        "installments": None,
        "mandate": None,
        "network": method["card"]["brand"],
        "three_d_secure": dict(AUTHENTICATED) if authenticated else None,
    }


def paid_charge(world: World, identifier: str, param: str) -> Document:
    """A charge by its own id or that of its intent; 400 unless its money was taken."""
    if identifier.startswith("pi_"):
        latest = world.refer("payment_intent", identifier, param)["latest_charge"]
        charge = world.find("charge", latest or "")
    else:
        charge = world.refer("charge", identifier, param)
    if charge is None or not charge["paid"]:
        raise invalid(f"There is no successful charge behind {identifier}.", param=param)
    return charge


CHARGE = Resource("charge", "/v1/charges").reads().lists("customer payment_intent")

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


NEW: dict[str, Document] = {
    "payment_intent": {"capture_method": "automatic", "confirmation_method": "automatic"},
    "setup_intent": {"usage": "off_session"},
}


def new_intent(world: World, kind: str, **fields: Any) -> Document:
    intent = world.new(kind, "pi" if kind == "payment_intent" else "seti", status="requires_payment_method")
    intent["client_secret"] = f"{intent['id']}_secret_{world.new_id('s')[2:]}"
    return intent | NEW[kind] | {"payment_method_types": ["card"], **fields}


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
        message = f"You cannot {verb} this {NAMES[intent['object']]} because it has a status of {intent['status']}."
        raise invalid(message, code=f"{intent['object']}_unexpected_state")
    return intent


def named_method(intent: Document, params: Params) -> str:
    """The card to confirm with: the request's, else the one the intent holds; 400 when there is none."""
    named = params.get("payment_method") or intent["payment_method"]
    if named is None:
        message = f"You cannot confirm this {NAMES[intent['object']]} because it's missing a payment method."
        raise invalid(message, code=f"{intent['object']}_unexpected_state")
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
        return demand_authentication(world, intent, return_url)
    attempt = new_charge(world, intent, method, authenticated=authenticated)
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
        fail(world, attempt, decline)
        return refuse(world, intent, method, {"type": "card_error", **decline})
    succeed(world, attempt)
    intent |= {"status": "succeeded", "amount_received": intent["amount"]}
    return world.put("payment_intent", intent, "payment_intent.succeeded")


def demand_authentication(world: World, intent: Document, return_url: str | None) -> Document:
    page, kind = f"{world.base_url}/pay/{intent['id']}", intent["object"]
    if return_url:
        action = {"redirect_to_url": {"return_url": return_url, "url": page}, "type": "redirect_to_url"}
    else:
        stripe_js = {"type": "three_d_secure_redirect", "stripe_js": page}
        action = {"type": "use_stripe_sdk", "use_stripe_sdk": stripe_js}
    return world.put(kind, intent | {"status": "requires_action", "next_action": action}, f"{kind}.requires_action")


def refuse(world: World, intent: Document, method: Document, error: dict[str, str]) -> Document:
    """The attempt failed: the intent waits for another card and remembers why."""
    kind = intent["object"]
    shown: Document = {**error, "payment_method": world.render("payment_method", method)}
    if kind == "payment_intent":
        shown = {"charge": intent["latest_charge"], **shown}
    what = kind.removesuffix("_intent")
    intent |= {"status": "requires_payment_method", "next_action": None, "payment_method": None}
    return world.put(kind, intent | {f"last_{what}_error": shown}, f"{kind}.{what}_failed")


def cancel(world: World, intent: Document, reason: str | None) -> Document:
    kind = waiting(intent, "cancel")["object"]
    intent |= {"status": "canceled", "cancellation_reason": reason, "next_action": None}
    if kind == "payment_intent":
        intent["canceled_at"] = world.now()
    return world.put(kind, intent, f"{kind}.canceled")
