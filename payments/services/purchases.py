from dataclasses import dataclass

from numerai.common.errors import Conflict
from payments import sync
from payments.gateway import SubscriptionView
from payments.models import StripeCustomer, Subscription


class AlreadySubscribed(Conflict):
    code = "already_subscribed"
    detail = "You have a subscription already. Change its plan instead of buying another one."


@dataclass(frozen=True)
class NewSubscription:
    """``subscription_id`` is ours; ``client_secret`` lets the page confirm the first payment while one is due."""

    subscription_id: str
    status: str
    client_secret: str | None
    message: str


def mirror(view: SubscriptionView, customer: StripeCustomer) -> Subscription:
    """Write the subscription with its first invoice, so that the person sees both before any webhook arrives."""
    if view.latest_invoice_id:
        sync.sync_invoice(view.latest_invoice_id, customer_id=customer.stripe_id)
        return Subscription.objects.get(stripe_id=view.id)
    return sync.sync_subscription(view.id, customer_id=customer.stripe_id)


def answer_about(view: SubscriptionView, subscription: Subscription) -> NewSubscription:
    return NewSubscription(
        subscription_id=str(subscription.pk),
        status=subscription.status,
        client_secret=view.client_secret,
        message=_message(subscription),
    )


def _message(subscription: Subscription) -> str:
    if subscription.is_live:
        return f"Your {subscription.get_plan_display()} subscription is active."
    return f"Confirm the payment to start your {subscription.get_plan_display()} subscription."
