"""Customers."""

import re

from dev.local_stripe.api import Call, Document, Resource, World, invalid, page, set_fields
from dev.local_stripe.resources.cards import CARDS, attach_to, of_customer, resolve
from dev.local_stripe.subscriptions.standing import cancel_now, is_over

FIELDS = "address balance description email metadata name phone preferred_locales shipping tax_exempt"
WRITABLE = f"invoice_settings.default_payment_method {FIELDS}"
NO_SETTINGS = dict.fromkeys(("custom_fields", "default_payment_method", "footer", "rendering_options"))


def render(world: World, customer: Document) -> Document:
    stored = world.find("customer", customer["id"])
    if stored is not None and stored.get("_deleted"):
        return {"id": customer["id"], "object": "customer", "deleted": True}
    return customer


RESOURCE = Resource("customer", "/v1/customers", render=render)
RESOURCE.reads().lists("email")


@RESOURCE.creates(f"payment_method {WRITABLE}")
def create(world: World, call: Call) -> Document:
    customer = world.new("customer", "cus", balance=0, delinquent=False, tax_exempt="none")
    customer |= {"invoice_prefix": world.new_id("x")[2:10].upper(), "next_invoice_sequence": 1}
    customer |= {"invoice_settings": dict(NO_SETTINGS), "preferred_locales": []}
    _check_email(call)
    set_fields(customer, call.params, FIELDS)
    world.put("customer", customer)
    token = call.params.get("payment_method")
    default = call.params.get("invoice_settings", {}).get("default_payment_method")
    if token is not None:
        saved = attach_to(world, resolve(world, token, "payment_method"), customer["id"])
        # The same token named twice in one request means the same new card.
        default = saved["id"] if default == token and token in CARDS else default
    if default is not None:
        _set_default(world, customer, default)
    world.put("customer", customer)
    world.emit("customer.created", world.render("customer", customer))
    return customer


def _check_email(call: Call) -> None:
    email = call.params.get("email")
    if email and not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", email, re.ASCII):
        raise invalid(f"Invalid email address: {email}", param="email", code="email_invalid")


def _set_default(world: World, customer: Document, identifier: str) -> None:
    param = "invoice_settings[default_payment_method]"
    default = of_customer(world, identifier, customer["id"], param)["id"] if identifier else None
    customer["invoice_settings"]["default_payment_method"] = default


@RESOURCE.updates(WRITABLE)
def update(world: World, call: Call) -> Document:
    customer = world.living("customer", call.id)
    _check_email(call)
    set_fields(customer, call.params, FIELDS)
    default = call.params.get("invoice_settings", {}).get("default_payment_method")
    if default is not None:
        _set_default(world, customer, default)
    return world.put("customer", customer, "customer.updated")


@RESOURCE.on("GET", "/{id}/payment_methods", "ListPaymentMethods", "type limit starting_after ending_before")
def list_payment_methods(world: World, call: Call) -> Document:
    world.living("customer", call.id)
    url = f"/v1/customers/{call.id}/payment_methods"

    def keep(method: Document) -> bool:
        return bool(method["customer"] == call.id and method["type"] == call.params.get("type", "card"))

    return page(world, call.params, "payment_method", url, keep)


@RESOURCE.deletes()
def delete(world: World, call: Call) -> Document:
    """Ends the customer's subscriptions and forgets its cards."""
    world.living("customer", call.id)
    for subscription in world.all("subscription"):
        if subscription["customer"] == call.id and not is_over(subscription):
            cancel_now(world, subscription["id"], reason="cancellation_requested")
    for method in world.all("payment_method"):
        if method["customer"] == call.id:
            world.put("payment_method", method | {"customer": None}, "payment_method.detached")
    customer = world.get("customer", call.id)
    snapshot = world.render("customer", customer)
    world.put("customer", customer | {"_deleted": True})
    world.emit("customer.deleted", snapshot)
    return customer
