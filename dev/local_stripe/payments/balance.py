"""Balance transactions: what a movement of money does to the account's balance."""

from dev.local_stripe.api.routes import Resource
from dev.local_stripe.world.storage import Document
from dev.local_stripe.world.world import DAY, World


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


def _render(world: World, transaction: Document) -> Document:
    status = "available" if world.now() >= transaction["available_on"] else "pending"
    return transaction | {"status": status}


RESOURCE = Resource("balance_transaction", "/v1/balance_transactions", render=_render)
RESOURCE.readable("BalanceTransactionRetrieveParams")
RESOURCE.listable("BalanceTransactionListParams", "currency source type")
