"""Which rows are past their time. A row goes only together with everything that refers to it, so what is still young
keeps what it belongs to."""

from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from payments.models import (
    BillingHistory,
    BillingOperation,
    CheckoutSession,
    Dispute,
    InvoiceLine,
    LedgerEntry,
    Payment,
    PurchaseReview,
    Refund,
    RefundRequest,
    StripeCustomer,
    Subscription,
)

Rows = QuerySet[Any]


def books(before: datetime) -> list[tuple[str, Rows]]:
    """The rows of erased people whose last movement was before this moment, those that refer to others first."""
    payments, invoices = _payments(before), _invoices(before)
    subscriptions, checkouts = _subscriptions(before), _checkouts(before)
    return [
        ("operations", BillingOperation.objects.filter(user=None, created_at__lt=before)),
        ("purchase reviews", PurchaseReview.objects.filter(user=None, created_at__lt=before)),
        ("ledger entries", LedgerEntry.objects.filter(payment__in=payments)),
        ("disputes", Dispute.objects.filter(payment__in=payments)),
        ("refunds", Refund.objects.filter(payment__in=payments)),
        ("refund requests", RefundRequest.objects.filter(payment__in=payments)),
        ("checkouts", checkouts),
        ("payments", payments),
        ("invoice lines", InvoiceLine.objects.filter(invoice__in=invoices)),
        ("invoices", invoices),
        ("subscriptions", subscriptions),
        ("customers", _customers(before)),
    ]


def _payments(before: datetime) -> Rows:
    rows: Rows = Payment.objects.filter(user=None, created_at__lt=before)
    for model in (LedgerEntry, Dispute, Refund, RefundRequest):
        young: Rows = model._default_manager.filter(payment=OuterRef("pk"), created_at__gte=before)
        rows = rows.exclude(Exists(young))
    return rows.exclude(Exists(_kept(CheckoutSession, _checkouts(before), "payment")))


def _checkouts(before: datetime) -> Rows:
    return CheckoutSession.objects.filter(user=None, created_at__lt=before)


def _invoices(before: datetime) -> Rows:
    rows: Rows = BillingHistory.objects.filter(user=None, created_at__lt=before)
    return rows.exclude(Exists(_kept(Payment, _payments(before), "invoice")))


def _subscriptions(before: datetime) -> Rows:
    rows: Rows = Subscription.objects.filter(user=None, ended_at__lt=before)
    rows = rows.exclude(Exists(_kept(BillingHistory, _invoices(before), "subscription")))
    return rows.exclude(Exists(_kept(CheckoutSession, _checkouts(before), "subscription")))


def _customers(before: datetime) -> Rows:
    rows: Rows = StripeCustomer.objects.filter(user=None, created_at__lt=before)
    for model, going in (
        (Payment, _payments(before)),
        (BillingHistory, _invoices(before)),
        (Subscription, _subscriptions(before)),
        (CheckoutSession, _checkouts(before)),
    ):
        rows = rows.exclude(Exists(_kept(model, going, "customer")))
    return rows


def _kept(model: Any, going: Rows, link: str) -> Rows:
    """The rows that refer to the outer one by ``link`` and do not go."""
    kept: Rows = model.objects.filter(**{link: OuterRef("pk")}).exclude(pk__in=going.values("pk"))
    return kept
