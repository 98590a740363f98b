"""What is for sale: three plans by the month, each at a price that the operator made at Stripe."""

from dataclasses import dataclass

from django.conf import settings

from accounts.models import Plan


@dataclass(frozen=True)
class Offer:
    """``amount`` in minor units a month."""

    plan: Plan
    amount: int
    currency: str = "usd"

    @property
    def price_id(self) -> str:
        """The price at Stripe that this offer is bought with."""
        return str(settings.STRIPE_PRICE_IDS[self.plan.value])

    @property
    def product_id(self) -> str:
        """The id that its product gets at Stripe, unless the price stood there before with a product of its own."""
        return f"numerai_{self.plan.value}"

    @property
    def lookup_key(self) -> str:
        """The name by which its price is found at Stripe, whatever its id."""
        return f"numerai_{self.plan.value}_monthly"

    @property
    def trial_days(self) -> int:
        """How long somebody who has never had a trial may try it; 0 for not at all."""
        return int(settings.STRIPE_TRIAL_DAYS.get(self.plan.value, 0))


OFFERS = {offer.plan: offer for offer in (Offer(Plan.BASIC, 999), Offer(Plan.PREMIUM, 1999), Offer(Plan.ELITE, 2999))}
RANKS = {plan: rank for rank, plan in enumerate((Plan.FREE, *OFFERS))}


def plan_of_price(price_id: str) -> Plan | None:
    """The plan now sold at that price."""
    return next((plan for plan, offer in OFFERS.items() if offer.price_id == price_id), None)
