"""What customers ask to have back, and what is decided about it."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from accounts.models import User
from numerai.common import clock
from numerai.common.errors import Conflict, DomainError, NotFound, ServiceUnavailable
from payments.gateway import is_livemode
from payments.models import BillingOperation, Payment, Refund, RefundOrigin, RefundRequest, RequestState
from payments.notices.refunds import tell_about_refusal, tell_about_request
from payments.services import operations
from payments.services.performing import perform
from payments.services.refunds import policy
from payments.services.refunds.refunding import (
    Wish,
    give_back,
    origin_of,
    payment_by,
    refuse_unless_refundable,
    request_for,
)
from payments.sync.rows import write_columns

# A second click, not a second wish.
REPEATED_WITHIN = timedelta(minutes=10)


class RefundRequestDecided(Conflict):
    code = "refund_request_decided"
    detail = "This request has been decided already."


def request_refund(
    *, user: User, payment_id: UUID, reason: str, amount: int | None = None, client_key: str = ""
) -> RefundRequest:
    """Ask for ``amount`` minor units of one's payment back, for all that is left without one.

    Given back at once where the settings allow it: the request is approved then. Else it is open, and operators are
    told. An open request, and the same one of a moment ago, is answered again. Raises NotFound and what
    ``create_refund`` raises.
    """
    payment = payment_of(user, payment_id)
    wish = Wish(payment, amount, RefundOrigin.CUSTOMER)
    request = request_for(wish, user, client_key=client_key, why=reason)
    result = perform(request, lambda operation: _ask(operation, payment, amount, reason))
    return RefundRequest.objects.select_related("payment").get(pk=result["request"])


def approve_refund_request(
    request: RefundRequest, *, by: User, end_subscription: bool = False, answer: str = ""
) -> Refund:
    """Give back what was asked for; the person is told the ``answer``, if there is one. Raises RefundRequestDecided and
    what ``create_refund`` raises."""
    payment = payment_by(request.payment_id)
    origin = origin_of(by, payment)
    wish = Wish(payment, request.amount, origin, request=request, end_subscription=end_subscription)

    def approve(operation: BillingOperation) -> dict[str, Any]:
        _refuse_decided(request)
        # The mail goes out with the refund and says it.
        _keep_words(request, answer=answer)
        return give_back(operation, wish)

    result = perform(request_for(wish, by, decision="approve"), approve)
    with transaction.atomic():
        _sign(_locked(request), by, answer)
    request.refresh_from_db()
    return Refund.objects.select_related("payment").get(pk=result["refund"])


def refuse_refund_request(request: RefundRequest, *, by: User, answer: str) -> None:
    """Say no, with an ``answer`` that the person is told. Raises RefundRequestDecided, AnotherPurchaseInProgress, and
    StripeUnavailable while it is not clear whether the money has been given back."""
    wish = Wish(payment_by(request.payment_id), request.amount, request=request)

    def refuse(operation: BillingOperation) -> dict[str, Any]:
        _refuse_decided(request)
        with transaction.atomic():
            row = _locked(request)
            write_columns(row, {"state": RequestState.REFUSED, "decided_at": clock.now()})
            _sign(row, by, answer)
            tell_about_refusal(row, wish.payment)
        return {"request": str(request.pk)}

    perform(request_for(wish, by, decision="refuse"), refuse)
    request.refresh_from_db()


def payment_of(user: User, payment_id: UUID) -> Payment:
    """The person's own payment. Raises NotFound, for somebody else's as well."""
    own = Payment.objects.select_related("customer", "invoice__subscription").filter(user=user, livemode=is_livemode())
    found = own.filter(pk=payment_id).first()
    if found is None:
        raise NotFound
    return found


def _ask(operation: BillingOperation, payment: Payment, amount: int | None, reason: str) -> dict[str, Any]:
    if operation.asked_at is not None:
        return _give_at_once(operation, payment, RefundRequest.objects.get(pk=operation.params["request_id"]))
    payment.refresh_from_db(fields=["status", "amount_refunded", "paid_at", "fraud_warning_id"])
    standing = _standing(payment, amount, reason)
    if standing is not None and standing.state == RequestState.APPROVED:
        return {"request": str(standing.pk)}
    row = standing or _open(payment, refuse_unless_refundable(payment, amount), reason)
    if policy.is_given_at_once(payment, row.amount):
        is_end = policy.ends_subscription(payment, row.amount)
        # Whoever has to find out what came of it, or asks again, reads this.
        operations.note(operation, request_id=str(row.pk), end_subscription="yes" if is_end else "")
        return _give_at_once(operation, payment, row)
    with transaction.atomic():
        tell_about_request(row, payment)
    return {"request": str(row.pk)}


def _standing(payment: Payment, amount: int | None, reason: str) -> RefundRequest | None:
    """The request that this one repeats: one that is open, or was approved a moment ago."""
    requests = payment.refund_requests.order_by("-created_at")
    is_repeatable = amount is not None or payment.refundable == 0
    repeated = requests.filter(
        state=RequestState.APPROVED, reason=reason, created_at__gt=clock.now() - REPEATED_WITHIN
    ).exclude(refund=None)
    same = repeated if amount is None else repeated.filter(amount=amount)
    return requests.filter(state=RequestState.OPEN).first() or (same.first() if is_repeatable else None)


def _open(payment: Payment, amount: int, reason: str) -> RefundRequest:
    row = RefundRequest(user_id=payment.user_id, payment=payment)
    with transaction.atomic():
        write_columns(row, {"amount": amount})
        _keep_words(row, reason=reason)
    return row


def _give_at_once(operation: BillingOperation, payment: Payment, row: RefundRequest) -> dict[str, Any]:
    is_end = bool(operation.params["end_subscription"])
    wish = Wish(payment, row.amount, RefundOrigin.CUSTOMER, request=row, end_subscription=is_end)
    try:
        return give_back(operation, wish)
    except ServiceUnavailable:
        raise
    except DomainError:
        with transaction.atomic():
            write_columns(_locked(row), {"state": RequestState.WITHDRAWN, "decided_at": clock.now()})
        raise


def _sign(row: RefundRequest, by: User, answer: str) -> None:
    write_columns(row, {"decided_by_id": by.pk})
    _keep_words(row, answer=answer)


def _keep_words(row: RefundRequest, **words: str) -> None:
    """What people write is kept in the row alone, where it can be erased, and not in the evidence of its changes."""
    RefundRequest.objects.filter(pk=row.pk).update(**words)
    for name, text in words.items():
        setattr(row, name, text)


def _refuse_decided(request: RefundRequest) -> None:
    request.refresh_from_db()
    if request.state != RequestState.OPEN:
        raise RefundRequestDecided


def _locked(request: RefundRequest) -> RefundRequest:
    return RefundRequest.objects.select_for_update(no_key=True, of=("self",)).get(pk=request.pk)
