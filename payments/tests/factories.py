"""Rows as they stand after somebody has paid, for tests that need a subscriber but no Stripe."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

from accounts.models import Plan, User
from accounts.plans import record_plan
from numerai.common import clock
from payments.catalogue import OFFERS
from payments.models import SUBSCRIPTION, BillingHistory, Payment, StripeCustomer, Subscription

MONTH = timedelta(days=30)


def stripe_customer(user: User, **changes: Any) -> StripeCustomer:
    fields = {"user": user, "stripe_id": f"cus_{uuid4().hex}", "livemode": False}
    return StripeCustomer.objects.create(**fields | changes)


def paid_subscription(user: User, plan: Plan = Plan.PREMIUM, **changes: Any) -> Subscription:
    """A subscription in its first month with its paid invoice and payment, and the access that follows."""
    customer = StripeCustomer.objects.filter(user=user).first() or stripe_customer(user)
    offer, now = OFFERS[plan], clock.now()
    fields: dict[str, Any] = {
        "user": user,
        "customer": customer,
        "stripe_id": f"sub_{uuid4().hex}",
        "livemode": False,
        "plan": plan,
        "paid_plan": plan,
        "paid_through": now + MONTH,
        "price_id": offer.price_id,
        "amount": offer.amount,
        "currency": offer.currency,
        "status": "active",
        "current_period_start": now,
        "current_period_end": now + MONTH,
        "latest_invoice_id": f"in_{uuid4().hex}",
        "stripe_created_at": now,
    }
    row = Subscription.objects.create(**fields | changes)
    invoice = paid_invoice(row, stripe_id=row.latest_invoice_id)
    paid_payment(invoice)
    record_plan(user_id=user.pk, plan=plan, until=now + MONTH)
    user.refresh_from_db()
    return row


def paid_invoice(subscription: Subscription, **changes: Any) -> BillingHistory:
    now = clock.now()
    fields: dict[str, Any] = {
        "user": subscription.user,
        "customer": subscription.customer,
        "subscription": subscription,
        "stripe_id": f"in_{uuid4().hex}",
        "livemode": False,
        "number": f"N-{uuid4().hex[:8]}",
        "status": "paid",
        "billing_reason": "subscription_create",
        "amount": subscription.amount,
        "amount_paid": subscription.amount,
        "currency": subscription.currency,
        "description": f"1 x {subscription.get_plan_display()}",
        "invoice_url": "https://invoice.stripe.com/i/1",
        "invoice_pdf": "https://invoice.stripe.com/i/1/pdf",
        "period_start": now,
        "period_end": now + MONTH,
        "attempt_count": 1,
        "paid_at": now,
        "created_at": now,
    }
    return BillingHistory.objects.create(**fields | changes)


def paid_payment(invoice: BillingHistory, **changes: Any) -> Payment:
    now = clock.now()
    fields: dict[str, Any] = {
        "user": invoice.user,
        "customer": invoice.customer,
        "invoice": invoice,
        "kind": SUBSCRIPTION,
        "stripe_id": f"pi_{uuid4().hex}",
        "charge_id": f"ch_{uuid4().hex}",
        "livemode": False,
        "amount": invoice.amount,
        "currency": invoice.currency,
        "status": "succeeded",
        "paid_at": now,
        "stripe_created_at": now,
    }
    return Payment.objects.create(**fields | changes)
