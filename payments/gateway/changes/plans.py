from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING

import stripe

from numerai.common.errors import DomainError
from payments.gateway.connection.client import refuse_empty, stripe_client
from payments.gateway.snapshots.subscriptions import SubscriptionView, subscription_view
from payments.gateway.subscriptions import CONFIRMATION, READ

if TYPE_CHECKING:
    from stripe.params import SubscriptionUpdateParams

SEEN = [*CONFIRMATION, *READ]


class PaymentMethodMissing(DomainError):
    status, code, title = 402, "payment_method_required", "There is no card to charge"
    detail = "Add a card first: there is none that this could be charged to."


def change_plan(
    *,
    key: str,
    subscription_id: str,
    item_id: str,
    price_id: str,
    proration_date: datetime,
    operation_id: str,
    goes_on: bool = False,
    promotion_code_id: str = "",
) -> SubscriptionView:
    """Another price from ``proration_date`` on, its difference billed at once. While that bill is not paid the change
    is only ``pending`` and the old price stays. ``goes_on`` also withdraws a cancellation at the end of the period.

    Raises PaymentMethodMissing, PromotionCodeInvalid, ObjectMissing.
    """
    params: SubscriptionUpdateParams = {
        "items": [{"id": item_id, "price": price_id}],
        "payment_behavior": "pending_if_incomplete",
        "proration_behavior": "always_invoice",
        "proration_date": int(proration_date.timestamp()),
        "metadata": {"change_id": operation_id},
        "expand": SEEN,
    }
    if goes_on:
        params["cancel_at_period_end"] = False
    if promotion_code_id:
        params["discounts"] = [{"promotion_code": promotion_code_id}]
    with stripe_client() as client, naming_missing_card():
        subscription = client.v1.subscriptions.update(subscription_id, params, {"idempotency_key": key})
    return subscription_view(subscription.to_dict())


def apply_promotion_code(*, key: str, subscription_id: str, promotion_code_id: str) -> None:
    """It lowers the bills to come. Raises PromotionCodeInvalid, ObjectMissing."""
    with stripe_client() as client:
        client.v1.subscriptions.update(
            subscription_id, {"discounts": [{"promotion_code": promotion_code_id}]}, {"idempotency_key": key}
        )


def see_confirmation(subscription_id: str) -> SubscriptionView:
    """The subscription with what is left to confirm. Raises ObjectMissing."""
    refuse_empty(subscription_id)
    with stripe_client() as client:
        subscription = client.v1.subscriptions.retrieve(subscription_id, {"expand": SEEN})
    return subscription_view(subscription.to_dict())


@contextmanager
def naming_missing_card() -> Iterator[None]:
    """Stripe speaks of a missing resource, but names none, when there is nothing to charge."""
    try:
        yield
    except stripe.InvalidRequestError as refusal:
        if refusal.code != "resource_missing" or refusal.param is not None:
            raise
        raise PaymentMethodMissing from refusal
