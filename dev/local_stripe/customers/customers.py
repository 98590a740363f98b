"""Customers."""

from dev.local_stripe.api.changes import set_fields, set_metadata
from dev.local_stripe.api.errors import no_such
from dev.local_stripe.api.listing import LIST_PARAMS, answer, matches, page
from dev.local_stripe.api.routes import Call, Resource, Route
from dev.local_stripe.customers.cards import CARDS
from dev.local_stripe.customers.payment_methods import attach_to, of_customer, resolve
from dev.local_stripe.subscriptions.cancellation import cancel_now
from dev.local_stripe.subscriptions.states import is_over
from dev.local_stripe.world.storage import Document
from dev.local_stripe.world.world import World

FIELDS = "address balance description email name phone preferred_locales shipping tax_exempt"


def new_customer(world: World) -> Document:
    return {
        "id": world.new_id("cus"),
        "object": "customer",
        "address": None,
        "balance": 0,
        "business_name": None,
        "created": world.now(),
        "currency": None,
        "customer_account": None,
        "default_source": None,
        "delinquent": False,
        "description": None,
        "discount": None,
        "email": None,
        "individual_name": None,
        "invoice_prefix": world.new_id("x")[2:10].upper(),
        "invoice_settings": {
            "custom_fields": None,
            "default_payment_method": None,
            "footer": None,
            "rendering_options": None,
        },
        "livemode": False,
        "metadata": {},
        "name": None,
        "next_invoice_sequence": 1,
        "phone": None,
        "preferred_locales": [],
        "shipping": None,
        "tax_exempt": "none",
        "test_clock": None,
    }


def create(world: World, call: Call) -> Document:
    customer = new_customer(world)
    set_fields(customer, call.params, FIELDS)
    set_metadata(customer, call.params)
    world.put("customer", customer)
    token = call.params.get("payment_method")
    saved = None
    if token is not None:
        saved = attach_to(world, resolve(world, token, "payment_method"), customer["id"])
    default = call.params.get("invoice_settings", {}).get("default_payment_method")
    if default is not None:
        # The same token named twice in one request means the same new card.
        same = saved is not None and default == token and token in CARDS
        default = saved["id"] if same and saved else default
        _set_default(world, customer, default)
    world.put("customer", customer)
    world.emit("customer.created", world.render("customer", customer))
    return world.render("customer", customer)


def _set_default(world: World, customer: Document, identifier: str) -> None:
    param = "invoice_settings[default_payment_method]"
    default = of_customer(world, identifier, customer["id"], param)["id"] if identifier else None
    customer["invoice_settings"]["default_payment_method"] = default


def existing(world: World, identifier: str) -> Document:
    customer = world.get("customer", identifier)
    if customer.get("_deleted"):
        raise no_such("customer", identifier, status=404)
    return customer


def retrieve(world: World, call: Call) -> Document:
    return world.render("customer", world.get("customer", call.id))


def render(world: World, customer: Document) -> Document:
    stored = world.find("customer", customer["id"])
    if stored is not None and stored.get("_deleted"):
        return {"id": customer["id"], "object": "customer", "deleted": True}
    return customer


def update(world: World, call: Call) -> Document:
    customer = existing(world, call.id)
    set_fields(customer, call.params, FIELDS)
    set_metadata(customer, call.params)
    default = call.params.get("invoice_settings", {}).get("default_payment_method")
    if default is not None:
        _set_default(world, customer, default)
    return world.render("customer", world.put("customer", customer, "customer.updated"))


def delete(world: World, call: Call) -> Document:
    customer = existing(world, call.id)
    for subscription in world.all("subscription"):
        if subscription["customer"] == customer["id"] and not is_over(subscription):
            cancel_now(world, subscription["id"], reason="cancellation_requested")
    for method in world.all("payment_method"):
        if method["customer"] == customer["id"]:
            world.put("payment_method", method | {"customer": None}, "payment_method.detached")
    snapshot = world.render("customer", world.get("customer", call.id))
    world.put("customer", customer | {"_deleted": True})
    world.emit("customer.deleted", snapshot)
    return world.render("customer", customer)


def list_customers(world: World, call: Call) -> Document:
    return page(world, call, "customer", "/v1/customers", lambda customer: matches(customer, call.params, "email"))


def subscriptions_of(world: World, customer: Document) -> Document:
    live = [
        world.render("subscription", subscription)
        for subscription in reversed(world.all("subscription"))
        if subscription["customer"] == customer["id"] and not is_over(subscription)
    ]
    return answer(f"/v1/customers/{customer['id']}/subscriptions", live)


RESOURCE = Resource(
    kind="customer",
    render=render,
    includes={"subscriptions": subscriptions_of},
    routes=(
        Route(
            "POST",
            "/v1/customers",
            create,
            "CustomerCreateParams",
            f"payment_method invoice_settings.default_payment_method metadata {FIELDS}",
        ),
        Route("GET", "/v1/customers", list_customers, "CustomerListParams", f"email created {LIST_PARAMS}"),
        Route("GET", "/v1/customers/{id}", retrieve, "CustomerRetrieveParams"),
        Route(
            "POST",
            "/v1/customers/{id}",
            update,
            "CustomerUpdateParams",
            f"invoice_settings.default_payment_method metadata {FIELDS}",
        ),
        Route("DELETE", "/v1/customers/{id}", delete, "CustomerDeleteParams"),
    ),
)
