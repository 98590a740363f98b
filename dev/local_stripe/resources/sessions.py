"""Checkout sessions over the API and how they end unpaid. How one is paid stands in `paying`."""

from dev.local_stripe.api import DAY, Call, Document, Params, Resource, World, blank, invalid, missing
from dev.local_stripe.api.resource import answer, set_fields
from dev.local_stripe.resources import catalogue, charges
from dev.local_stripe.resources.charges import checked_amount
from dev.local_stripe.resources.discounts import offered, reductions

KIND = "checkout.session"


def expire(world: World, session_id: str) -> None:
    session = world.get(KIND, session_id) | {"status": "expired", "url": None}
    intent = world.find("payment_intent", session["payment_intent"] or "")
    if intent is not None and intent["status"] in charges.CONFIRMABLE:
        charges.cancel(world, intent, "expired")
    world.put(KIND, session, f"{KIND}.expired")


def tell_session(world: World, intent: Document) -> None:
    """The money of a session that was completed unpaid has come, or will not."""
    for session in world.all(KIND):
        waits = session["status"] == "complete" and session["payment_status"] == "unpaid"
        if waits and session["_intent"] == intent["id"]:
            paid = intent["status"] == "succeeded"
            status = "paid" if paid else "unpaid"
            event = f"{KIND}.async_payment_{'succeeded' if paid else 'failed'}"
            world.put(KIND, session | {"payment_status": status}, event)


FIELDS = (
    "allow_promotion_codes cancel_url client_reference_id customer_email integration_identifier locale metadata "
    "payment_method_collection submit_type success_url"
)
PRICE_DATA = "currency product product_data.name product_data.description unit_amount recurring.interval"
DATA = {
    "payment": "description metadata receipt_email setup_future_usage statement_descriptor_suffix",
    "subscription": "description metadata proration_behavior trial_period_days trial_settings",
    "setup": "description metadata",
}
DATA_OF = {"payment": "payment_intent_data", "subscription": "subscription_data", "setup": "setup_intent_data"}
SUPPORTED = " ".join(
    [
        f"allowed_payment_method_types currency customer customer_creation expires_at mode ui_mode {FIELDS}",
        "discounts.coupon discounts.promotion_code line_items.price line_items.quantity line_items.metadata",
        "payment_method_options.card.request_three_d_secure",
        "line_items.price_data.recurring.interval_count",
        *(f"line_items.price_data.{name}" for name in PRICE_DATA.split()),
        *(f"{DATA_OF[mode]}.{name}" for mode, names in DATA.items() for name in names.split()),
    ]
)


def _line_items(world: World, session: Document) -> Document:
    lines = [line | {"price": world.render("price", world.get("price", line["price"]))} for line in session["_lines"]]
    return answer(f"{RESOURCE.url}/{session['id']}/line_items", lines)


def _keep(world: World, session: Document, params: Params) -> bool:
    email = params.get("customer_details", {}).get("email")
    return email is None or (session["customer_details"] or {}).get("email") == email


RESOURCE = Resource(KIND, "/v1/checkout/sessions", includes={"line_items": _line_items})
RESOURCE.reads().lists("customer payment_intent status subscription", "customer_details.email", _keep)


@RESOURCE.creates(SUPPORTED)
def create(world: World, call: Call) -> Document:
    params = call.params
    _refuse(world, params)
    mode = params["mode"]
    session = new_session(world, mode, params.get("expires_at", world.now() + DAY))
    set_fields(session, params, FIELDS)
    customer = world.refer("customer", params["customer"], "customer")["id"] if "customer" in params else None
    created = None if customer or mode == "setup" else "always" if mode == "subscription" else "if_required"
    session |= {"customer": customer, "customer_creation": params.get("customer_creation", created)}
    session["_data"] = params.get(DATA_OF[mode], {})
    session["_options"] = params.get("payment_method_options", {})
    if mode == "setup":
        intent = charges.new_intent(world, "setup_intent", customer=customer, **session["_data"])
        session["setup_intent"] = world.put("setup_intent", intent, "setup_intent.created")["id"]
        session |= {"currency": params.get("currency"), "payment_status": "no_payment_required"}
    else:
        for position, entry in enumerate(params["line_items"]):
            session["_lines"].append(_line(world, session, entry, f"line_items[{position}]"))
        set_discounts(world, session, params.get("discounts", []))
        if mode == "payment" and session["amount_total"]:
            checked_amount(session["amount_total"], session["currency"])
    return world.put(KIND, session)


def new_session(world: World, mode: str, expires_at: int) -> Document:
    session = world.new(KIND, "cs_test", mode=mode, expires_at=expires_at, status="open", payment_status="unpaid")
    session |= {"_lines": [], "_discounts": [], "_intent": None, "custom_fields": [], "shipping_options": []}
    session["custom_text"] = dict.fromkeys(session["custom_text"])
    session["automatic_tax"] |= {"enabled": False}
    session["payment_method_types"] = ["card"]
    return session | {"ui_mode": "hosted_page", "url": f"{world.base_url}/checkout/{session['id']}"}


def _refuse(world: World, params: Params) -> None:
    """Raises a 400 for what does not go together."""
    mode = params.get("mode")
    needed = ["mode", "success_url", *([] if mode == "setup" else ["line_items"])]
    for name in needed:
        if not params.get(name):
            raise missing(name)
    for other, name in DATA_OF.items():
        if other != mode and name in params:
            raise invalid(f"You can not pass `{name}` in `{mode}` mode.", param=name)
    if params.get("ui_mode", "hosted_page") != "hosted_page":
        raise invalid("The local Stripe has hosted pages only.", param="ui_mode")
    for first, second in (("customer", "customer_email"), ("allow_promotion_codes", "discounts")):
        if params.get(first) and second in params:
            raise invalid(f"You may only specify one of these parameters: {first}, {second}.", param=second)
    if not 30 * 60 <= params.get("expires_at", world.now() + DAY) - world.now() <= DAY:
        message = "The `expires_at` timestamp must be between 30 minutes and 24 hours from Checkout Session creation."
        raise invalid(message, param="expires_at")


def _line(world: World, session: Document, entry: Params, param: str) -> Document:
    if entry.get("quantity", 0) < 1:
        raise invalid(f"Quantity is required. Add `quantity` to `{param}`", param=f"{param}[quantity]")
    price = _price(world, session, entry, param)
    if not session["currency"]:
        session["currency"] = price["currency"]
    if price["currency"] != session["currency"]:
        raise invalid("All prices of a Checkout Session must have the same currency.", param=param)
    if price["recurring"] and session["mode"] == "payment":
        raise invalid("You specified `payment` mode but passed a recurring price.", param=param)
    if not price["recurring"] and session["mode"] == "subscription":
        raise invalid("The local Stripe takes recurring prices only in `subscription` mode.", param=param)
    amount = price["unit_amount"] * entry["quantity"]
    return blank("item") | {
        "id": world.new_id("li"),
        "amount_subtotal": amount,
        "amount_total": amount,
        "currency": price["currency"],
        "description": world.get("product", price["product"])["name"],
        "metadata": entry.get("metadata", {}),
        "price": price["id"],
        "quantity": entry["quantity"],
    }


def _price(world: World, session: Document, entry: Params, param: str) -> Document:
    if "price" in entry:
        price = world.refer("price", entry["price"], f"{param}[price]")
        if not price["active"]:
            raise invalid(f"The price specified is inactive: {price['id']}", param=f"{param}[price]")
        return price
    if "price_data" not in entry:
        raise invalid(f"You must specify either `price` or `price_data` in `{param}`.", param=param)
    price = catalogue.create_price(world, Call(params=entry["price_data"]))
    named = entry["price_data"].get("product_data")
    if named:
        product = world.get("product", price["product"])
        set_fields(product, named, "description")
        world.put("product", product | {"active": session["mode"] == "subscription"})
    return world.put("price", price | {"active": session["mode"] == "subscription"})


def set_discounts(world: World, session: Document, entries: list[Params]) -> None:
    """What the session costs with these discounts, which are redeemed when it is paid."""
    lines, data = session["_lines"], session["_data"]
    subtotal = sum(line["amount_subtotal"] for line in lines)
    buyer = {"customer": session["customer"], "id": None, "currency": session["currency"], "discounts": []}
    found = offered(world, buyer, entries, subtotal)
    cuts = reductions(world, found, [line["amount_subtotal"] for line in lines])
    for line, cut_ in zip(lines, cuts, strict=True):
        line["amount_discount"] = sum(each["amount"] for each in cut_)
        line["amount_total"] = line["amount_subtotal"] - line["amount_discount"]
    off = sum(line["amount_discount"] for line in lines)
    free = "trial_period_days" in data
    session |= {"amount_subtotal": 0 if free else subtotal, "amount_total": 0 if free else subtotal - off}
    session["total_details"] = {"amount_discount": 0 if free else off, "amount_shipping": 0, "amount_tax": 0}
    shown = [{"coupon": each["source"]["coupon"], "promotion_code": each["promotion_code"]} for each in found]
    session |= {"_discounts": entries, "discounts": shown}


@RESOURCE.does("expire")
def expire_now(world: World, call: Call) -> Document:
    if world.get(KIND, call.id)["status"] != "open":
        raise invalid(f'Only Checkout Sessions with a status in ["open"] can be expired: {call.id}')
    expire(world, call.id)
    return world.get(KIND, call.id)
