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
    """``subscription_id`` is ours; ``client_secret`` lets the page confirm the first payment while one is due, or save
    a card while none is: ``client_secret_type`` is "payment_intent" or "setup_intent", None without a secret."""

    subscription_id: str
    status: str
    client_secret: str | None
    message: str
    client_secret_type: str | None = None
    trial_days: int = 0


def mirror(view: SubscriptionView, customer: StripeCustomer) -> Subscription:
    """Write the subscription with its first invoice, so that the person sees both before any webhook arrives."""
    if view.latest_invoice_id:
        sync.sync_invoice(view.latest_invoice_id, customer_id=customer.stripe_id)
        return Subscription.objects.get(stripe_id=view.id)
    return sync.sync_subscription(view.id, customer_id=customer.stripe_id)


def answer_about(view: SubscriptionView, subscription: Subscription) -> NewSubscription:
    # Between the two looks the page may have confirmed, or the time for it may have run out.
    secret = view.secret if subscription.status in ("incomplete", view.status) else None
    return NewSubscription(
        subscription_id=str(subscription.pk),
        status=subscription.status,
        client_secret=secret.value if secret else None,
        client_secret_type=secret.kind if secret else None,
        trial_days=view.trial_days,
        message=_message(subscription),
    )


def _message(subscription: Subscription) -> str:
    plan = subscription.get_plan_display()
    if subscription.status == "trialing":
        return f"Your {plan} trial has begun."
    if subscription.is_live:
        return f"Your {plan} subscription is active."
    if subscription.is_over:
        return f"Your {plan} subscription has ended. Please start again."
    return f"Confirm the payment to start your {plan} subscription."
