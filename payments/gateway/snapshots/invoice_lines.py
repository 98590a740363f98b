from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from payments.gateway.snapshots.reading import Fields, known_moment


@dataclass(frozen=True)
class LineView:
    """``amount`` in minor units: before discounts, and with only such tax as the price includes."""

    id: str
    description: str
    quantity: int
    amount: int
    currency: str
    price_id: str
    is_proration: bool
    period_start: datetime
    period_end: datetime


def line_view(fields: Fields) -> LineView:
    priced = (fields.get("pricing") or {}).get("price_details") or {}
    parent = fields.get("parent") or {}
    details = parent.get("subscription_item_details") or parent.get("invoice_item_details") or {}
    return LineView(
        id=fields["id"],
        description=(fields["description"] or "")[:500],
        quantity=1 if fields["quantity"] is None else fields["quantity"],
        amount=fields["amount"],
        currency=fields["currency"],
        price_id=priced.get("price") or "",
        is_proration=bool(details.get("proration")),
        period_start=known_moment(fields["period"]["start"]),
        period_end=known_moment(fields["period"]["end"]),
    )


def together(amounts: Iterable[Fields] | None) -> int:
    """The sum of a list of discounts or taxes, which is absent while there are none."""
    return sum(each["amount"] for each in amounts or ())
