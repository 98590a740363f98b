from typing import Any

from accounts.models import User
from notifications.services import notify
from payments.gateway import InvoiceView
from payments.models import BillingHistory
from payments.money import in_words
from payments.notices.dunning import tell_about_action
from payments.notices.kinds import BILLING_PAGE, PAYMENT_FAILED

# Whoever is buying right now sees the outcome on the page.
FIRST_INVOICE = "subscription_create"
STILL_OPEN = ("processing", "succeeded")


def tell_about_failed_payment(row: BillingHistory, view: InvoiceView) -> None:
    """Say once for each attempt that a renewal could not be collected, or what the bank wants first."""
    is_settled = any(payment.status in STILL_OPEN for payment in view.payments)
    if row.status != "open" or row.attempt_count == 0 or row.billing_reason == FIRST_INVOICE or is_settled:
        return
    if any(payment.status == "requires_action" for payment in view.payments):
        tell_about_action(row)
        return
    context: dict[str, Any] = {
        "amount": in_words(row.amount, row.currency),
        "description": row.description,
        "next_attempt": row.next_payment_attempt.date().isoformat() if row.next_payment_attempt else "",
    }
    notify(
        user=User.objects.get(pk=row.user_id),  # type: ignore[misc]  # callers know that there is one
        kind=PAYMENT_FAILED,
        context=context,
        dedupe_key=f"{PAYMENT_FAILED}:{row.stripe_id}:{row.attempt_count}",
        action_url=row.invoice_url or BILLING_PAGE,
    )
