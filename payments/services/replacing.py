"""Giving up a subscription that was never paid, while its page may still be open and confirm the payment."""

import structlog

from payments import gateway, sync
from payments.gateway import SubscriptionView
from payments.models import BillingOperation, StripeCustomer
from payments.services.operations import AnotherPurchaseInProgress
from payments.services.purchases import AlreadySubscribed, mirror

log = structlog.get_logger(__name__)

PAID_MEANWHILE = "A payment of yours has just gone through. You will not be charged again; please contact us."


def give_up_unpaid(unpaid: SubscriptionView, operation: BillingOperation, customer: StripeCustomer) -> None:
    """End the subscription so that nobody can pay for it any more.

    Raises AlreadySubscribed when it has been paid for meanwhile, AnotherPurchaseInProgress when it is being paid.
    """
    if unpaid.latest_invoice_id:
        key = operation.key(f"void:{unpaid.latest_invoice_id}")
        if not gateway.void_invoice(key=key, invoice_id=unpaid.latest_invoice_id):
            _refuse_if_paid(unpaid, customer)
    gateway.cancel_subscription(unpaid.id)
    mirror(unpaid, customer)
    if unpaid.latest_invoice_id and gateway.fetch_invoice(unpaid.latest_invoice_id).status == "paid":
        log.error("paid_while_replaced", subscription=unpaid.id, invoice=unpaid.latest_invoice_id)
        raise AnotherPurchaseInProgress(PAID_MEANWHILE)


def _refuse_if_paid(unpaid: SubscriptionView, customer: StripeCustomer) -> None:
    """A voided or uncollectible bill is no obstacle; one that is paid, or about to be, is."""
    bill = sync.sync_invoice(unpaid.latest_invoice_id, customer_id=customer.stripe_id)
    if bill.status == "paid":
        raise AlreadySubscribed
    if bill.status == "open":
        raise AnotherPurchaseInProgress(retry_after=10)
