"""Everything that operators look at, for tests that need one row of each kind a person but no Stripe."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.apps import apps
from django.db import models, transaction
from django.urls import reverse

from accounts.models import User
from numerai.common import audit, clock
from numerai.common.models import AuditEntry
from payments.models import (
    BillingHistory,
    BillingOperation,
    CheckoutSession,
    Dispute,
    Drift,
    InvoiceLine,
    LedgerEntry,
    Payment,
    PurchaseReview,
    ReconcileRun,
    Refund,
    RefundRequest,
    Subscription,
    TrialUse,
    WebhookEvent,
)
from payments.tests.factories import paid_subscription

Model = type[models.Model]
MODELS: tuple[Model, ...] = (*apps.get_app_config("payments").get_models(), AuditEntry)
TEST = {"livemode": False}
MONEY = {"amount": 500, "currency": "usd"}


def page(model: Model, name: str, *arguments: object) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{name}", args=arguments)


def unique(prefix: str) -> str:
    return f"{prefix}_{uuid4().hex}"


def everything_of(user: User) -> Subscription:
    """A row of every model, all about this person."""
    subscription = paid_subscription(user)
    bill = BillingHistory.objects.get(subscription=subscription)
    payment = bill.payments.get()
    _lines_of(bill)
    what_went_back(payment)
    _visits_of(subscription)
    _papers_of(user)
    with transaction.atomic():
        audit.record(Subscription, subscription.pk, action="created", before={}, after={"status": "active"})
    return subscription


def what_went_back(payment: Payment) -> None:
    now = clock.now()
    LedgerEntry.objects.create(payment=payment, kind="payment", source=payment.stripe_id, **MONEY, **TEST)
    request = RefundRequest.objects.create(user=payment.user, payment=payment, amount=500, reason="I slept in.")
    refund: dict[str, Any] = {"payment": payment, "request": request, "status": "pending", "stripe_created_at": now}
    Refund.objects.create(stripe_id=unique("re"), **refund, **MONEY, **TEST)
    a_dispute(payment)


def a_dispute(payment: Payment, **changes: Any) -> Dispute:
    now = clock.now()
    fields: dict[str, Any] = {
        "payment": payment,
        "stripe_id": unique("du"),
        "charge_id": payment.charge_id,
        "reason": "fraudulent",
        "status": "needs_response",
        "evidence_due_by": now + timedelta(days=2, hours=1),
        "stripe_created_at": now,
    }
    return Dispute.objects.create(**MONEY | TEST | fields | changes)


def a_review(user: User, **changes: Any) -> PurchaseReview:
    fields = {"user": user, "kind": "ticket", "reference": unique("row"), "why": "4 purchases in 60 minutes"}
    return PurchaseReview.objects.create(**MONEY | fields | changes)


def an_operation(user: User, **changes: Any) -> BillingOperation:
    fields = {"user": user, "kind": "cancel_subscription", "fingerprint": "x", "params": {"when": "now"}}
    return BillingOperation.objects.create(**TEST | fields | changes)


def a_delivery(**changes: Any) -> WebhookEvent:
    now = clock.now()
    fields: dict[str, Any] = {
        "event_id": unique("evt"),
        "type": "invoice.paid",
        "payload": {"object": "event"},
        "created_at": now,
        "next_attempt_at": now,
    }
    return WebhookEvent.objects.create(**TEST | fields | changes)


def a_drift(run: ReconcileRun | None = None, **changes: Any) -> Drift:
    fields: dict[str, Any] = {
        "run": run or ReconcileRun.objects.create(is_dry_run=False, state="finished", finished_at=clock.now(), **TEST),
        "object_type": "subscription",
        "stripe_id": unique("sub"),
        "ours": {"status": "active"},
        "theirs": {"status": "past_due"},
        "explanation": "No event told.",
    }
    return Drift.objects.create(**fields | changes)


def _lines_of(bill: BillingHistory) -> None:
    span = {"period_start": bill.period_start, "period_end": bill.period_end}
    line = {"stripe_id": unique("il"), "position": 0, "description": "Premium", **MONEY, **span}
    InvoiceLine.objects.create(invoice=bill, **line)


def _visits_of(subscription: Subscription) -> None:
    now = clock.now()
    CheckoutSession.objects.create(
        user=subscription.user,
        customer=subscription.customer,
        subscription=subscription,
        stripe_id=unique("cs_test"),
        mode="subscription",
        kind="subscription",
        status="open",
        expires_at=now + timedelta(days=1),
        stripe_created_at=now,
        **MONEY,
        **TEST,
    )
    customer = subscription.customer.stripe_id
    a_delivery(object_id=subscription.latest_invoice_id, customer_id=customer)


def _papers_of(user: User) -> None:
    a_review(user)
    an_operation(user, state="succeeded", result={"client_secret": "pi_1_secret_2"}, finished_at=clock.now())
    a_drift()
    TrialUse.objects.create(kind="person", digest=uuid4().hex, subscription_stripe_id=unique("sub"), **TEST)
