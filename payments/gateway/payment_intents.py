from datetime import datetime
from typing import TYPE_CHECKING

import stripe

from payments.gateway.connection.client import refuse_empty, stripe_client
from payments.gateway.snapshots.intents import IntentView, intent_view

if TYPE_CHECKING:
    from stripe.params import PaymentIntentCreateParams

SETTLED = "latest_charge.balance_transaction"


def create_payment_intent(
    *,
    key: str,
    customer_id: str,
    amount: int,
    currency: str,
    description: str,
    metadata: dict[str, str],
    asks_three_d_secure: bool,
) -> IntentView:
    """An intent that nobody has confirmed yet; ``asks_three_d_secure`` has the bank ask whenever it can."""
    params: PaymentIntentCreateParams = {
        "customer": customer_id,
        "amount": amount,
        "currency": currency,
        "description": description,
        "metadata": metadata,
        "automatic_payment_methods": {"enabled": True},
    }
    if asks_three_d_secure:
        params["payment_method_options"] = {"card": {"request_three_d_secure": "any"}}
    with stripe_client() as client:
        intent = client.v1.payment_intents.create(params, {"idempotency_key": key})
    return intent_view(intent.to_dict())


def confirm_payment_intent(*, key: str, intent_id: str, payment_method_id: str, return_url: str) -> None:
    """Pay with that card, or leave the intent waiting for the bank's customer.

    Raises CardDeclined, PaymentMethodInvalid, ObjectMissing.
    """
    refuse_empty(intent_id)
    with stripe_client() as client:
        client.v1.payment_intents.confirm(
            intent_id,
            {"payment_method": payment_method_id, "return_url": return_url, "expand": [SETTLED]},
            {"idempotency_key": key},
        )


def fetch_payment_intent(intent_id: str) -> IntentView:
    """The intent with its charge and what Stripe kept of it, in one call. Raises ObjectMissing."""
    refuse_empty(intent_id)
    with stripe_client() as client:
        intent = client.v1.payment_intents.retrieve(intent_id, {"expand": [SETTLED]})
    return intent_view(intent.to_dict())


def cancel_payment_intent(*, key: str, intent_id: str) -> None:
    """Make the intent impossible to pay, unless it was paid or is being paid. Raises ObjectMissing."""
    refuse_empty(intent_id)
    with stripe_client() as client:
        try:
            client.v1.payment_intents.cancel(intent_id, {}, {"idempotency_key": key})
        except stripe.InvalidRequestError as refusal:
            if refusal.code == "resource_missing":
                raise


def payment_intents_since(customer_id: str, moment: datetime) -> tuple[IntentView, ...]:
    """The customer's intents made at ``moment`` or later, newest first."""
    with stripe_client() as client:
        found = client.v1.payment_intents.list(
            {"customer": customer_id, "created": {"gte": int(moment.timestamp())}, "limit": 100}
        )
        return tuple(intent_view(intent.to_dict()) for intent in found.auto_paging_iter())
