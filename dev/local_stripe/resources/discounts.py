"""Coupons, the promotion codes that stand for them, and what both take off."""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

from dev.local_stripe.api import Call, Document, Params, Resource, World, invalid, missing, set_fields
from dev.local_stripe.world.periods import add_intervals

COUPON_FIELDS = "amount_off currency duration duration_in_months max_redemptions metadata name percent_off redeem_by"
RESTRICTIONS = "first_time_transaction minimum_amount minimum_amount_currency"
CODE_FIELDS = "active expires_at max_redemptions metadata"


def coupon_holds(world: World, coupon: Document) -> bool:
    """Whether it can still be redeemed: not deleted, not too old, not used up."""
    late = coupon["redeem_by"] is not None and coupon["redeem_by"] <= world.now()
    return not (late or coupon.get("_deleted") or _used_up(coupon))


def code_holds(world: World, code: Document) -> bool:
    late = code["expires_at"] is not None and code["expires_at"] <= world.now()
    coupon = world.get("coupon", code["promotion"]["coupon"])
    return bool(code["active"] and not late and not _used_up(code) and coupon_holds(world, coupon))


def _used_up(document: Document) -> bool:
    limit = document["max_redemptions"]
    return bool(limit is not None and document["times_redeemed"] >= limit)


def _render_coupon(world: World, coupon: Document) -> Document:
    return coupon | {"valid": coupon_holds(world, world.find("coupon", coupon["id"]) or coupon)}


def _render_code(world: World, code: Document) -> Document:
    return code | {"active": code_holds(world, code)}


def _keeps_code(world: World, code: Document, params: Params) -> bool:
    active = code_holds(world, code)
    named = str(params.get("code", code["code"])).upper() == code["code"].upper()
    of_coupon = params.get("coupon", code["promotion"]["coupon"]) == code["promotion"]["coupon"]
    return bool(named and of_coupon and params.get("active", active) == active)


COUPON = Resource("coupon", "/v1/coupons", render=_render_coupon).reads().lists()
CODE = Resource("promotion_code", "/v1/promotion_codes", render=_render_code).reads()
CODE.lists("customer", "active code coupon", _keeps_code).amends("active metadata", "promotion_code.updated")


@COUPON.creates(f"id {COUPON_FIELDS}")
def create_coupon(world: World, call: Call) -> Document:
    params = call.params
    if ("percent_off" in params) == ("amount_off" in params):
        raise invalid("You must pass either percent_off or amount_off, but not both.", param="percent_off")
    if not 0 < params.get("percent_off", 1) <= 100 or params.get("amount_off", 1) <= 0:
        raise invalid("A coupon takes off more than 0 and at most 100 percent.", code="parameter_invalid_integer")
    if "amount_off" in params and "currency" not in params:
        raise missing("currency")
    if (params.get("duration") == "repeating") != ("duration_in_months" in params):
        raise invalid("duration_in_months belongs to the duration repeating.", param="duration_in_months")
    identifier = params.get("id", world.new_id("c")[2:10])
    if world.find("coupon", identifier) is not None:
        raise invalid(f"Coupon already exists: {identifier}", param="id", code="resource_already_exists")
    coupon = world.new("coupon", "c", duration="once") | {"id": identifier}
    set_fields(coupon, params, COUPON_FIELDS)
    return world.put("coupon", coupon, "coupon.created")


@CODE.creates(
    f"code customer promotion.type promotion.coupon {' '.join(f'restrictions.{n}' for n in RESTRICTIONS.split())} "
    f"{CODE_FIELDS}"
)
def create_code(world: World, call: Call) -> Document:
    params = call.params
    coupon = world.refer("coupon", params["promotion"].get("coupon", ""), "promotion[coupon]")
    text = str(params.get("code", world.new_id("c")[2:10].upper()))
    if any(each["code"].upper() == text.upper() and code_holds(world, each) for each in world.all("promotion_code")):
        raise invalid(f"An active promotion code with `code: {text}` already exists.", param="code")
    code = world.new("promotion_code", "promo", active=True, code=text)
    code["promotion"] = {"coupon": coupon["id"], "type": "coupon"}
    if "customer" in params:
        code["customer"] = world.refer("customer", params["customer"], "customer")["id"]
    # Answered only when expanded.
    del code["restrictions"]["currency_options"]
    set_fields(code["restrictions"], params.get("restrictions", {}), RESTRICTIONS)
    set_fields(code, params, CODE_FIELDS)
    return world.put("promotion_code", code, "promotion_code.created")


EVENT = "customer.discount"


def offered(world: World, subscription: Document, entries: Sequence[Params], gross: int) -> list[Document]:
    """The discounts that the entries of a `discounts` parameter ask for, not stored yet; `gross` is what the
    subscription costs in a period. Raises a 400 for a coupon or code that cannot be redeemed here."""
    return [_offered(world, subscription, entry, f"discounts[{n}]", gross) for n, entry in enumerate(entries)]


def _offered(world: World, subscription: Document, entry: Params, param: str, gross: int) -> Document:
    if len(entry) != 1:
        raise invalid("Each discount takes exactly one of coupon, promotion_code and discount.", param=param)
    ((name, identifier),) = entry.items()
    if name == "discount":
        if identifier not in subscription["discounts"]:
            raise invalid(f"No such discount: '{identifier}'", param=f"{param}[discount]", code="resource_missing")
        return world.get("discount", identifier)
    code = None
    if name == "promotion_code":
        code = world.refer("promotion_code", identifier, f"{param}[promotion_code]")
        _check_code(world, subscription, code, f"{param}[promotion_code]", gross)
        identifier = code["promotion"]["coupon"]
    coupon = world.refer("coupon", identifier, f"{param}[{name}]")
    if not coupon_holds(world, coupon):
        raise invalid(f"Coupon expired: {identifier}", param=f"{param}[{name}]", code="coupon_expired")
    if coupon["currency"] not in (None, subscription["currency"]):
        raise invalid("The coupon's currency differs from the subscription's.", param=f"{param}[{name}]")
    return _new_discount(world, subscription, coupon, code)


def _check_code(world: World, subscription: Document, code: Document, param: str, gross: int) -> None:
    customer, bounds = subscription["customer"], code["restrictions"]
    bought = [each for each in world.all("invoice") if each["customer"] == customer]
    bought = [each for each in bought if each["status"] not in ("draft", "void")]
    reasons = {
        "it is expired or inactive": not code_holds(world, code),
        "it belongs to another customer": code["customer"] not in (None, customer),
        "the associated customer has prior transactions": bounds["first_time_transaction"] and bought,
        "the minimum amount has not been met": gross < (bounds["minimum_amount"] or 0),
    }
    for reason, applies in reasons.items():
        if applies:
            raise invalid(f"This promotion code cannot be redeemed because {reason}.", param=param)


def _new_discount(world: World, subscription: Document, coupon: Document, code: Document | None) -> Document:
    discount = world.new("discount", "di", customer=subscription["customer"], subscription=subscription["id"])
    del discount["created"]
    months = coupon["duration_in_months"]
    monthly = {"interval": "month", "interval_count": 1}
    return discount | {
        "end": add_intervals(world.now(), monthly, months) if months else None,
        "promotion_code": code["id"] if code else None,
        "source": {"coupon": coupon["id"], "type": "coupon"},
        "start": world.now(),
    }


def redeem(world: World, subscription: Document, entries: Sequence[Params], gross: int) -> None:
    """Puts these discounts in the place of the subscription's present ones and counts the redemptions."""
    wanted = offered(world, subscription, entries, gross)
    identifiers = [discount["id"] for discount in wanted]
    drop(world, subscription, [gone for gone in subscription["discounts"] if gone not in identifiers])
    for discount in wanted:
        if discount["id"] in subscription["discounts"]:
            continue
        count(world, discount["source"]["coupon"], discount["promotion_code"])
        world.put("discount", discount, f"{EVENT}.created")
    subscription["discounts"] = identifiers


def count(world: World, coupon: str | None, code: str | None) -> None:
    for kind, identifier in (("coupon", coupon), ("promotion_code", code)):
        if identifier is not None:
            world.change(kind, identifier, {"times_redeemed": world.get(kind, identifier)["times_redeemed"] + 1})


def drop(world: World, subscription: Document, identifiers: Sequence[str]) -> None:
    """Takes discounts off the subscription, which the caller stores."""
    for identifier in identifiers:
        subscription["discounts"] = [each for each in subscription["discounts"] if each != identifier]
        world.emit(f"{EVENT}.deleted", world.render("discount", world.get("discount", identifier)))


def in_force(world: World, subscription: Document) -> list[Document]:
    """The subscription's discounts; in a preview whole documents stand where ids do otherwise."""
    found = [each if isinstance(each, dict) else world.get("discount", each) for each in subscription["discounts"]]
    return [each for each in found if each["end"] is None or each["end"] > world.now()]


def used_up_by(world: World, invoice: Document) -> list[str]:
    """The discounts for one invoice only that took something off this one."""
    taken = [each["discount"] for each in invoice["total_discount_amounts"] if each["amount"]]
    found = [(each, world.get("discount", each)["source"]["coupon"]) for each in taken]
    return [each for each, coupon in found if world.get("coupon", coupon)["duration"] == "once"]


def reductions(world: World, discounts: Sequence[Document], amounts: Sequence[int]) -> list[list[Document]]:
    """What each discount takes off each amount, one after the other, in minor units rounded half up."""
    left = list(amounts)
    cuts: list[list[Document]] = [[] for _ in amounts]
    for discount in discounts:
        for place, off in enumerate(_shares(world.get("coupon", discount["source"]["coupon"]), left)):
            left[place] -= off
            cuts[place].append({"amount": off, "discount": discount["id"]})
    return cuts


def _shares(coupon: Document, left: list[int]) -> list[int]:
    if coupon["percent_off"] is not None:
        share = Decimal(str(coupon["percent_off"])) / 100
        return [int((amount * share).quantize(Decimal(1), ROUND_HALF_UP)) for amount in left]
    total = sum(left)
    off = min(coupon["amount_off"], total)
    shares, passed, given = [], 0, 0
    for amount in left:
        passed += amount
        shares.append(off * passed // total - given if total else 0)
        given += shares[-1]
    return shares
