from typing import Any

import structlog

from payments import gateway
from payments.catalogue import plan_of_price
from payments.gateway import InvoiceView, PaymentView
from payments.models import SUBSCRIPTION, BillingHistory, Payment, StripeCustomer
from payments.notices.dunning import flag_late_payment, tell_about_stuck_invoice
from payments.notices.invoices import tell_about_failed_payment
from payments.notices.receipts import send_receipt
from payments.sync.arrears import remember_what_was_paid
from payments.sync.fulfilling import fulfil
from payments.sync.invoice_lines import write_lines
from payments.sync.ledger import book_payment
from payments.sync.looking import look_and_write
from payments.sync.rows import write_columns
from payments.sync.subscriptions import write_subscription
from payments.sync.sums import mismatches

log = structlog.get_logger(__name__)

FINAL_INVOICE = ("paid", "void")
FINAL_PAYMENT = ("succeeded", "canceled")


def sync_invoice(invoice_id: str, *, customer_id: str = "") -> BillingHistory:
    """Make our rows of the invoice, its payments and its subscription what Stripe says now.

    Raises gateway.ObjectMissing, CustomerNotLinked, LockTimeout.
    """
    return look_and_write(
        customer_id=customer_id or _known_customer(invoice_id),
        look=lambda: gateway.fetch_invoice(invoice_id),
        write=write_invoice,
    )


def _known_customer(invoice_id: str) -> str:
    known = BillingHistory.objects.filter(stripe_id=invoice_id).values_list("customer__stripe_id", flat=True)
    return known.first() or ""


def write_invoice(view: InvoiceView, owner: StripeCustomer) -> BillingHistory:
    """Inside the caller's transaction and lock; rows are always taken in the order subscription, invoice, payment."""
    subscription = write_subscription(view.subscription, owner) if view.subscription else None
    row = BillingHistory.objects.filter(stripe_id=view.id).select_for_update(no_key=True, of=("self",)).first()
    row = row or BillingHistory(stripe_id=view.id)
    if row.status in FINAL_INVOICE and view.status != row.status:
        log.error("invoice_would_reopen", invoice=view.id, status=view.status)
        return row
    was_paid = row.status == "paid"
    write_columns(row, _columns(view, owner) | {"subscription_id": subscription and subscription.pk})
    write_lines(view, row)
    remember_what_was_paid(row, subscription)
    for mismatch in mismatches(view, (line.amount for line in view.lines)):
        log.error("invoice_does_not_add_up", invoice=view.id, mismatch=mismatch)
    for payment in view.payments:
        _write_payment(payment, row, owner, what_for=_what_for(view))
    tell_about_stuck_invoice(row, view)
    if not was_paid:
        flag_late_payment(row, view, subscription)
    if owner.user_id is not None:
        tell_about_failed_payment(row, view)
        if not was_paid:
            send_receipt(row)
    return row


def _columns(view: InvoiceView, owner: StripeCustomer) -> dict[str, Any]:
    return {
        "user_id": owner.user_id,
        "customer_id": owner.pk,
        "livemode": view.livemode,
        "number": view.number,
        "status": view.status,
        "billing_reason": view.billing_reason,
        "amount": view.amount,
        "amount_paid": view.amount_paid,
        "amount_overpaid": view.amount_overpaid,
        "subtotal": view.subtotal,
        "discount": view.discount,
        "tax": view.tax,
        "tax_included": view.tax_included,
        "total": view.total,
        "starting_balance": view.starting_balance,
        "ending_balance": view.ending_balance,
        "credited": view.credited,
        "currency": view.currency,
        "description": view.description,
        "invoice_url": view.url,
        "invoice_pdf": view.pdf,
        "period_start": view.period_start,
        "period_end": view.period_end,
        "attempt_count": view.attempt_count,
        "next_payment_attempt": view.next_payment_attempt,
        "paid_at": view.paid_at,
        "created_at": view.created_at,
    }


def _what_for(view: InvoiceView) -> str:
    """The parts of a change of plan tell a person less than the plan that they have paid for."""
    charged = [line for line in view.lines if line.amount > 0]
    if len(view.lines) > 1 and charged:
        last = max(charged, key=lambda line: (line.period_end, line.amount))
        if plan := plan_of_price(last.price_id):
            return f"{plan.label} plan"
    return view.description


def _write_payment(view: PaymentView, invoice: BillingHistory, owner: StripeCustomer, *, what_for: str) -> None:
    row = Payment.objects.filter(stripe_id=view.id).select_for_update(no_key=True, of=("self",)).first()
    row = row or Payment(stripe_id=view.id)
    if row.status in FINAL_PAYMENT and view.status != row.status:
        log.error("payment_would_reopen", payment=view.id, status=view.status)
        return
    columns = {
        "user_id": owner.user_id,
        "customer_id": owner.pk,
        "invoice_id": invoice.pk,
        "kind": SUBSCRIPTION,
        "description": what_for,
        "charge_id": view.charge_id,
        "livemode": invoice.livemode,
        "amount": view.amount,
        "currency": view.currency,
        "status": view.status,
        "failure_code": view.failure_code,
        "paid_at": view.paid_at,
        "stripe_created_at": view.created_at,
    }
    write_columns(row, columns)
    book_payment(row)
    fulfil(row)
