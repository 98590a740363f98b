from typing import TYPE_CHECKING

from payments.gateway.connection.client import stripe_client
from payments.gateway.subscriptions import said

if TYPE_CHECKING:
    from stripe.params import SubscriptionUpdateParams


def cancel_at_period_end(*, key: str, subscription_id: str, feedback: str = "", comment: str = "") -> None:
    """``feedback`` is one of Stripe's words. Raises ObjectMissing."""
    params: SubscriptionUpdateParams = {"cancel_at_period_end": True}
    if feedback or comment:
        params["cancellation_details"] = said(feedback, comment)
    _update(key, subscription_id, params)


def withdraw_cancellation(*, key: str, subscription_id: str, is_at_period_end: bool) -> None:
    """A cancellation on a day of its own is withdrawn by other means than one at the end of the period. Raises
    ObjectMissing."""
    _update(key, subscription_id, {"cancel_at_period_end": False} if is_at_period_end else {"cancel_at": ""})


def _update(key: str, subscription_id: str, params: "SubscriptionUpdateParams") -> None:
    with stripe_client() as client:
        client.v1.subscriptions.update(subscription_id, params, {"idempotency_key": key})
