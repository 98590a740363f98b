from datetime import datetime
from typing import Any

import structlog
from django.db import transaction

from numerai.common import clock
from payments import gateway
from payments.gateway import DisputeView, FraudWarningView
from payments.models import Dispute, EntryKind, Payment
from payments.models.dispute import CLOSED
from payments.notices.disputes import tell_about_dispute, tell_about_fraud_warning
from payments.sync.fulfilling import given_back, reverse
from payments.sync.ledger import book
from payments.sync.locks import customer_lock
from payments.sync.reversals.payments import payment_known, payment_locked
from payments.sync.rows import write_columns

log = structlog.get_logger(__name__)

DECIDED = ("won", "lost", "prevented")
EARLY = ("needs_response", "under_review")
KNOWN_STATUSES = (
    *CLOSED,
    *EARLY,
    *("warning_needs_response", "warning_under_review", "appeal_needs_response", "appeal_under_review"),
)


def sync_dispute(dispute_id: str, *, payment_id: str = "") -> Dispute:
    """Make our row of the dispute, and what follows from it, what Stripe says now.

    ``payment_id`` is the payment intent or charge that it is thought to be about; "" costs a further look. Raises
    CustomerNotOurs, CustomerNotLinked, gateway.ObjectMissing, LockTimeout, and what sellers' handlers raise.
    """
    payment = payment_known(payment_id or gateway.fetch_dispute(dispute_id).payment_id)
    with customer_lock(payment.customer.stripe_id):
        view = gateway.fetch_dispute(dispute_id)
        if view.payment_id == payment.stripe_id:
            with transaction.atomic():
                return write_dispute(view, payment_locked(payment))
    return sync_dispute(dispute_id, payment_id=view.payment_id)


def write_dispute(view: DisputeView, payment: Payment) -> Dispute:
    """Inside the caller's transaction and lock, with the payment's row locked."""
    row = Dispute.objects.filter(stripe_id=view.id).select_for_update(no_key=True, of=("self",)).first()
    row = row or Dispute(stripe_id=view.id)
    if row.status in DECIDED and view.status in EARLY:
        log.error("dispute_would_reopen", dispute=view.id, status=view.status)
        return row
    if view.status not in KNOWN_STATUSES:
        log.error("unknown_dispute_status", dispute=view.id, status=view.status)
    before = given_back(payment)
    write_columns(row, _columns(row, view, payment))
    for moved in view.movements:
        kind = EntryKind.DISPUTE_WITHDRAWN if moved.amount < 0 else EntryKind.DISPUTE_REINSTATED
        book(payment, kind, source=moved.id, amount=moved.amount, currency=view.currency)
    if given_back(payment) != before:
        reverse(payment)
    tell_about_dispute(row, payment)
    return row


def sync_fraud_warning(warning_id: str, *, payment_id: str = "") -> tuple[Payment, FraudWarningView]:
    """Note that the bank takes the payment for fraud, and tell operators. Raises what ``sync_dispute`` raises."""
    payment = payment_known(payment_id or gateway.fetch_fraud_warning(warning_id).payment_id)
    with customer_lock(payment.customer.stripe_id):
        view = gateway.fetch_fraud_warning(warning_id)
        if view.payment_id == payment.stripe_id:
            with transaction.atomic():
                payment = payment_locked(payment)
                write_columns(payment, {"fraud_warning_id": view.id})
                tell_about_fraud_warning(payment, fraud_type=view.fraud_type)
            return payment, view
    return sync_fraud_warning(warning_id, payment_id=view.payment_id)


def _columns(row: Dispute, view: DisputeView, payment: Payment) -> dict[str, Any]:
    return {
        "payment_id": payment.pk,
        "charge_id": view.charge_id,
        "livemode": view.livemode,
        "amount": view.amount,
        "currency": view.currency,
        "reason": view.reason,
        "status": view.status,
        "is_charge_refundable": view.is_charge_refundable,
        "evidence_due_by": view.evidence_due_by,
        "withdrawn": max(0, -sum(moved.amount for moved in view.movements)),
        "closed_at": _closed_at(row, view),
        "stripe_created_at": view.created_at,
    }


def _closed_at(row: Dispute, view: DisputeView) -> datetime | None:
    return (row.closed_at or clock.now()) if view.status in CLOSED else None
