"""Earlier attempts at the same thing. One of them is offered again or all are closed, so that two tabs pay once."""

from payments import gateway, sync
from payments.gateway import ObjectMissing, StripeUnavailable
from payments.models import BillingOperation, CheckoutSession, Payment, StripeCustomer
from payments.models.payment import WAITING
from payments.services.operations import AnotherPurchaseInProgress
from payments.services.selling.answers import paid_already
from payments.services.selling.wanted import Wanted


def waiting_payment(customer: StripeCustomer, thing: Wanted) -> Payment | None:
    """An intent for the same thing at the same price that the page can still confirm."""
    return next((row for row in _waiting(customer, thing) if _is_same(row, thing)), None)


def _is_same(row: Payment, thing: Wanted) -> bool:
    return (row.amount, row.currency, row.platform_fee) == (thing.amount, thing.currency, thing.platform_fee)


def close_others(operation: BillingOperation, customer: StripeCustomer, thing: Wanted, *, but: str = "") -> None:
    """Make every earlier attempt impossible to pay, except the intent ``but``.

    Raises PaidAlready for one that was paid meanwhile, once: after that it is known. Raises AnotherPurchaseInProgress
    while one of them is being paid.
    """
    for row in _waiting(customer, thing):
        if row.stripe_id != but:
            _close_intent(operation, row)
    open_pages = CheckoutSession.objects.filter(customer=customer, kind=thing.kind, reference=thing.reference)
    for page in open_pages.filter(status="open"):
        closed = close_page(operation, page)
        if closed is not None and closed.payment is not None:
            _refuse_if_paid(closed.payment)


def _close_intent(operation: BillingOperation, row: Payment) -> None:
    gateway.cancel_payment_intent(key=operation.key(f"cancel:{row.stripe_id}"), intent_id=row.stripe_id)
    look_whether_paid(row)


def look_whether_paid(row: Payment) -> None:
    """Raises PaidAlready, AnotherPurchaseInProgress."""
    found = sync.sync_purchase(row.stripe_id, customer_id=row.customer.stripe_id)
    if found is not None:
        _refuse_if_paid(found)


def _refuse_if_paid(found: Payment) -> None:
    if found.status == "succeeded":
        raise paid_already(found)
    if found.status == "processing":
        raise AnotherPurchaseInProgress(retry_after=10)


def close_page(operation: BillingOperation, page: CheckoutSession) -> CheckoutSession | None:
    """Close Stripe's page, or learn what was bought on it."""
    gateway.expire_checkout(key=operation.key(f"expire:{page.stripe_id}"), session_id=page.stripe_id)
    return sync.sync_checkout(page.stripe_id, customer_id=page.customer.stripe_id)


def _waiting(customer: StripeCustomer, thing: Wanted) -> list[Payment]:
    same = Payment.objects.filter(customer=customer, kind=thing.kind, reference=thing.reference, status__in=WAITING)
    return list(same.select_related("customer").order_by("-created_at"))


def refusal_of(missing: ObjectMissing, customer: StripeCustomer) -> Exception:
    """What is told to whoever bought when Stripe does not know what was named: the customer, or else the card."""
    if missing.param == "customer":
        sync.sync_customer(customer.stripe_id)
        gone = StripeUnavailable(retry_after=1)
        gone.is_final = True
        return gone
    return gateway.PaymentMethodInvalid(field="payment_method_id")
