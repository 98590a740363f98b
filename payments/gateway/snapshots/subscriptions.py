from dataclasses import dataclass
from datetime import datetime
from typing import Any

from payments.gateway.snapshots.reading import Fields, known_moment, moment, reference


@dataclass(frozen=True)
class ItemView:
    price_id: str
    unit_amount: int
    amount: int
    currency: str
    period_start: datetime
    period_end: datetime


@dataclass(frozen=True)
class SubscriptionView:
    """``client_secret`` is only there when it was asked for and something is left to confirm; ``operation_id`` is the
    operation of ours that made it."""

    id: str
    customer_id: str
    livemode: bool
    status: str
    items: tuple[ItemView, ...]
    cancel_at_period_end: bool
    cancel_at: datetime | None
    canceled_at: datetime | None
    ended_at: datetime | None
    trial_end: datetime | None
    latest_invoice_id: str
    latest_invoice_at: datetime | None
    latest_invoice_status: str
    created_at: datetime
    operation_id: str
    client_secret: str | None


def subscription_view(fields: Fields) -> SubscriptionView:
    return SubscriptionView(
        id=fields["id"],
        customer_id=reference(fields["customer"]),
        livemode=fields["livemode"],
        status=fields["status"],
        items=tuple(_item_view(item) for item in fields["items"]["data"]),
        cancel_at_period_end=fields["cancel_at_period_end"],
        cancel_at=moment(fields["cancel_at"]),
        canceled_at=moment(fields["canceled_at"]),
        ended_at=moment(fields["ended_at"]),
        trial_end=moment(fields["trial_end"]),
        latest_invoice_id=reference(fields["latest_invoice"]),
        latest_invoice_at=_created_at(fields["latest_invoice"]),
        latest_invoice_status=_status_of(fields["latest_invoice"]),
        created_at=known_moment(fields["created"]),
        operation_id=str((fields.get("metadata") or {}).get("operation_id", "")),
        client_secret=_client_secret(fields),
    )


def _created_at(invoice: Any) -> datetime | None:
    return known_moment(invoice["created"]) if isinstance(invoice, dict) else None


def _status_of(invoice: Any) -> str:
    return str(invoice["status"]) if isinstance(invoice, dict) else ""


def _item_view(item: Fields) -> ItemView:
    price = item["price"]
    return ItemView(
        price_id=price["id"],
        unit_amount=price["unit_amount"] or 0,
        amount=(price["unit_amount"] or 0) * item.get("quantity", 1),
        currency=price["currency"],
        period_start=known_moment(item["current_period_start"]),
        period_end=known_moment(item["current_period_end"]),
    )


def _client_secret(fields: Fields) -> str | None:
    invoice = fields["latest_invoice"]
    if isinstance(invoice, dict) and invoice.get("status") == "open" and invoice.get("confirmation_secret"):
        return str(invoice["confirmation_secret"]["client_secret"])
    return None
