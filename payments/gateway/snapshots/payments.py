from dataclasses import dataclass
from datetime import datetime

from payments.gateway.snapshots.reading import Fields, known_moment, reference


@dataclass(frozen=True)
class PaymentView:
    id: str
    charge_id: str
    amount: int
    currency: str
    status: str
    failure_code: str
    paid_at: datetime | None
    created_at: datetime


def payment_view(intent: Fields, paid_at: datetime | None) -> PaymentView:
    failure = intent.get("last_payment_error") or {}
    is_paid = intent["status"] == "succeeded"
    return PaymentView(
        id=intent["id"],
        charge_id=reference(intent["latest_charge"]),
        amount=intent["amount"],
        currency=intent["currency"],
        status=intent["status"],
        failure_code=str(failure.get("decline_code") or failure.get("code") or ""),
        paid_at=(paid_at or known_moment(intent["created"])) if is_paid else None,
        created_at=known_moment(intent["created"]),
    )
