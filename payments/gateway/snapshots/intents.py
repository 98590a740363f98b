from dataclasses import dataclass
from datetime import datetime

from payments.gateway.snapshots.reading import Fields, known_moment, moment, reference


@dataclass(frozen=True)
class FeeView:
    """What Stripe keeps of a charge, in minor units of the settlement currency."""

    amount: int
    currency: str


@dataclass(frozen=True)
class IntentView:
    """A payment intent of a single purchase. ``kind``, ``reference``, ``platform_fee`` and ``operation_id`` are what we
    wrote into its metadata; ``kind`` is "" for an intent that sells nothing of ours. ``fee`` is known once paid."""

    id: str
    customer_id: str
    livemode: bool
    amount: int
    currency: str
    status: str
    description: str
    kind: str
    reference: str
    platform_fee: int
    operation_id: str
    charge_id: str
    failure_code: str
    fee: FeeView | None
    receipt_url: str
    paid_at: datetime | None
    created_at: datetime
    client_secret: str


def intent_view(intent: Fields) -> IntentView:
    metadata = intent.get("metadata") or {}
    failure = intent.get("last_payment_error") or {}
    charge = intent["latest_charge"] if isinstance(intent["latest_charge"], dict) else {}
    is_paid = intent["status"] == "succeeded"
    share = str(metadata.get("platform_fee", ""))
    return IntentView(
        id=intent["id"],
        customer_id=reference(intent["customer"]),
        livemode=intent["livemode"],
        amount=intent["amount"],
        currency=intent["currency"],
        status=intent["status"],
        description=intent["description"] or "",
        kind=str(metadata.get("kind", "")),
        reference=str(metadata.get("reference", "")),
        platform_fee=min(int(share), intent["amount"]) if share.isdecimal() else 0,
        operation_id=str(metadata.get("operation_id", "")),
        charge_id=reference(intent["latest_charge"]),
        failure_code=str(failure.get("decline_code") or failure.get("code") or ""),
        fee=_fee_of(charge),
        receipt_url=charge.get("receipt_url") or "",
        paid_at=(moment(charge.get("created")) or known_moment(intent["created"])) if is_paid else None,
        created_at=known_moment(intent["created"]),
        client_secret=intent["client_secret"] or "",
    )


def _fee_of(charge: Fields) -> FeeView | None:
    settled = charge.get("balance_transaction")
    return FeeView(settled["fee"], settled["currency"]) if isinstance(settled, dict) else None
