from dataclasses import dataclass
from datetime import datetime

from payments.gateway.snapshots.reading import Fields, known_moment, moment, reference


@dataclass(frozen=True)
class MovementView:
    """What a dispute has taken from the account (negative) or brought back, in minor units of its own currency."""

    id: str
    amount: int


@dataclass(frozen=True)
class DisputeView:
    """``payment_id`` is Stripe's id of the payment intent, or of the charge that has none."""

    id: str
    payment_id: str
    charge_id: str
    livemode: bool
    amount: int
    currency: str
    reason: str
    status: str
    is_charge_refundable: bool
    evidence_due_by: datetime | None
    movements: tuple[MovementView, ...]
    created_at: datetime


@dataclass(frozen=True)
class FraudWarningView:
    """``is_actionable`` while the charge is neither disputed nor given back entirely."""

    id: str
    payment_id: str
    is_actionable: bool
    fraud_type: str


def dispute_view(fields: Fields) -> DisputeView:
    return DisputeView(
        id=fields["id"],
        payment_id=reference(fields["payment_intent"]) or reference(fields["charge"]),
        charge_id=reference(fields["charge"]),
        livemode=fields["livemode"],
        amount=fields["amount"],
        currency=fields["currency"],
        reason=fields["reason"],
        status=fields["status"],
        is_charge_refundable=fields["is_charge_refundable"],
        evidence_due_by=moment(fields["evidence_details"]["due_by"]),
        movements=tuple(_movement(each, fields) for each in fields["balance_transactions"] if each["amount"]),
        created_at=known_moment(fields["created"]),
    )


def fraud_warning_view(fields: Fields) -> FraudWarningView:
    return FraudWarningView(
        id=fields["id"],
        payment_id=reference(fields.get("payment_intent")) or reference(fields["charge"]),
        is_actionable=fields["actionable"],
        fraud_type=fields["fraud_type"],
    )


def _movement(booked: Fields, dispute: Fields) -> MovementView:
    """Balances are kept in the settlement currency; when it is another one, the movement is all that is disputed."""
    amount = booked["amount"]
    if booked["currency"] != dispute["currency"]:
        amount = dispute["amount"] if amount > 0 else -dispute["amount"]
    return MovementView(booked["id"], amount)
