"""Charges: attempts to take money from a card."""

from collections.abc import Mapping

from dev.local_stripe.api.changes import set_fields
from dev.local_stripe.api.errors import invalid
from dev.local_stripe.api.listing import answer
from dev.local_stripe.api.routes import Call, Resource
from dev.local_stripe.payments.balance import move
from dev.local_stripe.world.storage import Document
from dev.local_stripe.world.world import World

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


def refunds_of(world: World, charge: Document) -> Document:
    refunds = [refund for refund in reversed(world.all("refund")) if refund["charge"] == charge["id"]]
    return answer(f"/v1/charges/{charge['id']}/refunds", [world.render("refund", refund) for refund in refunds])


RESOURCE = Resource("charge", "/v1/charges", includes={"refunds": refunds_of})
RESOURCE.readable("ChargeRetrieveParams")
RESOURCE.listable("ChargeListParams", "customer payment_intent")


@RESOURCE.on("POST", "/{id}", "ChargeUpdateParams", "description metadata")
def update(world: World, call: Call) -> Document:
    charge = world.get("charge", call.id)
    set_fields(charge, call.params, "description metadata")
    return world.put("charge", charge, "charge.updated")
