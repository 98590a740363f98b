"""What is said while a bill waits to be paid: to the person what they can do, to operators what nobody else can."""

from typing import Any

from accounts.models import User
from notifications.services import notify
from payments.dashboard import dashboard_url
from payments.gateway import InvoiceView
from payments.models import BillingHistory, Subscription
from payments.money import in_words
from payments.notices.kinds import (
    ACTION_REQUIRED,
    BILLING_PAGE,
    INVOICE_STUCK,
    OPERATOR_INVOICE_STUCK,
    OPERATOR_LATE_PAYMENT,
    SUSPENDED,
    TRIAL_ENDING,
)
from payments.notices.operators import tell_operators


def tell_about_trial_end(row: Subscription) -> None:
    """Say once, some days ahead, that the trial ends and what follows. Inside a transaction."""
    if row.status != "trialing" or row.trial_end is None or row.ends_at is not None or row.user_id is None:
        return
    _tell(
        row,
        TRIAL_ENDING,
        {"plan": row.get_plan_display(), "until": row.trial_end.date().isoformat()},
        key=f"{row.stripe_id}:{int(row.trial_end.timestamp())}",
    )


def tell_about_suspension(row: Subscription) -> None:
    """Say that nobody tries to collect any more and the plan is gone, although the subscription is not."""
    _tell(row, SUSPENDED, {"plan": row.get_plan_display()}, key=f"{row.stripe_id}:{row.latest_invoice_id}")


def tell_about_action(row: BillingHistory) -> None:
    """Say once for each attempt that the bank wants to hear from the customer, with the page where that is done."""
    _tell(
        row,
        ACTION_REQUIRED,
        {"description": row.description},
        key=f"{row.stripe_id}:{row.attempt_count}",
        url=row.invoice_url,
    )


def tell_about_stuck_invoice(row: BillingHistory, view: InvoiceView) -> None:
    """A bill that Stripe could not finish, such as for want of an address, is never collected by itself."""
    if row.status != "draft" or not view.finalization_error:
        return
    if row.user_id is not None:
        _tell(row, INVOICE_STUCK, {"description": row.description}, key=row.stripe_id)
    _alert(row, OPERATOR_INVOICE_STUCK, {"reason": view.finalization_error.replace("_", " ")})


def flag_late_payment(row: BillingHistory, view: InvoiceView, subscription: Subscription | None) -> None:
    """Money came for a bill that had been given up, or whose subscription had ended: it buys nothing any more, so
    somebody has to decide whether to give it back."""
    if row.status != "paid" or row.amount_paid == 0 or row.paid_at is None:
        return
    ended = subscription.ended_at if subscription is not None and subscription.is_over else None
    is_after_the_end = ended is not None and row.created_at < ended < row.paid_at
    if is_after_the_end or view.uncollectible_at is not None:
        reason = "ended" if is_after_the_end else "written_off"
        _alert(row, OPERATOR_LATE_PAYMENT, {"reason": reason})


def _tell(
    row: Subscription | BillingHistory,
    kind: str,
    context: dict[str, Any],
    *,
    key: str,
    url: str = "",
) -> None:
    notify(
        user=User.objects.get(pk=row.user_id),  # type: ignore[misc]  # callers know that there is one
        kind=kind,
        context=context | {"amount": in_words(row.amount, row.currency)},
        dedupe_key=f"{kind}:{key}",
        action_url=url or BILLING_PAGE,
    )


def _alert(row: BillingHistory, kind: str, context: dict[str, Any]) -> None:
    tell_operators(
        kind,
        context | {"amount": in_words(row.amount, row.currency), "invoice": row.number or row.stripe_id},
        f"{kind}:{row.stripe_id}",
        dashboard_url("invoices", row.stripe_id, livemode=row.livemode),
        permission="payments.view_billinghistory",
    )
