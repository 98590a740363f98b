"""Payments that were begun and never made. Stripe closes its own pages after a day; an intent it would keep for ever,
at a price of long ago and beyond what may be spent in a day."""

from datetime import timedelta

import structlog

from numerai.common import clock
from numerai.common.errors import DomainError
from payments import gateway, sync
from payments.gateway import ObjectMissing, StripeUnavailable, is_livemode
from payments.models import SUBSCRIPTION, Payment, StripeCustomer
from payments.models.payment import WAITING
from payments.sync.locks import LockTimeout

log = structlog.get_logger(__name__)

OPEN_FOR = timedelta(days=1)
BATCH = 50


def close_abandoned() -> int:
    """Make every payment impossible that has waited for a day; answers how many were looked at."""
    waiting = Payment.objects.filter(status__in=WAITING, livemode=is_livemode()).exclude(kind=SUBSCRIPTION)
    due = waiting.filter(stripe_created_at__lte=clock.now() - OPEN_FOR).select_related("customer")
    closed = 0
    # At random, so that one that cannot be closed does not stand before all others.
    for row in due.order_by("?")[:BATCH]:
        try:
            _close(row)
            closed += 1
        except StripeUnavailable:
            break
        except (DomainError, ObjectMissing, LockTimeout) as error:
            log.warning("abandoned_payment_not_closed", payment=row.stripe_id, error=type(error).__name__)
    return closed


def close_unpaid(customer: StripeCustomer) -> None:
    """Make every payment of the customer impossible that is not made yet. Raises ObjectMissing, StripeUnavailable,
    LockTimeout."""
    for row in Payment.objects.filter(customer=customer, status__in=WAITING).exclude(kind=SUBSCRIPTION):
        _close(row)


def _close(row: Payment) -> None:
    gateway.cancel_payment_intent(key=f"abandoned:{row.pk}", intent_id=row.stripe_id)
    sync.sync_purchase(row.stripe_id, customer_id=row.customer.stripe_id)
