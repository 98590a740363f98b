"""What became of operations whose answer never came. It is looked for at Stripe; nothing is ever asked for again,
because the person may have given it up since."""

import math
from dataclasses import asdict
from datetime import timedelta

import structlog

from numerai.common import clock
from payments import gateway, sync
from payments.gateway import SubscriptionView, is_livemode
from payments.models import UNSETTLED, BillingOperation, OperationKind, StripeCustomer
from payments.services import operations
from payments.services.purchases import NewSubscription, answer_about, mirror
from payments.sync.locks import LockTimeout, person_lock

log = structlog.get_logger(__name__)

# Stripe drops what it has not carried out by then, so what is not there will not come.
CERTAIN_AFTER = timedelta(minutes=2)
SWEPT_AFTER = timedelta(minutes=1)
SWEEP_BATCH = 20


class TooEarly(Exception):
    """What was asked for may still appear; ``retry_after`` is in seconds."""

    def __init__(self, retry_after: int) -> None:
        super().__init__("The outcome is not certain yet.")
        self.retry_after = retry_after


def settle_purchase(operation: BillingOperation) -> NewSubscription | None:
    """The purchase that the operation has made, None when it has made none; ends the operation either way.

    Under the person's lock. Raises TooEarly, StripeUnavailable, LockTimeout.
    """
    for customer in _customers_of(operation):
        view = _made_by(operation, customer)
        if view is not None:
            answer = answer_about(view, mirror(view, customer))
            operations.succeed(operation, asdict(answer))
            return answer
    _give_up(operation, after=CERTAIN_AFTER)
    return None


def settle_customer(operation: BillingOperation) -> None:
    """A customer costs nothing, so it may be asked for again as long as its key lives. Raises TooEarly."""
    customer = _customers_of(operation)[:1]
    if customer:
        operations.succeed(operation, {"customer": customer[0].stripe_id})
    else:
        _give_up(operation, after=operations.KEY_LIFETIME)


def sweep_operations() -> int:
    """Settle operations that were left behind; answers how many. Those that somebody is at work on are left alone."""
    unsettled = BillingOperation.objects.filter(state__in=UNSETTLED, livemode=is_livemode(), user__isnull=False)
    due = unsettled.filter(created_at__lte=clock.now() - SWEPT_AFTER)
    settled = 0
    # At random, so that one that can never be settled does not stand before all others.
    for operation in due.order_by("?")[:SWEEP_BATCH]:
        try:
            settled += _sweep(operation)
        except gateway.StripeUnavailable:
            break
    return settled


def _sweep(operation: BillingOperation) -> bool:
    if operation.user_id is None:
        return False
    try:
        with person_lock(operation.user_id, wait_seconds=operations.NO_PATIENCE_SECONDS):
            operation.refresh_from_db()
            if operation.finished_at is None:
                _settle(operation)
            return True
    except (LockTimeout, TooEarly):
        return False
    except gateway.StripeUnavailable:
        raise
    except Exception:
        log.exception("operation_not_settled", operation=str(operation.pk))
        return False


def _settle(operation: BillingOperation) -> None:
    if operation.kind == OperationKind.CREATE_CUSTOMER:
        settle_customer(operation)
    else:
        settle_purchase(operation)


def _customers_of(operation: BillingOperation) -> list[StripeCustomer]:
    if operation.user_id is None:
        return []
    known = StripeCustomer.objects.filter(user_id=operation.user_id, livemode=operation.livemode)
    return list(known.filter(deleted_at__isnull=True))


def _made_by(operation: BillingOperation, customer: StripeCustomer) -> SubscriptionView | None:
    if operation.asked_at is None:
        return None
    try:
        found = gateway.subscriptions_of(customer.stripe_id)
    except gateway.ObjectMissing:
        sync.sync_customer(customer.stripe_id)
        return None
    return next((view for view in found if view.operation_id == str(operation.pk)), None)


def _give_up(operation: BillingOperation, *, after: timedelta) -> None:
    if operation.asked_at is not None:
        left = operation.asked_at + after - clock.now()
        if left > timedelta(0):
            raise TooEarly(math.ceil(left.total_seconds()))
    operations.give_up(operation)
