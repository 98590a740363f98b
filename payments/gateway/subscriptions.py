from enum import Enum
from typing import TYPE_CHECKING

from django.conf import settings

from payments.gateway.connection.client import refuse_empty, stripe_client
from payments.gateway.connection.errors import ObjectMissing
from payments.gateway.snapshots.subscriptions import SubscriptionView, subscription_view

if TYPE_CHECKING:
    from stripe.params import SubscriptionCancelParamsCancellationDetails, SubscriptionCreateParams

CONFIRMATION = ("latest_invoice.confirmation_secret", "pending_setup_intent")
READ = ("default_payment_method", "discounts", "schedule")


class FirstPayment(Enum):
    """How the first invoice is paid: charged at once or nothing is created, or left for the customer to confirm."""

    CHARGED = "error_if_incomplete"
    CONFIRMED_BY_CUSTOMER = "default_incomplete"


def create_subscription(
    *,
    key: str,
    customer_id: str,
    price_id: str,
    metadata: dict[str, str],
    first_payment: FirstPayment,
    payment_method_id: str = "",
    promotion_code_id: str = "",
    trial_days: int = 0,
) -> SubscriptionView:
    """Raises CardDeclined, PromotionCodeInvalid, CurrencyFixed or AuthenticationRequired; then nothing was created."""
    params: SubscriptionCreateParams = {
        "customer": customer_id,
        "items": [{"price": price_id}],
        "metadata": metadata,
        "payment_behavior": first_payment.value,
        "payment_settings": {"save_default_payment_method": "on_subscription"},
        "expand": [*CONFIRMATION, *READ],
    }
    if payment_method_id:
        params["default_payment_method"] = payment_method_id
    if promotion_code_id:
        params["discounts"] = [{"promotion_code": promotion_code_id}]
    if trial_days:
        params["trial_period_days"] = trial_days
        params["trial_settings"] = {"end_behavior": {"missing_payment_method": settings.STRIPE_TRIAL_WITHOUT_CARD}}
    with stripe_client() as client:
        subscription = client.v1.subscriptions.create(params, {"idempotency_key": key})
    return subscription_view(subscription.to_dict())


def fetch_subscription(subscription_id: str) -> SubscriptionView:
    """Raises ObjectMissing."""
    refuse_empty(subscription_id)
    with stripe_client() as client:
        subscription = client.v1.subscriptions.retrieve(subscription_id, {"expand": ["latest_invoice", *READ]})
    return subscription_view(subscription.to_dict())


def subscriptions_of(customer_id: str) -> tuple[SubscriptionView, ...]:
    """Every subscription of the customer, also those that are over, newest first, with what is left to confirm."""
    with stripe_client() as client:
        found = client.v1.subscriptions.list(
            {
                "customer": customer_id,
                "status": "all",
                "limit": 100,
                "expand": [f"data.{path}" for path in (*CONFIRMATION, *READ)],
            }
        )
        return tuple(subscription_view(subscription.to_dict()) for subscription in found.auto_paging_iter())


def said(feedback: str, comment: str) -> "SubscriptionCancelParamsCancellationDetails":
    """What the customer said about going, for Stripe."""
    details: SubscriptionCancelParamsCancellationDetails = {}
    if feedback:
        details["feedback"] = feedback
    if comment:
        details["comment"] = comment
    return details


def cancel_subscription(subscription_id: str, *, feedback: str = "", comment: str = "") -> None:
    """End it now, without giving anything back; ``feedback`` is one of Stripe's words. One that is over already counts
    as ended: Stripe takes no idempotency key here, so a repeated call, the SDK's own retries included, may find its
    work done."""
    try:
        with stripe_client() as client:
            client.v1.subscriptions.cancel(subscription_id, {"cancellation_details": said(feedback, comment)})
    except ObjectMissing:
        if fetch_subscription(subscription_id).status not in ("canceled", "incomplete_expired"):
            raise
