"""The account and its balance."""

from collections import Counter

from dev.local_stripe.api.routes import Call, Resource
from dev.local_stripe.world.storage import Document
from dev.local_stripe.world.world import World

ACCOUNT_ID = "acct_1LocalStripe0000"


ACCOUNT = Resource("account", "/v1/account")
BALANCE = Resource("balance", "/v1/balance")


@ACCOUNT.on("GET", "", "AccountRetrieveCurrentParams")
def retrieve_account(world: World, call: Call) -> Document:
    return {
        "id": ACCOUNT_ID,
        "object": "account",
        "business_type": "company",
        "charges_enabled": True,
        "country": "US",
        "default_currency": "usd",
        "details_submitted": True,
        "email": None,
        "metadata": {},
        "payouts_enabled": True,
        "type": "standard",
    }


@BALANCE.on("GET", "", "BalanceRetrieveParams")
def retrieve_balance(world: World, call: Call) -> Document:
    """Net sums by currency, pending until Stripe would pay them out."""
    available: Counter[str] = Counter({"usd": 0})
    pending: Counter[str] = Counter({"usd": 0})
    for transaction in world.all("balance_transaction"):
        ready = world.now() >= transaction["available_on"]
        (available if ready else pending)[transaction["currency"]] += transaction["net"]
    return {
        "object": "balance",
        "available": [_sum(currency, amount) for currency, amount in available.items()],
        "livemode": False,
        "pending": [_sum(currency, amount) for currency, amount in pending.items()],
    }


def _sum(currency: str, amount: int) -> Document:
    return {"amount": amount, "currency": currency, "source_types": {"card": amount}}
