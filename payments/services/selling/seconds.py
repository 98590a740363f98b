"""A subscription bought on Stripe's page while another one was live: it is ended, and its money given back."""

import structlog
from django.db import transaction

from payments import gateway, sync
from payments.models import CheckoutSession, Payment
from payments.notices.purchases import tell_about_second_subscription
from payments.services.operations import PATIENCE_SECONDS
from payments.services.refunds.refunding import create_refund
from payments.sync.locks import person_lock

log = structlog.get_logger(__name__)

DUPLICATE = "duplicate"


def end_second_subscription(page: CheckoutSession) -> bool:
    """End what was subscribed to on ``page`` if the person has had another one already; answers whether that was so.

    May be called again after it failed: the refund belongs to an operation of its own name. Raises StripeUnavailable,
    LockTimeout, and what create_refund raises.
    """
    if not _is_second(page) or page.user_id is None:
        return False
    with person_lock(page.user_id, wait_seconds=PATIENCE_SECONDS):
        if _is_second(page):
            _end(page)
    return True


def _is_second(page: CheckoutSession) -> bool:
    page.refresh_from_db(fields=["subscription"])
    return page.subscription is not None and page.subscription.duplicate_of_id is not None


def _end(page: CheckoutSession) -> None:
    assert page.subscription is not None  # noqa: S101  # asked just before
    subscription, customer_id = page.subscription, page.customer.stripe_id
    if subscription.latest_invoice_id:
        sync.sync_invoice(subscription.latest_invoice_id, customer_id=customer_id)
    paid = Payment.objects.filter(invoice__subscription=subscription, status="succeeded")
    amount = 0
    for payment in paid:
        if payment.refundable:
            amount += payment.refundable
            create_refund(payment=payment, reason=DUPLICATE, client_key=f"second:{payment.stripe_id}")
    gateway.cancel_subscription(subscription.stripe_id)
    sync.sync_subscription(subscription.stripe_id, customer_id=customer_id)
    with transaction.atomic():
        tell_about_second_subscription(page, amount)
    log.warning("second_subscription_ended", subscription=subscription.stripe_id, amount=amount)
