from typing import TYPE_CHECKING

import stripe

from payments.gateway.connection.client import refuse_empty, stripe_client
from payments.gateway.connection.errors import PaymentMethodInvalid
from payments.gateway.snapshots.customers import CustomerView, customer_view

if TYPE_CHECKING:
    from stripe.params import CustomerCreateParams


def create_customer(*, key: str, email: str, name: str, user_id: str) -> CustomerView:
    """An address that Stripe refuses is left out: its receipts are lost, but nobody is kept from buying."""
    params: CustomerCreateParams = {"name": name, "metadata": {"user_id": user_id}}
    with stripe_client() as client:
        if email:
            try:
                addressed = client.v1.customers.create({**params, "email": email}, {"idempotency_key": key})
                return customer_view(addressed.to_dict())
            except stripe.InvalidRequestError as refusal:
                if refusal.code != "email_invalid":
                    raise
            key = f"{key}:bare"
        bare = client.v1.customers.create(params, {"idempotency_key": key})
    return customer_view(bare.to_dict())


def set_email(*, key: str, customer_id: str, email: str) -> None:
    """Where receipts go from now on; nowhere, with an address that Stripe refuses. Raises ObjectMissing."""
    refuse_empty(customer_id)
    with stripe_client() as client:
        try:
            client.v1.customers.update(customer_id, {"email": email}, {"idempotency_key": key})
        except stripe.InvalidRequestError as refusal:
            if refusal.code != "email_invalid":
                raise
            client.v1.customers.update(customer_id, {"email": ""}, {"idempotency_key": f"{key}:bare"})


def find_customer(*, email: str, user_id: str) -> CustomerView | None:
    """The newest customer with exactly this address whose metadata names the person; None when there is none."""
    with stripe_client() as client:
        found = client.v1.customers.list({"email": email, "limit": 100})
    views = [customer_view(customer.to_dict()) for customer in found.data]
    return next((view for view in views if view.user_id == user_id), None)


def fetch_customer(customer_id: str) -> CustomerView:
    """Raises ObjectMissing. A customer deleted at Stripe is still found, with ``is_deleted``."""
    refuse_empty(customer_id)
    with stripe_client() as client:
        customer = client.v1.customers.retrieve(customer_id)
    return customer_view(customer.to_dict())


def attach_payment_method(*, key: str, payment_method_id: str, customer_id: str) -> str:
    """Save the card for the customer and answer its id. Raises CardDeclined, PaymentMethodInvalid, ObjectMissing."""
    with stripe_client() as client:
        try:
            method = client.v1.payment_methods.attach(
                payment_method_id, {"customer": customer_id}, {"idempotency_key": key}
            )
        except stripe.InvalidRequestError as refusal:
            if refusal.http_status != 400 or refusal.param == "customer":
                raise
            raise PaymentMethodInvalid(field="payment_method_id") from refusal
    return method.id


def detach_payment_method(*, key: str, payment_method_id: str) -> None:
    with stripe_client() as client:
        client.v1.payment_methods.detach(payment_method_id, {}, {"idempotency_key": key})


def set_default_payment_method(*, key: str, payment_method_id: str, customer_id: str) -> None:
    with stripe_client() as client:
        client.v1.customers.update(
            customer_id,
            {"invoice_settings": {"default_payment_method": payment_method_id}},
            {"idempotency_key": key},
        )
