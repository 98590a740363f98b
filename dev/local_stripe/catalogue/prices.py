"""Prices, and the plan that every subscription item still carries beside its price."""

from dev.local_stripe.api.changes import set_fields
from dev.local_stripe.api.contract import Params
from dev.local_stripe.api.errors import invalid
from dev.local_stripe.api.routes import Call, Resource
from dev.local_stripe.catalogue.products import new_product
from dev.local_stripe.world.shapes import blank
from dev.local_stripe.world.storage import Document
from dev.local_stripe.world.world import World

FIELDS = "active lookup_key metadata nickname tax_behavior"

RESOURCE = Resource("price", "/v1/prices")
RESOURCE.readable("PriceRetrieveParams")


def new_price(world: World, *, product: str, currency: str, unit_amount: int, recurring: Document | None) -> Document:
    price = world.new("price", "price", active=True, billing_scheme="per_unit", tax_behavior="unspecified")
    price |= {"product": product, "currency": currency, "type": "recurring" if recurring else "one_time"}
    price |= {"unit_amount": unit_amount, "unit_amount_decimal": str(unit_amount)}
    if recurring is not None:
        fixed = {"interval_count": 1, "meter": None, "trial_period_days": None, "usage_type": "licensed"}
        price["recurring"] = fixed | recurring
    return price


def as_plan(price: Document) -> Document:
    names = "id active billing_scheme created currency livemode metadata nickname product"
    timing = {name: price["recurring"][name] for name in ("interval", "interval_count", "usage_type")}
    amounts = {"amount": price["unit_amount"], "amount_decimal": price["unit_amount_decimal"]}
    return blank("plan") | {name: price[name] for name in names.split()} | timing | amounts


@RESOURCE.on(
    "POST",
    "",
    "PriceCreateParams",
    "currency product product_data.name unit_amount recurring.interval recurring.interval_count transfer_lookup_key "
    + FIELDS,
)
def create(world: World, call: Call) -> Document:
    params = call.params
    if "unit_amount" not in params:
        raise invalid("Missing required param: unit_amount.", param="unit_amount", code="parameter_missing")
    if params["unit_amount"] < 0:
        raise invalid("Invalid non-negative integer", param="unit_amount", code="parameter_invalid_integer")
    product = _product(world, params)["id"]
    currency, amount = params["currency"].lower(), params["unit_amount"]
    recurring = params.get("recurring")
    price = new_price(world, product=product, currency=currency, unit_amount=amount, recurring=recurring)
    _claim_lookup_key(world, price, params)
    set_fields(price, params, FIELDS)
    return world.put("price", price, "price.created")


def _product(world: World, params: Params) -> Document:
    if "product" in params:
        return world.refer("product", params["product"], "product")
    if "product_data" in params:
        return world.put("product", new_product(world, params["product_data"]["name"]), "product.created")
    raise invalid("You must specify either `product` or `product_data`.", param="product")


@RESOURCE.on("POST", "/{id}", "PriceUpdateParams", f"transfer_lookup_key {FIELDS}")
def update(world: World, call: Call) -> Document:
    price = world.get("price", call.id)
    _claim_lookup_key(world, price, call.params)
    set_fields(price, call.params, FIELDS)
    return world.put("price", price, "price.updated")


def _claim_lookup_key(world: World, price: Document, params: Params) -> None:
    """A lookup key names one price; `transfer_lookup_key` takes it from the one that has it."""
    key = params.get("lookup_key")
    for holder in world.all("price"):
        if key and holder["lookup_key"] == key and holder["id"] != price["id"]:
            if not params.get("transfer_lookup_key"):
                raise invalid(f"A price (`{holder['id']}`) already uses that lookup key.", param="lookup_key")
            world.put("price", holder | {"lookup_key": None}, "price.updated")


def _keep(world: World, price: Document, params: Params) -> bool:
    return price["lookup_key"] in params.get("lookup_keys", [price["lookup_key"]])


RESOURCE.listable("PriceListParams", "active currency product type", "lookup_keys", _keep)
