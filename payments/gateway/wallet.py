"""Saved payment methods: looked at live, added by the page itself, never known by their numbers."""

from typing import TYPE_CHECKING

import stripe
from django.conf import settings

from payments.gateway.connection.client import refuse_empty, stripe_client
from payments.gateway.snapshots.wallet import PaymentMethodView, SetupView, payment_method_view, setup_view

if TYPE_CHECKING:
    from stripe.params.billing_portal import SessionCreateParams


def payment_methods_of(customer_id: str) -> tuple[PaymentMethodView, ...]:
    """Everything the customer has saved, newest first. Raises ObjectMissing."""
    refuse_empty(customer_id)
    with stripe_client() as client:
        found = client.v1.payment_methods.list({"customer": customer_id, "limit": 100})
        return tuple(payment_method_view(method.to_dict()) for method in found.auto_paging_iter())


def fetch_payment_method(payment_method_id: str) -> PaymentMethodView:
    """Raises ObjectMissing."""
    refuse_empty(payment_method_id)
    with stripe_client() as client:
        method = client.v1.payment_methods.retrieve(payment_method_id)
    return payment_method_view(method.to_dict())


def forget_payment_method(*, key: str, payment_method_id: str) -> None:
    """Detach it from its customer; one that is detached already counts as done. Raises ObjectMissing."""
    with stripe_client() as client:
        try:
            client.v1.payment_methods.detach(payment_method_id, {}, {"idempotency_key": key})
        except stripe.InvalidRequestError as refusal:
            if refusal.http_status != 400 or "not attached" not in str(refusal):
                raise


def create_setup_intent(*, key: str, customer_id: str, metadata: dict[str, str]) -> SetupView:
    """A permission to save a card for later payments without the customer. Raises ObjectMissing."""
    with stripe_client() as client:
        intent = client.v1.setup_intents.create(
            {
                "customer": customer_id,
                "usage": "off_session",
                "automatic_payment_methods": {"enabled": True, "allow_redirects": "never"},
                "metadata": metadata,
            },
            {"idempotency_key": key},
        )
    return setup_view(intent.to_dict())


def set_subscription_payment_method(*, key: str, subscription_id: str, payment_method_id: str) -> None:
    """Charge the subscription's bills to this card, whatever its customer's default is. Raises ObjectMissing."""
    refuse_empty(subscription_id)
    with stripe_client() as client:
        client.v1.subscriptions.update(
            subscription_id, {"default_payment_method": payment_method_id}, {"idempotency_key": key}
        )


def pay_invoice(*, key: str, invoice_id: str, payment_method_id: str) -> None:
    """Collect an open invoice with this card now. One that is not open any more is left as it is.

    Raises CardDeclined, AuthenticationRequired, ObjectMissing.
    """
    refuse_empty(invoice_id)
    with stripe_client() as client:
        try:
            client.v1.invoices.pay(
                invoice_id, {"payment_method": payment_method_id, "off_session": False}, {"idempotency_key": key}
            )
        except stripe.InvalidRequestError as refusal:
            if refusal.http_status != 400 or refusal.code == "resource_missing":
                raise


def create_portal_session(*, key: str, customer_id: str, return_url: str) -> str:
    """The address of Stripe's own page where the customer looks after cards and bills. Raises ObjectMissing."""
    params: SessionCreateParams = {"customer": customer_id, "return_url": return_url}
    if settings.STRIPE_PORTAL_CONFIGURATION_ID:
        params["configuration"] = settings.STRIPE_PORTAL_CONFIGURATION_ID
    with stripe_client() as client:
        session = client.v1.billing_portal.sessions.create(params, {"idempotency_key": key})
    return session.url


def open_invoices_of(customer_id: str) -> tuple[str, ...]:
    """The ids of the customer's bills that could still be paid. Raises ObjectMissing."""
    refuse_empty(customer_id)
    with stripe_client() as client:
        found = client.v1.invoices.list({"customer": customer_id, "status": "open", "limit": 100})
        return tuple(invoice.id for invoice in found.auto_paging_iter())
