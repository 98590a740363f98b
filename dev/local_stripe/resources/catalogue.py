"""Currencies, products and prices, and those that a server starts with."""

from collections.abc import Mapping

from dev.local_stripe.api import Call, Document, Params, Resource, World, blank, invalid, missing, set_fields
from dev.local_stripe.world.periods import MONTHS

ZERO_DECIMAL = {"bif", "clp", "djf", "gnf", "jpy", "kmf", "krw", "mga", "pyg", "rwf", "vnd", "vuv", "xaf", "xof", "xpf"}
THREE_DECIMAL = {"bhd", "jod", "kwd", "omr", "tnd"}
TWO_DECIMAL = (
    "aed afn all amd ang aoa ars aud awg azn bam bbd bdt bgn bmd bnd bob brl bsd bwp byn bzd cad cdf chf cny cop crc "
    "cve czk dkk dop dzd egp etb eur fjd fkp gbp gel gip gmd gtq gyd hkd hnl htg huf idr ils inr isk jmd kes kgs khr "
    "kyd kzt lak lbp lkr lrd lsl mad mdl mkd mmk mnt mop mur mvr mwk mxn myr mzn nad ngn nio nok npr nzd pab pen pgk "
    "php pkr pln qar ron rsd rub sar sbd scr sek sgd shp sle sos srd std szl thb tjs top try ttd twd tzs uah ugx usd "
    "uyu uzs wst xcd xcg yer zar zmw"
)
CURRENCIES = ZERO_DECIMAL | THREE_DECIMAL | set(TWO_DECIMAL.split())
# In minor units; half a dollar's worth where Stripe names none.
MINIMUM_CHARGES = {"aed": 200, "bgn": 100, "czk": 1500, "dkk": 250, "gbp": 30, "hkd": 400, "huf": 17500, "mxn": 1000}
MINIMUM_CHARGES |= {"myr": 200, "nok": 300, "pln": 200, "ron": 200, "sek": 300, "thb": 1000}


def minimum_charge(currency: str) -> int:
    return MINIMUM_CHARGES.get(currency, 150 if currency in THREE_DECIMAL else 50)


def money(amount: int, currency: str) -> str:
    """Minor units in the currency's own notation: 999 usd is 9.99 USD, 1500 kwd 1.500 KWD."""
    if currency in ZERO_DECIMAL:
        return f"{amount} {currency.upper()}"
    places = 3 if currency in THREE_DECIMAL else 2
    whole, rest = divmod(abs(amount), 10**places)
    return f"{'-' if amount < 0 else ''}{whole}.{rest:0{places}} {currency.upper()}"


PRODUCT_FIELDS = "active description images metadata name shippable statement_descriptor unit_label url"

PRODUCT = Resource("product", "/v1/products").reads()


def new_product(world: World, name: str) -> Document:
    return world.new("product", "prod", active=True, name=name, type="service", updated=world.now())


@PRODUCT.creates(f"id {PRODUCT_FIELDS}")
def create_product(world: World, call: Call) -> Document:
    product = new_product(world, call.params["name"])
    product["id"] = call.params.get("id", product["id"])
    set_fields(product, call.params, PRODUCT_FIELDS)
    return world.put("product", product, "product.created")


@PRODUCT.updates(f"default_price {PRODUCT_FIELDS}")
def update_product(world: World, call: Call) -> Document:
    product = world.living("product", call.id) | {"updated": world.now()}
    set_fields(product, call.params, PRODUCT_FIELDS)
    if "default_price" in call.params:
        product["default_price"] = world.refer("price", call.params["default_price"], "default_price")["id"]
    return world.put("product", product, "product.updated")


def _keeps_product(world: World, product: Document, params: Params) -> bool:
    return product["id"] in params.get("ids", [product["id"]])


PRODUCT.lists("active", "ids", _keeps_product)


PRICE_FIELDS = "active lookup_key metadata nickname tax_behavior"

PRICE = Resource("price", "/v1/prices").reads()


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


@PRICE.creates(
    "currency product product_data.name unit_amount recurring.interval recurring.interval_count transfer_lookup_key "
    + PRICE_FIELDS
)
def create_price(world: World, call: Call) -> Document:
    params = call.params
    if "unit_amount" not in params:
        raise missing("unit_amount")
    if params.get("recurring", {}).get("interval", "month") not in MONTHS:
        raise invalid("The local Stripe bills every month or year.", param="recurring[interval]")
    if params["unit_amount"] < 0:
        raise invalid("Invalid non-negative integer", param="unit_amount", code="parameter_invalid_integer")
    product = _product(world, params)["id"]
    currency, amount = params["currency"].lower(), params["unit_amount"]
    recurring = params.get("recurring")
    price = new_price(world, product=product, currency=currency, unit_amount=amount, recurring=recurring)
    _claim_lookup_key(world, price, params)
    set_fields(price, params, PRICE_FIELDS)
    return world.put("price", price, "price.created")


def _product(world: World, params: Params) -> Document:
    if "product" in params:
        return world.refer("product", params["product"], "product")
    if "product_data" in params:
        return world.put("product", new_product(world, params["product_data"]["name"]), "product.created")
    raise invalid("You must specify either `product` or `product_data`.", param="product")


@PRICE.updates(f"transfer_lookup_key {PRICE_FIELDS}")
def update_price(world: World, call: Call) -> Document:
    price = world.get("price", call.id)
    _claim_lookup_key(world, price, call.params)
    set_fields(price, call.params, PRICE_FIELDS)
    return world.put("price", price, "price.updated")


def _claim_lookup_key(world: World, price: Document, params: Params) -> None:
    """A lookup key names one price; `transfer_lookup_key` takes it from the one that has it."""
    key = params.get("lookup_key")
    for holder in world.all("price"):
        if key and holder["lookup_key"] == key and holder["id"] != price["id"]:
            if not params.get("transfer_lookup_key"):
                raise invalid(f"A price (`{holder['id']}`) already uses that lookup key.", param="lookup_key")
            world.put("price", holder | {"lookup_key": None}, "price.updated")


def _keeps_price(world: World, price: Document, params: Params) -> bool:
    return price["lookup_key"] in params.get("lookup_keys", [price["lookup_key"]])


PRICE.lists("active currency product type", "lookup_keys", _keeps_price)


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
