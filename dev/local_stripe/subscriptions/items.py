"""Subscription items."""

from dev.local_stripe.api.contract import Params
from dev.local_stripe.api.errors import invalid
from dev.local_stripe.catalogue.prices import as_plan
from dev.local_stripe.world.storage import Document
from dev.local_stripe.world.world import World

MAXIMUM_QUANTITY = 999_999


def usable_price(world: World, subscription: Document, identifier: str, param: str) -> Document:
    """An active recurring price in the subscription's currency."""
    price = world.refer("price", identifier, f"{param}[price]")
    if not price["active"]:
        raise invalid(f"The price specified is inactive: {identifier}", param=f"{param}[price]")
    if not world.get("product", price["product"])["active"]:
        raise invalid(f"The price's product is not active: {price['product']}", param=f"{param}[price]")
    if price["recurring"] is None:
        raise invalid(
            f"The price specified is set to `type=one_time` but this field only accepts prices with "
            f"`type=recurring`: {identifier}",
            param=f"{param}[price]",
        )
    others = subscription["items"]["data"]
    if others and subscription["currency"] not in ("", price["currency"]):
        raise invalid("The price's currency differs from the subscription's.", param=f"{param}[price]")
    return price


def quantity_of(entry: Params, default: int, param: str) -> int:
    quantity = int(entry.get("quantity", default))
    if not 0 <= quantity <= MAXIMUM_QUANTITY:
        raise invalid("Invalid non-negative integer", param=f"{param}[quantity]", code="parameter_invalid_integer")
    return quantity


def new_item(world: World, subscription: Document, entry: Params, *, param: str) -> Document:
    if "price" not in entry:
        raise invalid(f"Missing required param: {param}[price].", param=param, code="parameter_missing")
    price = usable_price(world, subscription, entry["price"], param)
    subscription["currency"] = price["currency"]
    return world.new(
        "subscription_item",
        "si",
        metadata=dict(entry.get("metadata") or {}),
        price=price["id"],
        quantity=quantity_of(entry, 1, param),
        subscription=subscription["id"],
        tax_rates=[],
    )


def render_item(world: World, item: Document) -> Document:
    price = world.get("price", item["price"])
    rendered = world.render("price", price)
    return {**item, "plan": as_plan(price), "price": rendered}


def render_items(world: World, subscription: Document) -> Document:
    """The subscription with its items' prices embedded, as they are always answered."""
    for holder, name in ((subscription["items"], "data"), (subscription["pending_update"], "subscription_items")):
        if holder is not None and holder[name] is not None:
            holder[name] = [render_item(world, item) for item in holder[name]]
    return subscription


def recurring_of(world: World, items: list[Document]) -> Document:
    """The one billing interval that all items share."""
    schedules: list[Document] = [world.get("price", item["price"])["recurring"] for item in items]
    if any(schedule != schedules[0] for schedule in schedules):
        raise invalid("The local Stripe bills all items of a subscription at one interval.", param="items")
    return schedules[0]
