from typing import TYPE_CHECKING

from payments.gateway.client import refuse_empty, stripe_client
from payments.gateway.snapshots import CustomerView, customer_view

if TYPE_CHECKING:
    from stripe.params import CustomerCreateParams


def create_customer(*, key: str, email: str, name: str, user_id: str) -> CustomerView:
    params: CustomerCreateParams = {"name": name, "metadata": {"user_id": user_id}}
    if email:
        params["email"] = email
    with stripe_client() as client:
        customer = client.v1.customers.create(params, {"idempotency_key": key})
    return customer_view(customer.to_dict())


def fetch_customer(customer_id: str) -> CustomerView:
    """Raises ObjectMissing. A customer deleted at Stripe is still found, with ``is_deleted``."""
    refuse_empty(customer_id)
    with stripe_client() as client:
        customer = client.v1.customers.retrieve(customer_id)
    return customer_view(customer.to_dict())


def attach_payment_method(*, key: str, payment_method_id: str, customer_id: str) -> str:
    """Save the card for the customer and answer its id. Raises CardDeclined, PaymentMethodInvalid, ObjectMissing."""
    with stripe_client() as client:
        method = client.v1.payment_methods.attach(
            payment_method_id, {"customer": customer_id}, {"idempotency_key": key}
        )
    return method.id


def set_default_payment_method(*, key: str, payment_method_id: str, customer_id: str) -> None:
    with stripe_client() as client:
        client.v1.customers.update(
            customer_id,
            {"invoice_settings": {"default_payment_method": payment_method_id}},
            {"idempotency_key": key},
        )
