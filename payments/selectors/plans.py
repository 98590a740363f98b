"""What is for sale, from code alone: it can be read while Stripe and the database are away."""

from typing import Any

from accounts.models import Plan
from payments import purchasables
from payments.catalogue import OFFERS, RANKS
from payments.entitlements import FEATURES, LIMITS
from payments.money import to_decimal_string
from payments.purchasables import Price

DESCRIPTIONS = {
    Plan.FREE: "Get to know your own numbers.",
    Plan.BASIC: "A reading for every day, and your life path explained.",
    Plan.PREMIUM: "You and those you love: compatibility, remedies and reports to keep.",
    Plan.ELITE: "Everything, with experts at your side.",
}
CURRENCY = "usd"


def plans(current: Plan | None) -> list[dict[str, Any]]:
    """Every plan from the lowest on, as plain values; ``current`` is the caller's, None for somebody unknown."""
    return [_plan(plan, current) for plan in RANKS]


def products() -> list[dict[str, Any]]:
    """What can be bought once, by kind; price and description are None where they depend on what is chosen."""
    return [_product(kind) for kind in purchasables.registered()]


def _plan(plan: Plan, current: Plan | None) -> dict[str, Any]:
    offer = OFFERS.get(plan)
    amount, currency = (offer.amount, offer.currency) if offer else (0, CURRENCY)
    return {
        "code": plan.value,
        "name": plan.label,
        "description": DESCRIPTIONS[plan],
        "price": to_decimal_string(amount, currency),
        "amount": amount,
        "currency": currency,
        "interval": "month" if offer else None,
        "trial_days": offer.trial_days if offer else 0,
        "features": [
            {"code": code, "sentence": feature.sentence, "is_new": feature.plan == plan}
            for code, feature in FEATURES.items()
            if RANKS[feature.plan] <= RANKS[plan]
        ],
        "limits": [
            {"code": code, "granted": limit.grants[plan], "sentence": limit.sentence(plan)}
            for code, limit in LIMITS.items()
        ],
        "is_current": None if current is None else current == plan,
    }


def _product(kind: str) -> dict[str, Any]:
    sold = purchasables.get(kind)
    price = sold.price if isinstance(sold.price, Price) else None
    return {
        "kind": kind,
        "description": sold.description if isinstance(sold.description, str) else None,
        "price": to_decimal_string(price.amount, price.currency) if price else None,
        "amount": price.amount if price else None,
        "currency": price.currency if price else None,
        "per_person": sold.limits.per_person,
    }
