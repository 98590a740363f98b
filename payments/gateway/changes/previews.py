from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from payments.gateway.connection.client import stripe_client
from payments.gateway.snapshots.invoice_lines import LineView, line_view
from payments.gateway.snapshots.reading import Fields

if TYPE_CHECKING:
    from stripe.params import InvoiceCreatePreviewParamsSubscriptionDetails


@dataclass(frozen=True)
class PreviewView:
    """A bill that does not exist: ``total`` in minor units, negative when something is given back; ``amount_due`` is
    what would be charged, after the customer's balance."""

    total: int
    amount_due: int
    currency: str
    lines: tuple[LineView, ...]


def preview_change(*, subscription_id: str, item_id: str, price_id: str, proration_date: datetime) -> PreviewView:
    """The bill that ``change_plan`` with the same ``proration_date`` makes at once."""
    return _preview(
        subscription_id,
        {
            "items": [{"id": item_id, "price": price_id}],
            "proration_behavior": "always_invoice",
            "proration_date": int(proration_date.timestamp()),
        },
    )


def preview_renewal(*, subscription_id: str, item_id: str, price_id: str) -> PreviewView:
    """The bill of the next period at another price."""
    return _preview(subscription_id, {"items": [{"id": item_id, "price": price_id}], "proration_behavior": "none"})


def preview_end(subscription_id: str) -> PreviewView:
    """What ending now, with unused time given back, would leave to bill."""
    return _preview(subscription_id, {"cancel_now": True, "proration_behavior": "always_invoice"})


def _preview(subscription_id: str, details: "InvoiceCreatePreviewParamsSubscriptionDetails") -> PreviewView:
    with stripe_client() as client:
        invoice = client.v1.invoices.create_preview({"subscription": subscription_id, "subscription_details": details})
    fields: Fields = invoice.to_dict()
    return PreviewView(
        total=fields["total"],
        amount_due=fields["amount_due"],
        currency=fields["currency"],
        lines=tuple(line_view(line) for line in fields["lines"]["data"]),
    )
