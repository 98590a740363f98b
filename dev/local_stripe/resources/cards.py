"""Cards made from Stripe's test tokens, how each behaves, and payment methods over the API."""

import hashlib
from dataclasses import dataclass

from dev.local_stripe.api import Call, Document, Params, Resource, World, card_error, invalid, missing

DECLINED = "Your card was declined."
MESSAGES = {
    "insufficient_funds": "Your card has insufficient funds.",
    "expired_card": "Your card has expired.",
    "incorrect_cvc": "Your card's security code is incorrect.",
    "processing_error": "An error occurred while processing your card. Try again in a little bit.",
    "authentication_required": "Your card was declined. This transaction requires authentication.",
}


@dataclass(frozen=True)
class TestCard:
    """`decline` is the code a charge fails with; `attaches` whether it can be saved all the same;
    `authentication` is always, on_session (saved cards pay off session without it) or never; a `slow` one is
    answered for after days; `refund` is succeeded, pending (it succeeds after a day) or failed (after a day);
    `trouble` is a dispute, an inquiry or a warning that follows every payment."""

    number: str
    brand: str = "visa"
    decline: str = ""
    attaches: bool = True
    authentication: str = "never"
    funding: str = "credit"
    slow: bool = False
    refund: str = "succeeded"
    trouble: str = ""

    @property
    def fingerprint(self) -> str:
        """Equal for every copy of the same card, as with Stripe."""
        return hashlib.sha256(self.number.encode()).hexdigest()[:16]


CARDS = {
    "pm_card_visa": TestCard("4242424242424242"),
    "pm_card_visa_debit": TestCard("4000056655665556", funding="debit"),
    "pm_card_mastercard": TestCard("5555555555554444", brand="mastercard"),
    "pm_card_amex": TestCard("378282246310005", brand="amex"),
    "pm_card_discover": TestCard("6011111111111117", brand="discover"),
    "pm_card_chargeDeclined": TestCard("4000000000000002", decline="generic_decline", attaches=False),
    "pm_card_chargeDeclinedInsufficientFunds": TestCard(
        "4000000000009995", decline="insufficient_funds", attaches=False
    ),
    "pm_card_chargeDeclinedExpiredCard": TestCard("4000000000000069", decline="expired_card", attaches=False),
    "pm_card_chargeDeclinedIncorrectCvc": TestCard("4000000000000127", decline="incorrect_cvc", attaches=False),
    "pm_card_chargeDeclinedProcessingError": TestCard("4000000000000119", decline="processing_error", attaches=False),
    "pm_card_chargeCustomerFail": TestCard("4000000000000341", decline="generic_decline"),
    "pm_card_authenticationRequired": TestCard("4000002760003184", authentication="always"),
    "pm_card_threeDSecure2Required": TestCard("4000000000003220", authentication="always"),
    "pm_card_authenticationRequiredOnSetup": TestCard("4000002500003155", authentication="on_session"),
    "pm_card_pendingRefund": TestCard("4000000000007726", refund="pending"),
    "pm_card_refundFail": TestCard("4000000000005126", refund="failed"),
    "pm_card_createDispute": TestCard("4000000000000259", trouble="dispute"),
    "pm_card_createDisputeInquiry": TestCard("4000000000001976", trouble="inquiry"),
    "pm_card_createIssuerFraudRecord": TestCard("4000000000005423", trouble="warning"),
    # Not Stripe's: payments that are decided days later, as with bank debits.
    "pm_local_slow": TestCard("4000000000000077", slow=True),
    "pm_local_slowDeclined": TestCard("4000000000000085", slow=True, decline="insufficient_funds"),
}


def failure(reason: str) -> dict[str, str]:
    """Code, decline code and message of a decline: three reasons are codes of their own, the rest are declines."""
    message = MESSAGES.get(reason, DECLINED)
    if reason in ("expired_card", "incorrect_cvc", "processing_error", "authentication_required"):
        return {"code": reason, "decline_code": reason, "message": message}
    return {"code": "card_declined", "decline_code": reason, "message": message}


EMPTY_ADDRESS = dict.fromkeys(("city", "country", "line1", "line2", "postal_code", "state"))

RESOURCE = Resource("payment_method", "/v1/payment_methods")


def new_payment_method(world: World, token: str) -> Document:
    """A fresh copy of the token's card; using a token never changes the token itself."""
    method = world.new("payment_method", "pm", allow_redisplay="unspecified", type="card", _token=token)
    method["billing_details"]["address"] = dict(EMPTY_ADDRESS)
    method["card"] = card_details(CARDS[token])
    return method


def card_details(card: TestCard) -> Document:
    return {
        "brand": card.brand,
        "checks": {"address_line1_check": None, "address_postal_code_check": None, "cvc_check": "pass"},
        "country": "US",
        "display_brand": card.brand,
        "exp_month": 12,
        "exp_year": 2034,
        "fingerprint": card.fingerprint,
        "funding": card.funding,
        "generated_from": None,
        "last4": card.number[-4:],
        "networks": {"available": [card.brand], "preferred": None},
        "regulated_status": "unregulated",
        "three_d_secure_usage": {"supported": True},
        "wallet": None,
    }


def behaviour(method: Document) -> TestCard:
    return CARDS[method["_token"]]


def resolve(world: World, identifier: str, param: str) -> Document:
    """The payment method a parameter names; a test token makes a new one."""
    if identifier in CARDS:
        return world.put("payment_method", new_payment_method(world, identifier))
    return world.refer("payment_method", identifier, param)


def attach_to(world: World, method: Document, customer_id: str) -> Document:
    """Saves the card for the customer. A card that declines cannot be saved, except the one made for that."""
    if method["customer"] not in (None, customer_id):
        message = "The payment method you provided has already been attached to a customer."
        raise invalid(message, code="payment_method_unexpected_state")
    card = behaviour(method)
    if card.decline and not card.attaches:
        raise card_error(failure(card.decline), keep=False)
    if method["customer"] == customer_id:
        return method
    return world.put("payment_method", method | {"customer": customer_id}, "payment_method.attached")


def of_customer(world: World, identifier: str, customer_id: str, param: str) -> Document:
    """The customer's own payment method; 400 when it belongs to nobody or somebody else."""
    method = world.find("payment_method", identifier)
    if method is None or method["customer"] != customer_id:
        message = f"The customer does not have a payment method with the ID {identifier}; attach it first."
        raise invalid(message, param=param, code="resource_missing")
    return method


@RESOURCE.on("GET", "/{id}", "Retrieve")
def retrieve(world: World, call: Call) -> Document:
    """Naming a token here, too, means a new copy of its card."""
    if call.id in CARDS:
        return resolve(world, call.id, "payment_method")
    return world.get("payment_method", call.id)


@RESOURCE.does("attach", "customer")
def attach(world: World, call: Call) -> Document:
    if "customer" not in call.params:
        raise missing("customer")
    customer = world.refer("customer", call.params["customer"], "customer")
    return attach_to(world, retrieve(world, call), customer["id"])


@RESOURCE.does("detach")
def detach(world: World, call: Call) -> Document:
    """Forgets the card everywhere it was a default, too."""
    method = world.get("payment_method", call.id)
    if method["customer"] is None:
        raise invalid("The payment method you provided is not attached to a customer; it cannot be detached.")
    customer = world.get("customer", method["customer"])
    if customer["invoice_settings"]["default_payment_method"] == call.id:
        customer["invoice_settings"]["default_payment_method"] = None
        world.put("customer", customer, "customer.updated")
    for subscription in world.all("subscription"):
        if subscription["default_payment_method"] == call.id:
            cleared = subscription | {"default_payment_method": None}
            world.put("subscription", cleared, "customer.subscription.updated")
    return world.put("payment_method", method | {"customer": None}, "payment_method.detached")


def _attached(world: World, method: Document, params: Params) -> bool:
    return method["customer"] is not None and method["customer"] == params.get("customer")


RESOURCE.lists("type", "customer", _attached)
