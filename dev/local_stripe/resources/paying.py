"""What the customer does on the hosted page of a checkout session."""

from dev.local_stripe.api import Call, Document, StripeError, World, invalid
from dev.local_stripe.invoices.collection import confirm_intent, settle_slow
from dev.local_stripe.resources import charges, customers
from dev.local_stripe.resources.cards import attach_to, resolve
from dev.local_stripe.resources.discounts import count
from dev.local_stripe.resources.intents import authenticate, declined
from dev.local_stripe.resources.sessions import KIND, set_discounts
from dev.local_stripe.resources.setup_intents import set_up
from dev.local_stripe.subscriptions import subscriptions

GUEST = "guest@example.com"
NO_ADDRESS = dict.fromkeys(("city", "line1", "line2", "postal_code", "state"))


def pay_session(
    world: World,
    session_id: str,
    card: str = "pm_card_visa",
    *,
    authenticates: bool = True,
    promotion_code: str | None = None,
) -> Document:
    """The customer pays with a test card or one of their own, and authenticates where that is asked. A declined
    card is a 402 and the session stays open."""
    with world.transaction():
        session = world.get(KIND, session_id)
        if session["status"] != "open":
            raise invalid(f"This Checkout Session is {session['status']}.")
        if promotion_code is not None:
            if not session["allow_promotion_codes"]:
                raise invalid("This Checkout Session takes no promotion codes.", param="promotion_code")
            set_discounts(world, session, [{"promotion_code": promotion_code}])
        method = resolve(world, card, "card")
        MODES[session["mode"]](world, session, method, authenticates)
        return world.render(KIND, _complete(world, session))


def _complete(world: World, session: Document) -> Document:
    customer = world.get("customer", session["customer"]) if session["customer"] else {}
    email = session["customer_email"] or customer.get("email") or GUEST
    details = dict.fromkeys(("business_name", "individual_name", "phone")) | {"email": email, "tax_ids": []}
    address = {**NO_ADDRESS, "country": "US"}
    session["customer_details"] = details | {"address": address, "name": customer.get("name"), "tax_exempt": "none"}
    if session["mode"] == "payment":
        for each in session["discounts"]:
            count(world, each["coupon"], each["promotion_code"])
    session |= {"status": "complete", "url": None}
    return world.put(KIND, session, f"{KIND}.completed")


def _customer(world: World, session: Document) -> str:
    if session["customer"] is None:
        made = customers.create(world, Call(params={"email": session["customer_email"] or GUEST}))
        session["customer"] = made["id"]
    return str(session["customer"])


def _pay_once(world: World, session: Document, method: Document, authenticates: bool) -> None:
    if session["customer_creation"] == "always" or "setup_future_usage" in session["_data"]:
        _customer(world, session)
    if not session["amount_total"]:
        session["payment_status"] = "no_payment_required"
        return
    if session["payment_intent"] is None:
        costs = {"amount": session["amount_total"], "currency": session["currency"]}
        buyer = {"customer": session["customer"], "receipt_email": session["customer_email"]}
        intent = charges.new_intent(world, "payment_intent", **costs, **buyer) | session["_data"]
        world.put("payment_intent", intent, "payment_intent.created")
        session |= {"payment_intent": intent["id"], "_intent": intent["id"]}
        world.put(KIND, session)
    intent = world.get("payment_intent", session["payment_intent"]) | {"amount": session["amount_total"]}
    charges.set_options(intent, {"payment_method_options": session["_options"]})
    _charge(world, session, intent, method, authenticates)


def _charge(world: World, session: Document, intent: Document, method: Document, authenticates: bool) -> None:
    settled = _settled(world, confirm_intent(world, intent, method), authenticates)
    session["payment_status"] = "paid" if settled["status"] == "succeeded" else "unpaid"


def _settled(world: World, intent: Document, authenticates: bool) -> Document:
    """The intent once the customer has authenticated where that is asked; 402 when the card is declined."""
    if intent["status"] == "requires_action":
        authenticate(world, intent["id"], succeed=authenticates)
        intent = world.get(intent["object"], intent["id"])
    if intent["status"] == "requires_payment_method":
        raise declined(world, intent)
    return intent


def _subscribe(world: World, session: Document, method: Document, authenticates: bool) -> None:
    """A declined card leaves nothing behind: neither subscription nor customer."""
    customer = _customer(world, session)
    params = {
        "customer": customer,
        "items": [{"price": line["price"], "quantity": line["quantity"]} for line in session["_lines"]],
        "discounts": session["_discounts"],
        "payment_behavior": "default_incomplete",
        "payment_settings": {"save_default_payment_method": "on_subscription"},
        **session["_data"],
    }
    if not session["amount_total"]:
        params["default_payment_method"] = attach_to(world, method, customer)["id"]
    subscription = subscriptions.create(world, Call(params=params))
    invoice = world.get("invoice", subscription["latest_invoice"])
    session |= {"subscription": subscription["id"], "invoice": invoice["id"], "_intent": invoice.get("_intent")}
    try:
        if invoice["status"] != "paid":
            intent = world.get("payment_intent", invoice["_intent"])
            charges.set_options(intent, {"payment_method_options": session["_options"]})
            _charge(world, session, intent, method, authenticates)
            return
        session["payment_status"] = "no_payment_required"
        if subscription["pending_setup_intent"] is not None:
            _settled(world, world.get("setup_intent", subscription["pending_setup_intent"]), authenticates)
    except StripeError as error:
        error.keep = False
        raise


def _set_up(world: World, session: Document, method: Document, authenticates: bool) -> None:
    intent = world.get("setup_intent", session["setup_intent"])
    charges.set_options(intent, {"payment_method_options": session["_options"]})
    _settled(world, set_up(world, intent, method), authenticates)


MODES = {"payment": _pay_once, "subscription": _subscribe, "setup": _set_up}


def settle_session(world: World, session_id: str, *, succeed: bool = True) -> Document:
    """The bank answers for a session that was paid by a slow method."""
    settle_slow(world, world.get(KIND, session_id)["_intent"] or "", succeed=succeed)
    return world.render(KIND, world.get(KIND, session_id))
