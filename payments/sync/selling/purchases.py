from typing import Any

import structlog

from payments import gateway
from payments.gateway import IntentView
from payments.models import SUBSCRIPTION, Payment, StripeCustomer
from payments.notices.purchases import tell_about_purchase
from payments.sync.fulfilling import fulfil
from payments.sync.invoices import FINAL_PAYMENT, sync_invoice
from payments.sync.ledger import book_payment
from payments.sync.looking import look_and_write
from payments.sync.rows import write_columns

log = structlog.get_logger(__name__)

# Nothing of ours, or what an invoice pays for.
NOT_SOLD = ("", SUBSCRIPTION)


def sync_payment_intent(intent_id: str, *, customer_id: str = "", is_purchase: bool = False) -> Payment | None:
    """Make our rows of the payment what Stripe says now: those of the invoice that it pays, or of the single purchase.

    One look, unless the intent is unknown and ``is_purchase`` does not tell that it sells something: then where it
    belongs has to be asked first. Answers the payment, None when it is nothing of ours. Raises gateway.ObjectMissing,
    CustomerNotLinked, LockTimeout, and what the seller's handlers raise.
    """
    row = Payment.objects.filter(stripe_id=intent_id).select_related("invoice").first()
    if is_purchase or (row is not None and row.kind != SUBSCRIPTION):
        return sync_purchase(intent_id, customer_id=customer_id)
    paid = row.invoice.stripe_id if row and row.invoice else gateway.invoice_of_payment(intent_id)
    if not paid:
        # What we sell always has a customer.
        owner = customer_id or gateway.fetch_payment_intent(intent_id).customer_id
        return sync_purchase(intent_id, customer_id=owner) if owner else None
    sync_invoice(paid, customer_id=customer_id)
    return Payment.objects.filter(stripe_id=intent_id).first()


def sync_purchase(intent_id: str, *, customer_id: str = "") -> Payment | None:
    """As sync_payment_intent, for an intent that is known to pay no invoice."""
    return look_and_write(
        customer_id=customer_id,
        look=lambda: gateway.fetch_payment_intent(intent_id),
        write=write_purchase,
    )


def write_purchase(view: IntentView, owner: StripeCustomer) -> Payment | None:
    """Inside the caller's transaction and lock. What was paid or canceled stays so; what is paid is handed over."""
    if view.kind in NOT_SOLD:
        return None
    row = Payment.objects.filter(stripe_id=view.id).select_for_update(no_key=True, of=("self",)).first()
    row = row or Payment(stripe_id=view.id)
    before = row.status
    if before in FINAL_PAYMENT and view.status != before:
        log.error("payment_would_reopen", payment=view.id, status=view.status)
        return row
    write_columns(row, _columns(view, owner) | _fee_columns(row, view))
    book_payment(row)
    fulfil(row)
    if row.user_id is not None:
        tell_about_purchase(row, before=before)
    return row


def _columns(view: IntentView, owner: StripeCustomer) -> dict[str, Any]:
    return {
        "user_id": owner.user_id,
        "customer_id": owner.pk,
        "kind": view.kind,
        "reference": view.reference,
        "description": view.description[:500],
        "charge_id": view.charge_id,
        "livemode": view.livemode,
        "amount": view.amount,
        "currency": view.currency,
        "platform_fee": view.platform_fee,
        "status": view.status,
        "failure_code": view.failure_code,
        "receipt_url": view.receipt_url,
        "paid_at": view.paid_at,
        "stripe_created_at": view.created_at,
    }


def _fee_columns(row: Payment, view: IntentView) -> dict[str, Any]:
    """What Stripe keeps may become known only some time after the payment, and is then never unknown again."""
    if view.fee is None:
        return {"stripe_fee": row.stripe_fee, "stripe_fee_currency": row.stripe_fee_currency}
    return {"stripe_fee": view.fee.amount, "stripe_fee_currency": view.fee.currency}
