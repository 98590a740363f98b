import structlog
from django.db import transaction

from numerai.common import clock
from payments import gateway
from payments.models import StripeCustomer, Subscription
from payments.models.subscription import OVER
from payments.sync.locks import customer_lock
from payments.sync.rows import write_columns
from payments.sync.subscriptions import sync_subscription

log = structlog.get_logger(__name__)


def sync_customer(customer_id: str) -> None:
    """Note that the customer was deleted at Stripe, or is unknown there because the account is another one, and what
    became of their subscriptions with them; the person gets a new customer with their next purchase."""
    with customer_lock(customer_id):
        if not _is_gone(customer_id):
            return
        with transaction.atomic():
            rows = StripeCustomer.objects.select_for_update(no_key=True, of=("self",))
            for row in rows.filter(stripe_id=customer_id, deleted_at__isnull=True):
                write_columns(row, {"deleted_at": clock.now()})
        left = Subscription.objects.filter(customer__stripe_id=customer_id).exclude(status__in=OVER)
        for stripe_id in left.values_list("stripe_id", flat=True):
            _sync_left(stripe_id, customer_id)


def _sync_left(subscription_id: str, customer_id: str) -> None:
    try:
        sync_subscription(subscription_id, customer_id=customer_id)
    except gateway.ObjectMissing:
        # Of another account, where it may still be charged: nobody can tell from here.
        log.error("stripe_subscription_missing", subscription=subscription_id)


def _is_gone(customer_id: str) -> bool:
    try:
        return gateway.fetch_customer(customer_id).is_deleted
    except gateway.ObjectMissing:
        if not StripeCustomer.objects.filter(stripe_id=customer_id).exists():
            raise
        log.error("stripe_customer_missing", customer=customer_id)
        return True
