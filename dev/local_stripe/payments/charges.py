"""Charges and the balance transactions of those that succeed."""

from collections.abc import Mapping

from dev.local_stripe.api.changes import set_fields
from dev.local_stripe.api.listing import answer
from dev.local_stripe.api.routes import Call, Resource
from dev.local_stripe.world.storage import Document
from dev.local_stripe.world.world import DAY, World

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


def create_charge(
    world: World, intent: Document, method: Document, decline: Mapping[str, str] | None, *, authenticated: bool
) -> Document:
    """One attempt to take the intent's money from the card; `decline` says why it failed."""
    paid = decline is None
    charge = world.new(
        "charge",
        "ch",
        **{name: intent[name] for name in ("amount", "currency", "customer", "description", "metadata")},
        amount_captured=intent["amount"] if paid else 0,
        billing_details=method["billing_details"],
        captured=paid,
        paid=paid,
        payment_intent=intent["id"],
        payment_method=method["id"],
        payment_method_details={"card": charged_card(method, authenticated), "type": "card"},
        outcome={"advice_code": None, "network_decline_code": None, "reason": None, **APPROVED},
        status="succeeded" if paid else "failed",
    )
    if decline is not None:
        return _failed(world, charge, decline)
    charge["receipt_url"] = f"{world.base_url}/pay/{intent['id']}"
    charge["balance_transaction"] = _balance_transaction(world, charge)["id"]
    return world.put("charge", charge, "charge.succeeded")


def _failed(world: World, charge: Document, decline: Mapping[str, str]) -> Document:
    charge |= {"failure_code": decline["code"], "failure_message": decline["message"]}
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


def _balance_transaction(world: World, charge: Document) -> Document:
    # Stripe's standard price for a domestic card: 2.9 % + 30 cents.
    fee = min(charge["amount"], (charge["amount"] * 29 + 500) // 1000 + 30)
    detail = {"amount": fee, "application": None, "currency": charge["currency"], "type": "stripe_fee"}
    transaction = world.new(
        "balance_transaction",
        "txn",
        amount=charge["amount"],
        available_on=world.now() + 7 * DAY,
        balance_type="payments",
        currency=charge["currency"],
        fee=fee,
        fee_details=[detail | {"description": "Stripe processing fees"}],
        net=charge["amount"] - fee,
        reporting_category="charge",
        source=charge["id"],
        status="pending",
        type="charge",
    )
    return world.put("balance_transaction", transaction)


def render_transaction(world: World, transaction: Document) -> Document:
    if world.now() >= transaction["available_on"]:
        transaction["status"] = "available"
    return transaction


def refunds_of(world: World, charge: Document) -> Document:
    refunds = [refund for refund in reversed(world.all("refund")) if refund["charge"] == charge["id"]]
    return answer(f"/v1/charges/{charge['id']}/refunds", [world.render("refund", refund) for refund in refunds])


RESOURCE = Resource("charge", "/v1/charges", includes={"refunds": refunds_of})
RESOURCE.readable("ChargeRetrieveParams")
RESOURCE.listable("ChargeListParams", "customer payment_intent")

BALANCE_TRANSACTION = Resource("balance_transaction", "/v1/balance_transactions", render=render_transaction)
BALANCE_TRANSACTION.readable("BalanceTransactionRetrieveParams")
BALANCE_TRANSACTION.listable("BalanceTransactionListParams", "currency source type")


@RESOURCE.on("POST", "/{id}", "ChargeUpdateParams", "description metadata")
def update(world: World, call: Call) -> Document:
    charge = world.get("charge", call.id)
    set_fields(charge, call.params, "description metadata")
    return world.put("charge", charge, "charge.updated")
