from typing import Any

import structlog

from payments import gateway
from payments.catalogue import OFFERS
from payments.gateway import CheckoutView
from payments.models import SUBSCRIPTION, CheckoutSession, Payment, StripeCustomer, Subscription
from payments.notices.purchases import tell_about_failed_purchase
from payments.sync.looking import look_and_write
from payments.sync.rows import write_columns
from payments.sync.selling.purchases import write_purchase
from payments.sync.subscriptions import write_subscription

log = structlog.get_logger(__name__)

OVER = ("complete", "expired")
CURRENCY = next(iter(OFFERS.values())).currency


def sync_checkout(session_id: str, *, customer_id: str = "") -> CheckoutSession | None:
    """Make our rows of the session, and of what was bought in it, what Stripe says now; None when it is not ours.

    Raises gateway.ObjectMissing, CustomerNotLinked, LockTimeout, and what the seller's handlers raise.
    """
    return look_and_write(
        customer_id=customer_id, look=lambda: gateway.fetch_checkout(session_id), write=write_checkout
    )


def write_checkout(view: CheckoutView, owner: StripeCustomer) -> CheckoutSession | None:
    """Inside the caller's transaction and lock; rows are taken in the order subscription, payment, session."""
    if not view.kind:
        return None
    subscription = write_subscription(view.subscription, owner) if view.subscription else None
    payment = write_purchase(view.intent, owner) if view.intent else None
    row = CheckoutSession.objects.filter(stripe_id=view.id).select_for_update(no_key=True, of=("self",)).first()
    row = row or CheckoutSession(stripe_id=view.id)
    if row.status in OVER and view.status != row.status:
        log.error("checkout_would_reopen", session=view.id, status=view.status)
        return row
    write_columns(row, _columns(view, owner) | _made(row, payment, subscription))
    if payment is not None and row.user_id is not None and _has_failed(row, payment):
        tell_about_failed_purchase(payment)
    return row


def _has_failed(row: CheckoutSession, payment: Payment) -> bool:
    """The person left the page believing that it was done, and the bank refused later."""
    return row.status == "complete" and row.payment_status == "unpaid" and bool(payment.failure_code)


def _made(row: CheckoutSession, payment: Payment | None, subscription: Subscription | None) -> dict[str, Any]:
    return {
        "payment_id": payment.pk if payment else row.payment_id,
        "subscription_id": subscription.pk if subscription else row.subscription_id,
    }


def _columns(view: CheckoutView, owner: StripeCustomer) -> dict[str, Any]:
    return {
        "user_id": owner.user_id,
        "customer_id": owner.pk,
        "livemode": view.livemode,
        "mode": view.mode,
        "kind": view.kind,
        "reference": view.reference,
        "plan": view.plan if view.kind == SUBSCRIPTION else "",
        "description": view.description[:500],
        "amount": view.amount,
        "currency": view.currency or CURRENCY,
        "platform_fee": view.platform_fee,
        "status": view.status,
        "payment_status": view.payment_status,
        "expires_at": view.expires_at,
        "stripe_created_at": view.created_at,
    }
