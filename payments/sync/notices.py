"""What a person is told when the mirror changes. Keys name the business fact, so several events about it tell once."""

from typing import Any

from accounts.models import User
from notifications.kinds import Kind, register
from notifications.services import notify
from payments.gateway import InvoiceView
from payments.models import BillingHistory, Subscription
from payments.models.subscription import LIVE, PAID
from payments.money import in_words

CHANNELS = ("in_app", "email")
ACTIVATED = "payments.subscription_activated"
PAYMENT_FAILED = "payments.payment_failed"
ENDED = "payments.subscription_ended"
BILLING_PAGE = "/billing"
# Whoever is buying right now sees the outcome on the page.
FIRST_INVOICE = "subscription_create"
STILL_OPEN = ("processing", "succeeded")


def register_kinds() -> None:
    for name in (ACTIVATED, PAYMENT_FAILED, ENDED):
        register(Kind(name=name, notification_type="payment", category="billing", channels=CHANNELS))


def tell_about_subscription(row: Subscription, *, before: str) -> None:
    """Say that a subscription has begun or ended; ``before`` is the status it had, "" for a new row."""
    if row.status in PAID and before not in LIVE:
        _tell(row, ACTIVATED, key=f"{row.stripe_id}:{row.plan}")
    elif before in LIVE and row.is_over:
        _tell(row, ENDED, key=row.stripe_id)


def tell_about_failed_payment(row: BillingHistory, view: InvoiceView) -> None:
    """Say once for each attempt that a renewal could not be collected."""
    is_settled = any(payment.status in STILL_OPEN for payment in view.payments)
    if row.status != "open" or row.attempt_count == 0 or row.billing_reason == FIRST_INVOICE or is_settled:
        return
    context: dict[str, Any] = {
        "amount": in_words(row.amount, row.currency),
        "description": row.description,
        "next_attempt": row.next_payment_attempt.date().isoformat() if row.next_payment_attempt else "",
    }
    notify(
        user=_person(row),
        kind=PAYMENT_FAILED,
        context=context,
        dedupe_key=f"{PAYMENT_FAILED}:{row.stripe_id}:{row.attempt_count}",
        action_url=row.invoice_url or BILLING_PAGE,
    )


def _tell(row: Subscription, kind: str, *, key: str) -> None:
    notify(
        user=_person(row),
        kind=kind,
        context={"plan": row.get_plan_display(), "amount": in_words(row.amount, row.currency)},
        dedupe_key=f"{kind}:{key}",
        action_url=BILLING_PAGE,
    )


def _person(row: Subscription | BillingHistory) -> User:
    return User.objects.get(pk=row.user_id)  # type: ignore[misc]  # callers know that there is one
