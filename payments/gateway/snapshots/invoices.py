from dataclasses import dataclass
from datetime import datetime
from typing import Any

from payments.gateway.snapshots.invoice_lines import LineView, line_view, together
from payments.gateway.snapshots.payments import PaymentView, payment_view
from payments.gateway.snapshots.reading import Fields, known_moment, moment, reference
from payments.gateway.snapshots.subscriptions import SubscriptionView, subscription_view


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
    amount_overpaid: int
    subtotal: int
    discount: int
    tax: int
    tax_included: int
    total: int
    starting_balance: int
    ending_balance: int | None
    credited: int
    currency: str
    description: str
    url: str
    pdf: str
    period_start: datetime
    period_end: datetime
    attempt_count: int
    next_payment_attempt: datetime | None
    paid_at: datetime | None
    uncollectible_at: datetime | None
    finalization_error: str
    created_at: datetime
    subscription: SubscriptionView | None
    lines: tuple[LineView, ...]
    payments: tuple[PaymentView, ...]


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
        **_sums(fields),
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
        uncollectible_at=moment(moved["marked_uncollectible_at"]),
        finalization_error=_error(fields["last_finalization_error"]),
        created_at=known_moment(fields["created"]),
        subscription=subscription_view(subscription) if isinstance(subscription, dict) else None,
        lines=tuple(line_view(line) for line in lines),
        payments=tuple(
            payment_view(payment["payment"]["payment_intent"], moment(payment["status_transitions"]["paid_at"]))
            for payment in (fields.get("payments") or {"data": []})["data"]
            if isinstance(payment["payment"].get("payment_intent"), dict)
        ),
    )


def _sums(fields: Fields) -> dict[str, Any]:
    taxes = fields["total_taxes"] or []
    return {
        "amount_overpaid": fields["amount_overpaid"],
        "subtotal": fields["subtotal"],
        "discount": together(fields["total_discount_amounts"]),
        "tax": together(taxes),
        "tax_included": together(tax for tax in taxes if tax["tax_behavior"] == "inclusive"),
        "total": fields["total"],
        "starting_balance": fields["starting_balance"],
        "ending_balance": fields["ending_balance"],
        "credited": fields["pre_payment_credit_notes_amount"],
    }


def _description(own: str | None, lines: list[Fields]) -> str:
    named = [line["description"] for line in lines if line.get("description")]
    return (own or "; ".join(named) or "Invoice")[:500]


def _error(error: Fields | None) -> str:
    return str(error.get("code") or error.get("type") or "unknown") if error else ""
