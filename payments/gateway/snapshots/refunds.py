from dataclasses import dataclass
from datetime import datetime

from payments.gateway.snapshots.reading import Fields, known_moment, reference


@dataclass(frozen=True)
class RefundView:
    """``operation_id``, ``origin`` and ``request_id`` are what we wrote into its metadata, "" for one that somebody
    made in Stripe's dashboard."""

    id: str
    charge_id: str
    amount: int
    currency: str
    status: str
    reason: str
    failure_reason: str
    operation_id: str
    origin: str
    request_id: str
    created_at: datetime


def refund_view(fields: Fields) -> RefundView:
    metadata = fields.get("metadata") or {}
    return RefundView(
        id=fields["id"],
        charge_id=reference(fields["charge"]),
        amount=fields["amount"],
        currency=fields["currency"],
        status=fields["status"] or "succeeded",
        reason=fields["reason"] or "",
        failure_reason=fields.get("failure_reason") or "",
        operation_id=str(metadata.get("operation_id", "")),
        origin=str(metadata.get("origin", "")),
        request_id=str(metadata.get("refund_request_id", "")),
        created_at=known_moment(fields["created"]),
    )
