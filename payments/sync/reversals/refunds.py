from typing import Any
from uuid import UUID

import structlog
from django.db import transaction
from django.db.models import Sum

from numerai.common import clock
from payments import gateway
from payments.gateway import RefundView
from payments.models import EntryKind, Payment, Refund, RefundOrigin, RefundRequest, RequestState
from payments.models.refund import GAVE_NOTHING
from payments.notices.refunds import tell_about_refund
from payments.sync.fulfilling import reverse
from payments.sync.ledger import book, is_booked
from payments.sync.locks import customer_lock
from payments.sync.reversals.payments import payment_known, payment_locked
from payments.sync.rows import write_columns

log = structlog.get_logger(__name__)


def sync_refunds(payment_id: str) -> tuple[RefundView, ...]:
    """Make our rows of everything given back of the payment intent or charge what Stripe says now, which it answers.

    Raises CustomerNotOurs, CustomerNotLinked, gateway.ObjectMissing, LockTimeout, and what sellers' handlers raise.
    """
    payment = payment_known(payment_id)
    with customer_lock(payment.customer.stripe_id):
        views = gateway.refunds_of(payment_id)
        with transaction.atomic():
            write_refunds(views, payment_locked(payment))
    return views


def write_refunds(views: tuple[RefundView, ...], payment: Payment) -> None:
    """Inside the caller's transaction and lock, with the payment's row locked."""
    for view in views:
        _write_refund(view, payment)
    kept = payment.refunds.exclude(status__in=GAVE_NOTHING)
    given_back = kept.aggregate(total=Sum("amount"))["total"] or 0
    if write_columns(payment, {"amount_refunded": given_back}):
        _close_requests(payment)
        reverse(payment)


def _close_requests(payment: Payment) -> None:
    """Whoever has everything back by another way waits for nobody's decision any more."""
    if payment.refundable:
        return
    waiting = RefundRequest.objects.select_for_update(no_key=True, of=("self",))
    for request in waiting.filter(payment=payment, state=RequestState.OPEN):
        write_columns(request, {"state": RequestState.WITHDRAWN, "decided_at": clock.now()})


def _write_refund(view: RefundView, payment: Payment) -> None:
    row = Refund.objects.filter(stripe_id=view.id).select_for_update(no_key=True, of=("self",)).first()
    row = row or Refund(stripe_id=view.id, **_first_columns(view, payment))
    if row.status in GAVE_NOTHING and view.status != row.status:
        log.error("refund_would_revive", refund=view.id, status=view.status)
        return
    columns = {
        "payment_id": payment.pk,
        "charge_id": view.charge_id,
        "livemode": payment.livemode,
        "amount": view.amount,
        "currency": view.currency,
        "status": view.status,
        "reason": view.reason,
        "failure_reason": view.failure_reason,
        "stripe_created_at": view.created_at,
    }
    is_new = row._state.adding
    changed = write_columns(row, columns)
    if is_new and row.request is not None:
        _approve(row.request)
    if changed:
        _book(row, payment)
        tell_about_refund(row, payment)


def _first_columns(view: RefundView, payment: Payment) -> dict[str, Any]:
    """Who wanted it. Without an operation of ours in its metadata it was made in Stripe's dashboard."""
    origin = view.origin if view.operation_id and view.origin in RefundOrigin.values else RefundOrigin.EXTERNAL
    return {"origin": origin, "request": _request_of(view, payment)}


def _request_of(view: RefundView, payment: Payment) -> RefundRequest | None:
    try:
        request_id = UUID(view.request_id)
    except ValueError:
        return None
    requests = RefundRequest.objects.select_for_update(no_key=True, of=("self",))
    return requests.filter(pk=request_id, payment=payment, refund__isnull=True).first()


def _approve(request: RefundRequest) -> None:
    """Whoever asked for it has it now, however the news of that has come."""
    write_columns(request, {"state": RequestState.APPROVED, "decided_at": request.decided_at or clock.now()})


def _book(row: Refund, payment: Payment) -> None:
    if row.status not in GAVE_NOTHING:
        book(payment, EntryKind.REFUND, source=row.stripe_id, amount=-row.amount, currency=row.currency)
    elif is_booked(EntryKind.REFUND, row.stripe_id):
        book(payment, EntryKind.REFUND_FAILED, source=row.stripe_id, amount=row.amount, currency=row.currency)
