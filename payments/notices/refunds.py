from typing import Any

from accounts.models import User
from notifications.services import notify
from payments.dashboard import dashboard_url
from payments.models import Payment, Refund, RefundRequest
from payments.models.refund import GAVE_NOTHING
from payments.money import in_words
from payments.notices.kinds import (
    BILLING_PAGE,
    OPERATOR_REFUND_FAILED,
    OPERATOR_REFUND_REQUESTED,
    REFUND_FAILED,
    REFUND_MADE,
    REFUND_RECEIVED,
    REFUND_REFUSED,
)
from payments.notices.operators import tell_operators


def tell_about_refund(row: Refund, payment: Payment) -> None:
    """Say once that money is on its way back, and once, to operators as well, that it did not arrive."""
    amount = in_words(row.amount, row.currency)
    context = {"amount": amount, "description": _description(payment), "needs_action": row.status == "requires_action"}
    if row.status not in GAVE_NOTHING:
        answer = row.request.answer if row.request else ""
        _tell(payment.user_id, REFUND_MADE, context | {"answer": answer}, row.stripe_id)
        return
    _tell(payment.user_id, REFUND_FAILED, context, row.stripe_id)
    tell_operators(
        OPERATOR_REFUND_FAILED,
        {"amount": amount, "payment": payment.stripe_id, "why": row.failure_reason or row.status},
        f"{OPERATOR_REFUND_FAILED}:{row.stripe_id}",
        dashboard_url("payments", payment.stripe_id, livemode=payment.livemode),
        permission="payments.view_refund",
    )


def tell_about_request(row: RefundRequest, payment: Payment) -> None:
    """Say that the request waits for an operator."""
    context = {"amount": in_words(row.amount, payment.currency), "description": _description(payment)}
    _tell(row.user_id, REFUND_RECEIVED, context | {"reason": row.reason}, str(row.pk))
    # What the person wrote stays where an erasure finds it.
    tell_operators(
        OPERATOR_REFUND_REQUESTED,
        context,
        f"{OPERATOR_REFUND_REQUESTED}:{row.pk}",
        dashboard_url("payments", payment.stripe_id, livemode=payment.livemode),
        permission="payments.view_refundrequest",
    )


def tell_about_refusal(row: RefundRequest, payment: Payment) -> None:
    context = {
        "amount": in_words(row.amount, payment.currency),
        "description": _description(payment),
        "answer": row.answer,
    }
    _tell(row.user_id, REFUND_REFUSED, context, str(row.pk))


def _tell(user_id: Any, kind: str, context: dict[str, Any], key: str) -> None:
    user = User.objects.filter(pk=user_id).first() if user_id else None
    if user is not None:
        notify(user=user, kind=kind, context=context, dedupe_key=f"{kind}:{key}", action_url=BILLING_PAGE)


def _description(payment: Payment) -> str:
    return payment.description or (payment.invoice.description if payment.invoice else payment.kind)
