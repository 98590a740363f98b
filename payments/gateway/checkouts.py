from datetime import datetime
from typing import TYPE_CHECKING

import stripe

from payments.gateway.connection.client import refuse_empty, stripe_client
from payments.gateway.snapshots.checkouts import CheckoutView, checkout_view

if TYPE_CHECKING:
    from stripe.params.checkout import SessionCreateParams

OUTCOME = ["payment_intent.latest_charge.balance_transaction", "subscription.latest_invoice"]


def create_purchase_checkout(
    *,
    key: str,
    customer_id: str,
    amount: int,
    currency: str,
    description: str,
    metadata: dict[str, str],
    asks_three_d_secure: bool,
    success_url: str,
    cancel_url: str,
) -> CheckoutView:
    """A page on which one thing is paid. The payment intent that it makes carries the same metadata."""
    params: SessionCreateParams = {
        "mode": "payment",
        "customer": customer_id,
        "line_items": [
            {
                "quantity": 1,
                "price_data": {
                    "currency": currency,
                    "unit_amount": amount,
                    "product_data": {"name": description},
                },
            }
        ],
        "metadata": metadata,
        "payment_intent_data": {"metadata": metadata, "description": description},
        "success_url": success_url,
        "cancel_url": cancel_url,
    }
    if asks_three_d_secure:
        params["payment_method_options"] = {"card": {"request_three_d_secure": "any"}}
    return _create(params, key)


def create_subscription_checkout(
    *, key: str, customer_id: str, price_id: str, metadata: dict[str, str], success_url: str, cancel_url: str
) -> CheckoutView:
    """A page on which a plan is subscribed to."""
    params: SessionCreateParams = {
        "mode": "subscription",
        "customer": customer_id,
        "line_items": [{"price": price_id, "quantity": 1}],
        "metadata": metadata,
        "subscription_data": {"metadata": metadata},
        "success_url": success_url,
        "cancel_url": cancel_url,
    }
    return _create(params, key)


def _create(params: "SessionCreateParams", key: str) -> CheckoutView:
    with stripe_client() as client:
        session = client.v1.checkout.sessions.create(params, {"idempotency_key": key})
    return checkout_view(session.to_dict())


def fetch_checkout(session_id: str) -> CheckoutView:
    """The session with what it has made, in one call. Raises ObjectMissing."""
    refuse_empty(session_id)
    with stripe_client() as client:
        session = client.v1.checkout.sessions.retrieve(session_id, {"expand": OUTCOME})
    return checkout_view(session.to_dict())


def expire_checkout(*, key: str, session_id: str) -> None:
    """Close the page, unless it was used or closed before. Raises ObjectMissing."""
    refuse_empty(session_id)
    with stripe_client() as client:
        try:
            client.v1.checkout.sessions.expire(session_id, {}, {"idempotency_key": key})
        except stripe.InvalidRequestError as refusal:
            if refusal.code == "resource_missing":
                raise


def checkouts_since(customer_id: str, moment: datetime) -> tuple[CheckoutView, ...]:
    """The customer's sessions made at ``moment`` or later, newest first."""
    with stripe_client() as client:
        found = client.v1.checkout.sessions.list(
            {"customer": customer_id, "created": {"gte": int(moment.timestamp())}, "limit": 100}
        )
        return tuple(checkout_view(session.to_dict()) for session in found.auto_paging_iter())
