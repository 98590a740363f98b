"""What we read of Stripe's objects. Amounts are minor units, currencies lower case, moments aware."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

Fields = dict[str, Any]


@dataclass(frozen=True)
class CustomerView:
    id: str
    livemode: bool
    is_deleted: bool
    user_id: str


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


@dataclass(frozen=True)
class InvoiceView:
    id: str
    customer_id: str
    livemode: bool
    number: str
    status: str
    billing_reason: str
    amount: int
    amount_paid: int
    currency: str
    description: str
    url: str
    pdf: str
    period_start: datetime
    period_end: datetime
    attempt_count: int
    next_payment_attempt: datetime | None
    paid_at: datetime | None
    created_at: datetime
    subscription: SubscriptionView | None
    payments: tuple[PaymentView, ...]


def customer_view(fields: Fields) -> CustomerView:
    metadata = fields.get("metadata") or {}
    return CustomerView(
        id=fields["id"],
        livemode=bool(fields.get("livemode")),
        is_deleted=bool(fields.get("deleted")),
        user_id=str(metadata.get("user_id", "")),
    )


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


def invoice_view(fields: Fields) -> InvoiceView:
    details = (fields.get("parent") or {}).get("subscription_details") or {}
    subscription = details.get("subscription")
    lines = fields["lines"]["data"]
    moved = fields["status_transitions"]
    return InvoiceView(
        id=fields["id"],
        customer_id=reference(fields["customer"]),
        livemode=fields["livemode"],
        number=fields["number"] or "",
        status=fields["status"],
        billing_reason=fields["billing_reason"] or "",
        amount=fields["amount_due"],
        amount_paid=fields["amount_paid"],
        currency=fields["currency"],
        description=_description(fields["description"], lines),
        url=fields["hosted_invoice_url"] or "",
        pdf=fields["invoice_pdf"] or "",
        # An invoice's own period looks back on what was used; what it pays for stands on its lines.
        period_start=known_moment(min([line["period"]["start"] for line in lines] or [fields["period_start"]])),
        period_end=known_moment(max([line["period"]["end"] for line in lines] or [fields["period_end"]])),
        attempt_count=fields["attempt_count"],
        next_payment_attempt=moment(fields["next_payment_attempt"]),
        paid_at=moment(moved["paid_at"]),
        created_at=known_moment(fields["created"]),
        subscription=subscription_view(subscription) if isinstance(subscription, dict) else None,
        payments=tuple(
            _payment_view(payment["payment"]["payment_intent"], moment(payment["status_transitions"]["paid_at"]))
            for payment in (fields.get("payments") or {"data": []})["data"]
            if isinstance(payment["payment"].get("payment_intent"), dict)
        ),
    )


def _description(own: str | None, lines: list[Fields]) -> str:
    named = [line["description"] for line in lines if line.get("description")]
    return (own or "; ".join(named) or "Invoice")[:500]


def _payment_view(intent: Fields, paid_at: datetime | None) -> PaymentView:
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


def reference(value: Any) -> str:
    """The id of an object that may stand there as its id, expanded, or not at all."""
    return str(value["id"] if isinstance(value, dict) else value or "")


def moment(seconds: int | None) -> datetime | None:
    return None if seconds is None else known_moment(seconds)


def known_moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
