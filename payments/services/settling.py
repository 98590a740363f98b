"""What became of operations whose answer never came. It is looked for at Stripe; nothing is ever asked for again,
because the person may have given it up since."""

import math
from collections.abc import Callable
from dataclasses import asdict
from datetime import timedelta
from functools import wraps
from typing import TypeVar, cast
from uuid import UUID

import structlog

from numerai.common import audit, clock
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


Settler = Callable[[BillingOperation], object]
OwnSettler = TypeVar("OwnSettler", bound=Settler)
SETTLERS: dict[OperationKind, Settler] = {}


def settles(*kinds: OperationKind) -> Callable[[OwnSettler], OwnSettler]:
    """Register the decorated function as the one that finds out what became of an operation of these kinds.

    It is called under the person's lock, ends the operation (``operations.succeed`` or ``give_up``) or raises TooEarly,
    StripeUnavailable or LockTimeout, and never asks Stripe to make anything.
    """

    def register(settler: OwnSettler) -> OwnSettler:
        @wraps(settler)
        def caused(operation: BillingOperation) -> object:
            with audit.cause("operation", operation.pk):
                return settler(operation)

        SETTLERS.update(dict.fromkeys(kinds, caused))
        return cast("OwnSettler", caused)

    return register


class TooEarly(Exception):
    """What was asked for may still appear; ``retry_after`` is in seconds."""

    def __init__(self, retry_after: int) -> None:
        super().__init__("The outcome is not certain yet.")
        self.retry_after = retry_after


@settles(OperationKind.CREATE_SUBSCRIPTION)
def settle_purchase(operation: BillingOperation) -> NewSubscription | None:
    """The purchase that the operation has made, None when it has made none; ends the operation either way.

    Under the person's lock. Raises TooEarly, StripeUnavailable, LockTimeout.
    """
    for customer in customers_of(operation):
        view = _made_by(operation, customer)
        if view is not None:
            answer = answer_about(view, mirror(view, customer))
            operations.succeed(operation, asdict(answer))
            return answer
    give_up_when_certain(operation)
    return None


@settles(OperationKind.CREATE_CUSTOMER)
def settle_customer(operation: BillingOperation) -> None:
    """A customer costs nothing, so what cannot be found may be asked for again as long as its key lives.

    Raises TooEarly, StripeUnavailable.
    """
    customer = customers_of(operation)[:1] or _found_customer(operation)
    if customer:
        operations.succeed(operation, {"customer": customer[0].stripe_id})
    else:
        give_up_when_certain(operation, after=operations.KEY_LIFETIME)


def _found_customer(operation: BillingOperation) -> list[StripeCustomer]:
    """What Stripe made without our hearing its answer."""
    email = operation.params.get("email", "")
    if not email or operation.asked_at is None:
        return []
    view = gateway.find_customer(email=email, user_id=str(operation.user_id))
    return [sync.link_customer(view)] if view else []


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
    try:
        with person_lock(cast("UUID", operation.user_id), wait_seconds=operations.NO_PATIENCE_SECONDS):
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
    SETTLERS[OperationKind(operation.kind)](operation)


def customers_of(operation: BillingOperation) -> list[StripeCustomer]:
    """The customers at Stripe under which the operation may have made something."""
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


def give_up_when_certain(operation: BillingOperation, *, after: timedelta = CERTAIN_AFTER) -> None:
    """End an operation that has made nothing. Raises TooEarly while what was asked for may still appear."""
    if operation.asked_at is not None:
        left = operation.asked_at + after - clock.now()
        if left > timedelta(0):
            raise TooEarly(math.ceil(left.total_seconds()))
    operations.give_up(operation)
