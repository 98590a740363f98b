"""Charges and the balance transactions of those that succeed."""

from collections.abc import Mapping

from dev.local_stripe.api.changes import nulls, set_metadata
from dev.local_stripe.api.listing import LIST_PARAMS, answer, matches, page
from dev.local_stripe.api.routes import Call, Resource, Route
from dev.local_stripe.world.storage import Document
from dev.local_stripe.world.world import DAY, World

NULLS = nulls(
    "application application_fee application_fee_amount balance_transaction calculated_statement_descriptor "
    "failure_balance_transaction failure_code failure_message on_behalf_of receipt_email receipt_number "
    "receipt_url review shipping source_transfer statement_descriptor statement_descriptor_suffix "
    "transfer_data transfer_group"
)
OK_OUTCOME = {
    "advice_code": None,
    "network_advice_code": None,
    "network_decline_code": None,
    "network_status": "approved_by_network",
    "reason": None,
    "risk_level": "normal",
    "risk_score": 5,
    "seller_message": "Payment complete.",
    "type": "authorized",
}


def create_charge(
    world: World, intent: Document, method: Document, decline: Mapping[str, str] | None, *, authenticated: bool
) -> Document:
    """One attempt to take the intent's money from the card; `decline` says why it failed."""
    charge: Document = {
        **NULLS,
        "id": world.new_id("ch"),
        "object": "charge",
        "amount": intent["amount"],
        "amount_captured": 0 if decline else intent["amount"],
        "amount_refunded": 0,
        "billing_details": method["billing_details"],
        "captured": decline is None,
        "created": world.now(),
        "currency": intent["currency"],
        "customer": intent["customer"],
        "description": intent["description"],
        "disputed": False,
        "fraud_details": {},
        "livemode": False,
        "metadata": dict(intent["metadata"]),
        "outcome": dict(OK_OUTCOME),
        "paid": decline is None,
        "payment_intent": intent["id"],
        "payment_method": method["id"],
        "payment_method_details": {"card": charged_card(method, authenticated), "type": "card"},
        "refunded": False,
        "status": "failed" if decline else "succeeded",
    }
    if decline is not None:
        return _failed(world, charge, decline)
    charge["receipt_url"] = f"{world.base_url}/receipts/{charge['id']}"
    charge["balance_transaction"] = _balance_transaction(world, charge)["id"]
    return world.put("charge", charge, "charge.succeeded")


def _failed(world: World, charge: Document, decline: Mapping[str, str]) -> Document:
    charge["failure_code"] = decline["code"]
    charge["failure_message"] = decline["message"]
    charge["outcome"] |= {
        "network_status": "declined_by_network",
        "reason": decline["decline_code"],
        "seller_message": "The bank did not return any further details with this decline.",
        "type": "issuer_declined",
    }
    return world.put("charge", charge, "charge.failed")


def charged_card(method: Document, authenticated: bool) -> Document:
    card = method["card"]
    names = "brand checks country exp_month exp_year fingerprint funding last4 regulated_status wallet"
    secure = {
        "authentication_flow": "challenge",
        "electronic_commerce_indicator": "05",
        "exemption_indicator": None,
        "result": "authenticated",
        "result_reason": None,
        "transaction_id": None,
        "version": "2.2.0",
    }
    return {
        **{name: card[name] for name in names.split()},
        "authorization_code": "123456",
        "installments": None,
        "mandate": None,
        "network": card["brand"],
        "network_token": {"used": False},
        "network_transaction_id": None,
        "three_d_secure": secure if authenticated else None,
    }


def _balance_transaction(world: World, charge: Document) -> Document:
    # Stripe's standard price for a domestic card: 2.9 % + 30 cents.
    fee = min(charge["amount"], (charge["amount"] * 29 + 500) // 1000 + 30)
    detail = {
        "amount": fee,
        "application": None,
        "currency": charge["currency"],
        "description": "Stripe processing fees",
        "type": "stripe_fee",
    }
    transaction: Document = {
        "id": world.new_id("txn"),
        "object": "balance_transaction",
        "amount": charge["amount"],
        "available_on": world.now() + 7 * DAY,
        "balance_type": "payments",
        "created": world.now(),
        "currency": charge["currency"],
        "description": charge["description"],
        "exchange_rate": None,
        "fee": fee,
        "fee_details": [detail],
        "net": charge["amount"] - fee,
        "reporting_category": "charge",
        "source": charge["id"],
        "status": "pending",
        "type": "charge",
    }
    return world.put("balance_transaction", transaction)


def render_transaction(world: World, transaction: Document) -> Document:
    if world.now() >= transaction["available_on"]:
        transaction["status"] = "available"
    return transaction


def retrieve(world: World, call: Call) -> Document:
    return world.render("charge", world.get("charge", call.id))


def update(world: World, call: Call) -> Document:
    charge = world.get("charge", call.id)
    set_metadata(charge, call.params)
    return world.render("charge", world.put("charge", charge, "charge.updated"))


def list_charges(world: World, call: Call) -> Document:
    def keep(charge: Document) -> bool:
        return matches(charge, call.params, "customer payment_intent")

    return page(world, call, "charge", "/v1/charges", keep)


def retrieve_transaction(world: World, call: Call) -> Document:
    return world.render("balance_transaction", world.get("balance_transaction", call.id))


def refunds_of(world: World, charge: Document) -> Document:
    refunds = [refund for refund in reversed(world.all("refund")) if refund["charge"] == charge["id"]]
    return answer(f"/v1/charges/{charge['id']}/refunds", [world.render("refund", refund) for refund in refunds])


RESOURCE = Resource(
    kind="charge",
    includes={"refunds": refunds_of},
    routes=(
        Route(
            "GET",
            "/v1/charges",
            list_charges,
            "ChargeListParams",
            f"customer payment_intent created {LIST_PARAMS}",
        ),
        Route("GET", "/v1/charges/{id}", retrieve, "ChargeRetrieveParams"),
        Route("POST", "/v1/charges/{id}", update, "ChargeUpdateParams", "metadata"),
    ),
)
BALANCE_TRANSACTION = Resource(
    kind="balance_transaction",
    render=render_transaction,
    routes=(
        Route(
            "GET",
            "/v1/balance_transactions/{id}",
            retrieve_transaction,
            "BalanceTransactionRetrieveParams",
        ),
    ),
)
