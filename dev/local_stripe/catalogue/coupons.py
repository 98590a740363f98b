"""Coupons and the promotion codes that stand for them."""

from dev.local_stripe.api.changes import set_fields
from dev.local_stripe.api.contract import Params
from dev.local_stripe.api.errors import invalid
from dev.local_stripe.api.routes import Call, Resource
from dev.local_stripe.world.storage import Document
from dev.local_stripe.world.world import World

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


def _keep(world: World, code: Document, params: Params) -> bool:
    active = code_holds(world, code)
    named = str(params.get("code", code["code"])).upper() == code["code"].upper()
    of_coupon = params.get("coupon", code["promotion"]["coupon"]) == code["promotion"]["coupon"]
    return bool(named and of_coupon and params.get("active", active) == active)


COUPON = Resource("coupon", "/v1/coupons", render=_render_coupon)
COUPON.readable("CouponRetrieveParams")
COUPON.listable("CouponListParams")
CODE = Resource("promotion_code", "/v1/promotion_codes", render=_render_code)
CODE.readable("PromotionCodeRetrieveParams")
CODE.listable("PromotionCodeListParams", "customer", "active code coupon", _keep)


@COUPON.on("POST", "", "CouponCreateParams", f"id {COUPON_FIELDS}")
def create_coupon(world: World, call: Call) -> Document:
    params = call.params
    if ("percent_off" in params) == ("amount_off" in params):
        raise invalid("You must pass either percent_off or amount_off, but not both.", param="percent_off")
    if not 0 < params.get("percent_off", 1) <= 100 or params.get("amount_off", 1) <= 0:
        raise invalid("A coupon takes off more than 0 and at most 100 percent.", code="parameter_invalid_integer")
    if "amount_off" in params and "currency" not in params:
        raise invalid("Missing required param: currency.", param="currency", code="parameter_missing")
    if (params.get("duration") == "repeating") != ("duration_in_months" in params):
        raise invalid("duration_in_months belongs to the duration repeating.", param="duration_in_months")
    identifier = params.get("id", world.new_id("c")[2:10])
    if world.find("coupon", identifier) is not None:
        raise invalid(f"Coupon already exists: {identifier}", param="id", code="resource_already_exists")
    coupon = world.new("coupon", "c", duration="once") | {"id": identifier}
    set_fields(coupon, params, COUPON_FIELDS)
    return world.put("coupon", coupon, "coupon.created")


@COUPON.on("POST", "/{id}", "CouponUpdateParams", "name metadata")
def update_coupon(world: World, call: Call) -> Document:
    coupon = world.living("coupon", call.id)
    set_fields(coupon, call.params, "name metadata")
    return world.put("coupon", coupon, "coupon.updated")


@COUPON.on("DELETE", "/{id}", "CouponDeleteParams")
def delete_coupon(world: World, call: Call) -> Document:
    """Nobody can redeem it any more; who has it keeps it."""
    coupon = world.living("coupon", call.id)
    world.put("coupon", coupon | {"_deleted": True}, "coupon.deleted")
    return {"id": call.id, "object": "coupon", "deleted": True}


@CODE.on(
    "POST",
    "",
    "PromotionCodeCreateParams",
    f"code customer promotion.type promotion.coupon {' '.join(f'restrictions.{n}' for n in RESTRICTIONS.split())} "
    f"{CODE_FIELDS}",
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


@CODE.on("POST", "/{id}", "PromotionCodeUpdateParams", "active metadata")
def update_code(world: World, call: Call) -> Document:
    code = world.get("promotion_code", call.id)
    set_fields(code, call.params, "active metadata")
    return world.put("promotion_code", code, "promotion_code.updated")
