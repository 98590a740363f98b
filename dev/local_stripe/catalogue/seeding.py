"""The products and prices that a server starts with."""

from collections.abc import Mapping

from dev.local_stripe.catalogue.prices import new_price
from dev.local_stripe.catalogue.products import new_product
from dev.local_stripe.world.world import World

MONTHLY_USD_CENTS = {"basic": 999, "premium": 1999, "elite": 2999}


def seed(world: World, prices: Mapping[str, str]) -> None:
    """Create a product and a monthly price with exactly the given id for each plan that lacks them."""
    with world.transaction():
        for plan, price_id in prices.items():
            if world.find("price", price_id) is None:
                product = new_product(world, plan.capitalize()) | {"default_price": price_id}
                cents, monthly = MONTHLY_USD_CENTS[plan], {"interval": "month"}
                price = new_price(world, product=product["id"], currency="usd", unit_amount=cents, recurring=monthly)
                world.put("product", product)
                world.put("price", price | {"id": price_id, "lookup_key": plan})
