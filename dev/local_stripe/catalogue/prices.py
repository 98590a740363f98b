"""Prices, and the plan that every subscription item still carries beside its price."""

from typing import Any

from dev.local_stripe.api.changes import set_fields, set_metadata
from dev.local_stripe.api.errors import invalid
from dev.local_stripe.api.listing import LIST_PARAMS, matches, page
from dev.local_stripe.api.routes import Call, Resource, Route
from dev.local_stripe.catalogue.products import new_product
from dev.local_stripe.world.storage import Document
from dev.local_stripe.world.world import World

FIELDS = "active lookup_key nickname tax_behavior"


def new_price(
    world: World, *, product: str, currency: str, unit_amount: int, recurring: dict[str, Any] | None
) -> Document:
    schedule = None
    if recurring is not None:
        schedule = {
            "interval": recurring["interval"],
            "interval_count": recurring.get("interval_count", 1),
            "meter": None,
            "trial_period_days": None,
            "usage_type": "licensed",
        }
    return {
        "id": world.new_id("price"),
        "object": "price",
        "active": True,
        "billing_scheme": "per_unit",
        "created": world.now(),
        "currency": currency,
        "custom_unit_amount": None,
        "livemode": False,
        "lookup_key": None,
        "metadata": {},
        "nickname": None,
        "product": product,
        "recurring": schedule,
        "tax_behavior": "unspecified",
        "tiers_mode": None,
        "transform_quantity": None,
        "type": "one_time" if schedule is None else "recurring",
        "unit_amount": unit_amount,
        "unit_amount_decimal": str(unit_amount),
    }


def as_plan(price: Document) -> Document:
    recurring = price["recurring"]
    return {
        "id": price["id"],
        "object": "plan",
        "active": price["active"],
        "amount": price["unit_amount"],
        "amount_decimal": price["unit_amount_decimal"],
        "billing_scheme": price["billing_scheme"],
        "created": price["created"],
        "currency": price["currency"],
        "interval": recurring["interval"],
        "interval_count": recurring["interval_count"],
        "livemode": False,
        "metadata": price["metadata"],
        "meter": None,
        "nickname": price["nickname"],
        "product": price["product"],
        "tiers_mode": None,
        "transform_usage": None,
        "trial_period_days": None,
        "usage_type": "licensed",
    }


def create(world: World, call: Call) -> Document:
    params = call.params
    if "unit_amount" not in params:
        raise invalid("Missing required param: unit_amount.", param="unit_amount", code="parameter_missing")
    if params["unit_amount"] < 0:
        raise invalid("Invalid non-negative integer", param="unit_amount", code="parameter_invalid_integer")
    price = new_price(
        world,
        product=_product(world, call)["id"],
        currency=params["currency"].lower(),
        unit_amount=params["unit_amount"],
        recurring=params.get("recurring"),
    )
    set_fields(price, params, FIELDS)
    set_metadata(price, params)
    return world.render("price", world.put("price", price, "price.created"))


def _product(world: World, call: Call) -> Document:
    if "product" in call.params:
        return world.refer("product", call.params["product"], "product")
    if "product_data" in call.params:
        product = new_product(world, name=call.params["product_data"]["name"])
        return world.put("product", product, "product.created")
    raise invalid("You must specify either `product` or `product_data`.", param="product")


def retrieve(world: World, call: Call) -> Document:
    return world.render("price", world.get("price", call.id))


def update(world: World, call: Call) -> Document:
    price = world.get("price", call.id)
    set_fields(price, call.params, FIELDS)
    set_metadata(price, call.params)
    return world.render("price", world.put("price", price, "price.updated"))


def list_prices(world: World, call: Call) -> Document:
    def keep(price: Document) -> bool:
        keys = call.params.get("lookup_keys")
        return matches(price, call.params, "active currency product type") and (
            keys is None or price["lookup_key"] in keys
        )

    return page(world, call, "price", "/v1/prices", keep)


RESOURCE = Resource(
    kind="price",
    routes=(
        Route(
            "POST",
            "/v1/prices",
            create,
            "PriceCreateParams",
            "currency product product_data.name unit_amount recurring.interval recurring.interval_count "
            f"metadata {FIELDS}",
        ),
        Route(
            "GET",
            "/v1/prices",
            list_prices,
            "PriceListParams",
            f"active currency product type lookup_keys created {LIST_PARAMS}",
        ),
        Route("GET", "/v1/prices/{id}", retrieve, "PriceRetrieveParams"),
        Route("POST", "/v1/prices/{id}", update, "PriceUpdateParams", f"metadata {FIELDS}"),
    ),
)
