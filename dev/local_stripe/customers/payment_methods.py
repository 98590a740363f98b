"""Payment methods: cards made from Stripe's test tokens, attached to and detached from customers."""

from dev.local_stripe.api.changes import set_fields, set_metadata
from dev.local_stripe.api.errors import card_error, invalid
from dev.local_stripe.api.listing import LIST_PARAMS, matches, page
from dev.local_stripe.api.routes import Call, Resource, Route
from dev.local_stripe.customers.cards import CARDS, TestCard, failure
from dev.local_stripe.world.storage import Document
from dev.local_stripe.world.world import World

EMPTY_ADDRESS = dict.fromkeys(("city", "country", "line1", "line2", "postal_code", "state"))


def new_payment_method(world: World, token: str) -> Document:
    """A fresh copy of the token's card; using a token never changes the token itself."""
    card = CARDS[token]
    return {
        "id": world.new_id("pm"),
        "object": "payment_method",
        "allow_redisplay": "unspecified",
        "billing_details": {
            "address": dict(EMPTY_ADDRESS),
            "email": None,
            "name": None,
            "phone": None,
            "tax_id": None,
        },
        "card": card_details(card),
        "created": world.now(),
        "customer": None,
        "customer_account": None,
        "livemode": False,
        "metadata": {},
        "type": "card",
        "_token": token,
    }


def card_details(card: TestCard) -> Document:
    return {
        "brand": card.brand,
        "checks": {"address_line1_check": None, "address_postal_code_check": None, "cvc_check": "pass"},
        "country": "US",
        "display_brand": card.brand,
        "exp_month": 12,
        "exp_year": 2034,
        "fingerprint": card.fingerprint,
        "funding": card.funding,
        "generated_from": None,
        "last4": card.number[-4:],
        "networks": {"available": [card.brand], "preferred": None},
        "regulated_status": "unregulated",
        "three_d_secure_usage": {"supported": True},
        "wallet": None,
    }


def behaviour(method: Document) -> TestCard:
    return CARDS[method["_token"]]


def resolve(world: World, identifier: str, param: str) -> Document:
    """The payment method a parameter names; a test token makes a new one."""
    if identifier in CARDS:
        return world.put("payment_method", new_payment_method(world, identifier))
    return world.refer("payment_method", identifier, param)


def attach_to(world: World, method: Document, customer_id: str) -> Document:
    """Saves the card for the customer. A card that declines cannot be saved, except the one made for that."""
    if method["customer"] not in (None, customer_id):
        raise invalid(
            "The payment method you provided has already been attached to a customer.",
            code="payment_method_unexpected_state",
        )
    card = behaviour(method)
    if card.decline and not card.attaches:
        raise card_error(failure(card.decline), keep=False)
    if method["customer"] == customer_id:
        return method
    return world.put("payment_method", method | {"customer": customer_id}, "payment_method.attached")


def of_customer(world: World, identifier: str, customer_id: str, param: str) -> Document:
    """The customer's own payment method; 400 when it belongs to nobody or somebody else."""
    method = world.find("payment_method", identifier)
    if method is None or method["customer"] != customer_id:
        raise invalid(
            f"The customer does not have a payment method with the ID {identifier}. The payment method must be "
            "attached to the customer.",
            param=param,
            code="resource_missing",
        )
    return method


def _find(world: World, identifier: str) -> Document:
    method = resolve(world, identifier, "payment_method") if identifier in CARDS else None
    return method or world.get("payment_method", identifier)


def retrieve(world: World, call: Call) -> Document:
    return world.render("payment_method", _find(world, call.id))


def update(world: World, call: Call) -> Document:
    method = world.get("payment_method", call.id)
    set_metadata(method, call.params)
    set_fields(method["billing_details"], call.params.get("billing_details", {}), "email name phone")
    return world.render("payment_method", world.put("payment_method", method, "payment_method.updated"))


def attach(world: World, call: Call) -> Document:
    if "customer" not in call.params:
        raise invalid("Missing required param: customer.", param="customer", code="parameter_missing")
    customer = world.refer("customer", call.params["customer"], "customer")
    return world.render("payment_method", attach_to(world, _find(world, call.id), customer["id"]))


def detach(world: World, call: Call) -> Document:
    method = world.get("payment_method", call.id)
    if method["customer"] is None:
        raise invalid("The payment method you provided is not attached to a customer so detachment is impossible.")
    customer = world.get("customer", method["customer"])
    settings = customer["invoice_settings"]
    if settings["default_payment_method"] == method["id"]:
        settings["default_payment_method"] = None
        world.put("customer", customer, "customer.updated")
    for subscription in world.all("subscription"):
        if subscription["default_payment_method"] == method["id"]:
            cleared = subscription | {"default_payment_method": None}
            world.put("subscription", cleared, "customer.subscription.updated")
    method["customer"] = None
    return world.render("payment_method", world.put("payment_method", method, "payment_method.detached"))


def list_attached(world: World, call: Call) -> Document:
    customer = call.id or call.params.get("customer")
    if call.id:
        world.get("customer", call.id)

    def keep(method: Document) -> bool:
        return method["customer"] is not None and method["customer"] == customer

    url = f"/v1/customers/{call.id}/payment_methods" if call.id else "/v1/payment_methods"
    return page(world, call, "payment_method", url, lambda m: keep(m) and matches(m, call.params, "type"))


RESOURCE = Resource(
    kind="payment_method",
    routes=(
        Route(
            "GET",
            "/v1/payment_methods",
            list_attached,
            "PaymentMethodListParams",
            f"customer type {LIST_PARAMS}",
        ),
        Route(
            "GET",
            "/v1/customers/{id}/payment_methods",
            list_attached,
            "CustomerListPaymentMethodsParams",
            f"type {LIST_PARAMS}",
        ),
        Route("GET", "/v1/payment_methods/{id}", retrieve, "PaymentMethodRetrieveParams"),
        Route(
            "POST",
            "/v1/payment_methods/{id}",
            update,
            "PaymentMethodUpdateParams",
            "metadata billing_details.email billing_details.name billing_details.phone",
        ),
        Route("POST", "/v1/payment_methods/{id}/attach", attach, "PaymentMethodAttachParams", "customer"),
        Route("POST", "/v1/payment_methods/{id}/detach", detach, "PaymentMethodDetachParams"),
    ),
)
