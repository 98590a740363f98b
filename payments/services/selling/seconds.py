"""A subscription bought on Stripe's page while another one was live: it is ended, and its money given back."""

import structlog
from django.db import transaction

from payments import gateway, sync
from payments.models import CheckoutSession, Payment, Subscription
from payments.notices.purchases import tell_about_second_subscription
from payments.services.operations import PATIENCE_SECONDS, own_key
from payments.services.refunds.refunding import create_refund
from payments.sync.locks import person_lock

log = structlog.get_logger(__name__)

DUPLICATE = "duplicate"


def end_second_subscription(page: CheckoutSession) -> bool:
    """End what was subscribed to on ``page`` if the person has had another one already; answers whether that was so.

    May be called again after it failed: the refund belongs to an operation of its own name. Raises StripeUnavailable,
    LockTimeout, and what create_refund raises.
    """
    if page.user_id is None or _second(page) is None:
        return False
    with person_lock(page.user_id, wait_seconds=PATIENCE_SECONDS):
        subscription = _second(page)
        if subscription is not None:
            _end(page, subscription)
    return True


def _second(page: CheckoutSession) -> Subscription | None:
    return Subscription.objects.filter(checkouts=page, duplicate_of__isnull=False).first()


def _end(page: CheckoutSession, subscription: Subscription) -> None:
    customer_id = page.customer.stripe_id
    bill = sync.sync_invoice(subscription.latest_invoice_id, customer_id=customer_id)
    paid = Payment.objects.filter(invoice=bill, status="succeeded")
    for payment in paid:
        if payment.refundable:
            create_refund(payment=payment, reason=DUPLICATE, client_key=own_key("second", payment.stripe_id))
    gateway.cancel_subscription(subscription.stripe_id)
    sync.sync_subscription(subscription.stripe_id, customer_id=customer_id)
    amount = sum(payment.amount for payment in paid)
    with transaction.atomic():
        tell_about_second_subscription(page, amount)
    log.warning("second_subscription_ended", subscription=subscription.stripe_id, amount=amount)
