from datetime import datetime

from payments.gateway.changes.plans import SEEN, naming_missing_card
from payments.gateway.connection.client import stripe_client
from payments.gateway.snapshots.subscriptions import SubscriptionView, subscription_view


def note_resumption(*, key: str, subscription_id: str, resumes_at: datetime | None) -> None:
    """Keep the day on which we shall end the pause; Stripe itself would not. Raises ObjectMissing."""
    until = str(int(resumes_at.timestamp())) if resumes_at else ""
    with stripe_client() as client:
        client.v1.subscriptions.update(subscription_id, {"metadata": {"resumes_at": until}}, {"idempotency_key": key})


def pause_subscription(*, key: str, subscription_id: str) -> None:
    """No service and no bills from now on; unused time is given back with the bill of the resumption. Raises
    ObjectMissing."""
    with stripe_client() as client:
        client.v1.subscriptions.pause(
            subscription_id,
            {
                "type": "subscription",
                "bill_for": {"unused_time_from": {"type": "now"}},
                "invoicing_behavior": "pending_invoice_item",
            },
            {"idempotency_key": key},
        )


def resume_subscription(*, key: str, subscription_id: str, in_trial: bool) -> SubscriptionView:
    """A new period begins and is billed now; a trial goes on as it was. Paused as long as that bill is not paid.

    Raises PaymentMethodMissing, ObjectMissing.
    """
    with stripe_client() as client, naming_missing_card():
        resumed = client.v1.subscriptions.resume(
            subscription_id,
            {
                "billing_cycle_anchor": {"type": "unchanged" if in_trial else "now"},
                "payment_behavior": "resume_on_payment_success",
                "expand": SEEN,
            },
            {"idempotency_key": key},
        )
    return subscription_view(resumed.to_dict())
