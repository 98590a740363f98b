"""Selling one thing: an intent at Stripe that the page confirms, or that is paid at once with a card."""

import re
from dataclasses import asdict
from uuid import UUID

import structlog
from django.db.models import Q

from accounts.models import User
from numerai.common.errors import DomainError, NotFound
from payments import gateway, sync
from payments.gateway import IntentView, StripeUnavailable, is_livemode
from payments.models import BillingOperation, Fulfilment, OperationKind, Payment, StripeCustomer
from payments.models.payment import WAITING
from payments.services import operations
from payments.services.customers import get_or_create_stripe_customer
from payments.services.performing import perform
from payments.services.selling import guarding
from payments.services.selling.answers import NewPayment, PaymentStatus, payment_answer
from payments.services.selling.clearing import close_others, look_whether_paid, refusal_of, waiting_payment
from payments.services.selling.finding import hear, intent_made_by, only, take_unheard
from payments.services.selling.pricing import offer
from payments.services.selling.wanted import RETURN_PAGE, frontend, metadata_of, wanted, wanted_by
from payments.sync.locks import LockTimeout

log = structlog.get_logger(__name__)

INTENT = re.compile(r"pi_[A-Za-z0-9_]{1,250}")


class WrongId(DomainError):
    code, title = "wrong_id", "This is the id of something else"
    detail = "This is no id of what is asked for here."


def create_payment_intent(
    *,
    user: User,
    kind: str,
    reference: str,
    payment_method_id: str = "",
    amount: str = "",
    currency: str = "",
    client_key: str = "",
) -> NewPayment:
    """Sell one thing to ``user``: paid at once with a payment method, else left for the page to confirm.

    The seller names the price; ``amount``, in major units, and ``currency`` are what the page showed. An intent for the
    same thing that is not paid yet is offered again. Raises NotForSale, NotFound, AmountRefused, PriceChanged,
    PaidAlready, PurchaseLimitReached, DailyLimitReached, PurchaseUnderReview, CardDeclined, PaymentMethodInvalid, and
    what perform raises.
    """
    body = {"kind": kind, "reference": reference, "payment_method_id": payment_method_id}
    body |= {"amount": amount, "currency": currency}
    bare = operations.Request(user.pk, OperationKind.CREATE_PAYMENT, body, {}, client_key)
    earlier = operations.of_client_key(bare)
    if earlier is None:
        found = offer(user, kind, reference, amount=amount, currency=currency)
        params = wanted(found, payment_method_id=payment_method_id).params()
    else:
        # What was bought may not be for sale any more, and the same key demands the same parameters.
        params = earlier.params
        hear(earlier)
    request = operations.Request(user.pk, OperationKind.CREATE_PAYMENT, body, params, client_key)
    return only(NewPayment, perform(request, lambda operation: asdict(_sell(operation, user))))


def retrieve_payment_intent(*, user: User, payment_intent_id: str) -> PaymentStatus:
    """The person's payment, after a fresh look at Stripe that hands over what it finds paid; our own row while Stripe
    is away. ``payment_intent_id`` is Stripe's, or our payment's id. Raises WrongId, NotFound."""
    own = Payment.objects.filter(user=user, livemode=is_livemode()).select_related("customer")
    row = own.filter(_named(payment_intent_id)).first()
    if row is None:
        raise NotFound
    if row.status == "canceled" or row.fulfilment != Fulfilment.NONE:
        return PaymentStatus(row, is_verified=True)
    try:
        sync.sync_payment_intent(row.stripe_id, customer_id=row.customer.stripe_id)
    except (StripeUnavailable, LockTimeout):
        return PaymentStatus(row, is_verified=False)
    row.refresh_from_db()
    return PaymentStatus(row, is_verified=True)


def _named(identifier: str) -> Q:
    try:
        return Q(pk=UUID(identifier))
    except ValueError:
        if INTENT.fullmatch(identifier):
            return Q(stripe_id=identifier)
        raise WrongId from None


def _sell(operation: BillingOperation, user: User) -> NewPayment:
    customer = get_or_create_stripe_customer(user)
    unheard = take_unheard(operation)
    if unheard is not None:
        return unheard
    try:
        view = intent_made_by(operation, customer) or _waiting(operation, customer) or _make(operation, customer)
        return _pay(operation, customer, view)
    except gateway.ObjectMissing as missing:
        raise refusal_of(missing, customer) from missing


def _waiting(operation: BillingOperation, customer: StripeCustomer) -> IntentView | None:
    """An intent that the page can still confirm. With a card it is always made anew; all others are closed."""
    thing = wanted_by(operation)
    row = None if thing.payment_method_id else waiting_payment(customer, thing)
    close_others(operation, customer, thing, but=row.stripe_id if row else "")
    if row is None:
        return None
    view = gateway.fetch_payment_intent(row.stripe_id)
    if view.status in WAITING:
        return view
    look_whether_paid(row)
    return None


def _make(operation: BillingOperation, customer: StripeCustomer) -> IntentView:
    thing = wanted_by(operation)
    with guarding.passing(operation), operations.asking(operation):
        return gateway.create_payment_intent(
            key=operation.key(),
            customer_id=customer.stripe_id,
            amount=thing.amount,
            currency=thing.currency,
            description=thing.description,
            metadata=metadata_of(operation),
            asks_three_d_secure=thing.asks_three_d_secure,
        )


def _pay(operation: BillingOperation, customer: StripeCustomer, view: IntentView) -> NewPayment:
    method = wanted_by(operation).payment_method_id
    if method and view.status in WAITING:
        try:
            gateway.confirm_payment_intent(
                key=operation.key("confirm"),
                intent_id=view.id,
                payment_method_id=method,
                return_url=frontend(RETURN_PAGE),
            )
        except (gateway.CardDeclined, gateway.PaymentMethodInvalid, gateway.ObjectMissing):
            _leave_nothing(operation, customer, view)
            raise
    return payment_answer(view, _mirror(view, customer))


def _mirror(view: IntentView, customer: StripeCustomer) -> Payment:
    """The intent stands, so nothing that goes wrong here is a refusal of it."""
    try:
        sync.sync_purchase(view.id, customer_id=customer.stripe_id)
    except (LockTimeout, gateway.ObjectMissing, gateway.StripeMisconfigured) as error:
        raise StripeUnavailable(retry_after=2) from error
    return Payment.objects.get(stripe_id=view.id)


def _leave_nothing(operation: BillingOperation, customer: StripeCustomer, view: IntentView) -> None:
    """A refused card leaves nothing that could still be paid. The refusal stands, whatever becomes of this."""
    try:
        gateway.cancel_payment_intent(key=operation.key("cancel"), intent_id=view.id)
        sync.sync_purchase(view.id, customer_id=customer.stripe_id)
    except (DomainError, gateway.ObjectMissing, LockTimeout) as error:
        log.warning("refused_payment_left_open", payment=view.id, error=type(error).__name__)
