"""Somebody leaves for good: nothing of theirs may be charged any more, and Stripe has to know it before we forget."""

from uuid import UUID

from numerai.common.errors import DomainError
from payments import gateway, sync
from payments.models import (
    UNSETTLED,
    BillingOperation,
    CheckoutSession,
    OperationKind,
    StripeCustomer,
    Subscription,
)
from payments.models.subscription import OVER
from payments.services import operations
from payments.services.operations import Request
from payments.services.selling.abandoned import close_unpaid
from payments.services.settling import SETTLERS, TooEarly
from payments.sync.locks import LockTimeout, person_lock

PATIENCE_SECONDS = 10


def end_everything(user_id: UUID) -> int:
    """End every subscription of the person now, void their open bills and close their payments and payment pages;
    answers how many subscriptions ended.

    For accounts that are being closed, from a background job, after the account was made inactive so that nothing new
    is bought. Afterwards ``payments.privacy.erase`` finds nothing that is still charged. May be called again at any
    time. Raises StripeUnavailable whenever something is not known for certain: the job tries again later.
    """
    try:
        with person_lock(user_id, wait_seconds=PATIENCE_SECONDS):
            settle_all(user_id)
            customers = StripeCustomer.objects.filter(user_id=user_id, livemode=gateway.is_livemode())
            living = list(customers.filter(deleted_at__isnull=True))
            return _end(user_id, living) if living else 0
    except LockTimeout:
        raise gateway.StripeUnavailable(retry_after=10) from None


def settle_all(user_id: UUID) -> None:
    """What was asked of Stripe without an answer may still be charged, so it comes first. Under the person's lock.
    Raises StripeUnavailable."""
    left = BillingOperation.objects.filter(user_id=user_id, livemode=gateway.is_livemode(), state__in=UNSETTLED)
    for operation in left.order_by("created_at"):
        try:
            SETTLERS[OperationKind(operation.kind)](operation)
        except TooEarly as early:
            # A customer costs nothing, and whoever left has no use for one that appears later.
            if operation.kind != OperationKind.CREATE_CUSTOMER:
                raise gateway.StripeUnavailable(retry_after=early.retry_after) from None


def _end(user_id: UUID, customers: list[StripeCustomer]) -> int:
    request = Request(
        user_id=user_id,
        kind=OperationKind.CANCEL_SUBSCRIPTION,
        body={"when": "farewell"},
        params={"when": "farewell"},
        is_farewell=True,
    )
    operation = operations.start(request)
    with operations.settling(operation):
        try:
            ended = sum(_end_of_customer(operation, customer) for customer in customers)
        except DomainError as error:
            if isinstance(error, gateway.StripeUnavailable):
                raise
            raise gateway.StripeUnavailable(retry_after=60) from error
        operations.succeed(operation, {"ended": ended})
    return ended


def _end_of_customer(operation: BillingOperation, customer: StripeCustomer) -> int:
    try:
        _close_pages(operation, customer)
        close_unpaid(customer)
        living = [view for view in gateway.subscriptions_of(customer.stripe_id) if view.status not in OVER]
        open_bills = gateway.open_invoices_of(customer.stripe_id)
        for view in living:
            if view.schedule is not None:
                gateway.release_schedule(key=operation.key(f"release:{view.schedule.id}"), schedule_id=view.schedule.id)
            gateway.cancel_subscription(view.id)
        for invoice_id in open_bills:
            gateway.void_invoice(key=operation.key(f"void:{invoice_id}"), invoice_id=invoice_id)
            sync.sync_invoice(invoice_id, customer_id=customer.stripe_id)
        _look_again(customer)
    except gateway.ObjectMissing as missing:
        sync.sync_customer(customer.stripe_id)
        raise gateway.StripeUnavailable(retry_after=1) from missing
    return len(living)


def _close_pages(operation: BillingOperation, customer: StripeCustomer) -> None:
    for session in CheckoutSession.objects.filter(customer=customer, status="open"):
        gateway.expire_checkout(key=operation.key(f"expire:{session.stripe_id}"), session_id=session.stripe_id)
        sync.sync_checkout(session.stripe_id, customer_id=customer.stripe_id)


def _look_again(customer: StripeCustomer) -> None:
    """Also at what an earlier try has ended without hearing of it."""
    left = Subscription.objects.filter(customer=customer).exclude(status__in=OVER)
    for stripe_id in left.values_list("stripe_id", flat=True):
        sync.sync_subscription(stripe_id, customer_id=customer.stripe_id)
