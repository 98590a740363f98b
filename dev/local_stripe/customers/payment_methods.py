"""Payment methods: cards made from Stripe's test tokens, attached to and detached from customers."""

from dev.local_stripe.api.changes import set_fields
from dev.local_stripe.api.contract import Params
from dev.local_stripe.api.errors import card_error, invalid
from dev.local_stripe.api.routes import Call, Resource
from dev.local_stripe.customers.cards import CARDS, TestCard, failure
from dev.local_stripe.world.storage import Document
from dev.local_stripe.world.world import World

EMPTY_ADDRESS = dict.fromkeys(("city", "country", "line1", "line2", "postal_code", "state"))

RESOURCE = Resource("payment_method", "/v1/payment_methods")


def new_payment_method(world: World, token: str) -> Document:
    """A fresh copy of the token's card; using a token never changes the token itself."""
    method = world.new("payment_method", "pm", allow_redisplay="unspecified", type="card", _token=token)
    method["billing_details"]["address"] = dict(EMPTY_ADDRESS)
    method["card"] = card_details(CARDS[token])
    return method


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
        message = "The payment method you provided has already been attached to a customer."
        raise invalid(message, code="payment_method_unexpected_state")
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


@RESOURCE.on("GET", "/{id}", "PaymentMethodRetrieveParams")
def retrieve(world: World, call: Call) -> Document:
    """Naming a token here, too, means a new copy of its card."""
    if call.id in CARDS:
        return resolve(world, call.id, "payment_method")
    return world.get("payment_method", call.id)


@RESOURCE.on(
    "POST",
    "/{id}",
    "PaymentMethodUpdateParams",
    "metadata billing_details.email billing_details.name billing_details.phone",
)
def update(world: World, call: Call) -> Document:
    method = world.get("payment_method", call.id)
    set_fields(method, call.params, "metadata")
    set_fields(method["billing_details"], call.params.get("billing_details", {}), "email name phone")
    return world.put("payment_method", method, "payment_method.updated")


@RESOURCE.on("POST", "/{id}/attach", "PaymentMethodAttachParams", "customer")
def attach(world: World, call: Call) -> Document:
    if "customer" not in call.params:
        raise invalid("Missing required param: customer.", param="customer", code="parameter_missing")
    customer = world.refer("customer", call.params["customer"], "customer")
    return attach_to(world, retrieve(world, call), customer["id"])


@RESOURCE.on("POST", "/{id}/detach", "PaymentMethodDetachParams")
def detach(world: World, call: Call) -> Document:
    """Forgets the card everywhere it was a default, too."""
    method = world.get("payment_method", call.id)
    if method["customer"] is None:
        raise invalid("The payment method you provided is not attached to a customer; it cannot be detached.")
    customer = world.get("customer", method["customer"])
    if customer["invoice_settings"]["default_payment_method"] == call.id:
        customer["invoice_settings"]["default_payment_method"] = None
        world.put("customer", customer, "customer.updated")
    for subscription in world.all("subscription"):
        if subscription["default_payment_method"] == call.id:
            cleared = subscription | {"default_payment_method": None}
            world.put("subscription", cleared, "customer.subscription.updated")
    return world.put("payment_method", method | {"customer": None}, "payment_method.detached")


def _attached(world: World, method: Document, params: Params) -> bool:
    return method["customer"] is not None and method["customer"] == params.get("customer")


RESOURCE.listable("PaymentMethodListParams", "type", "customer", _attached)
