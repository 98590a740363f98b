from payments.dashboard import dashboard_url
from payments.models import Dispute, Payment
from payments.models.dispute import CLOSED
from payments.money import in_words
from payments.notices.kinds import OPERATOR_DISPUTE_CLOSED, OPERATOR_DISPUTE_OPENED, OPERATOR_FRAUD_WARNING
from payments.notices.operators import tell_operators


def tell_about_dispute(row: Dispute, payment: Payment) -> None:
    """Tell operators once that a dispute is open, again when an inquiry becomes a chargeback or there is an appeal, and
    how it ended."""
    kind, key = OPERATOR_DISPUTE_OPENED, "chargeback"
    if row.is_inquiry or row.status.startswith("appeal_"):
        key = row.status.partition("_")[0]
    if row.status in CLOSED:
        kind, key = OPERATOR_DISPUTE_CLOSED, row.status
    context = {
        "amount": in_words(row.amount, row.currency),
        "payment": payment.stripe_id,
        "reason": row.reason.replace("_", " "),
        "status": row.status,
        "is_inquiry": row.is_inquiry,
        "answer_by": row.evidence_due_by.date().isoformat() if row.evidence_due_by else "",
    }
    tell_operators(
        kind,
        context,
        f"{kind}:{row.stripe_id}:{key}",
        dashboard_url("disputes", row.stripe_id, livemode=row.livemode),
        permission="payments.view_dispute",
    )


def tell_about_fraud_warning(payment: Payment, *, fraud_type: str) -> None:
    context = {
        "amount": in_words(payment.amount, payment.currency),
        "payment": payment.stripe_id,
        "fraud_type": fraud_type.replace("_", " "),
    }
    tell_operators(
        OPERATOR_FRAUD_WARNING,
        context,
        f"{OPERATOR_FRAUD_WARNING}:{payment.fraud_warning_id}",
        dashboard_url("payments", payment.stripe_id, livemode=payment.livemode),
        permission="payments.view_payment",
    )
