from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from payments.gateway.connection.client import stripe_client
from payments.gateway.snapshots.invoice_lines import LineView, line_view
from payments.gateway.snapshots.reading import Fields

if TYPE_CHECKING:
    from stripe.params import InvoiceCreatePreviewParams, InvoiceCreatePreviewParamsSubscriptionDetails


@dataclass(frozen=True)
class PreviewView:
    """A bill that does not exist: ``total`` in minor units, negative when something is given back; ``amount_due`` is
    what would be charged, after the customer's balance."""

    total: int
    amount_due: int
    currency: str
    lines: tuple[LineView, ...]


def preview_change(
    *, subscription_id: str, item_id: str, price_id: str, proration_date: datetime, promotion_code_id: str = ""
) -> PreviewView:
    """The bill that ``change_plan`` with the same ``proration_date`` makes at once. Raises PromotionCodeInvalid."""
    return _preview(
        subscription_id,
        {
            "items": [{"id": item_id, "price": price_id}],
            "proration_behavior": "always_invoice",
            "proration_date": int(proration_date.timestamp()),
        },
        promotion_code_id,
    )


def preview_renewal(*, subscription_id: str, item_id: str, price_id: str, promotion_code_id: str = "") -> PreviewView:
    """The bill of the next period at another price. Raises PromotionCodeInvalid."""
    details: InvoiceCreatePreviewParamsSubscriptionDetails = {
        "items": [{"id": item_id, "price": price_id}],
        "proration_behavior": "none",
    }
    return _preview(subscription_id, details, promotion_code_id)


def preview_end(subscription_id: str) -> PreviewView:
    """What ending now, with unused time given back, would leave to bill."""
    return _preview(subscription_id, {"cancel_now": True, "proration_behavior": "always_invoice"})


def _preview(
    subscription_id: str, details: "InvoiceCreatePreviewParamsSubscriptionDetails", promotion_code_id: str = ""
) -> PreviewView:
    params: InvoiceCreatePreviewParams = {"subscription": subscription_id, "subscription_details": details}
    if promotion_code_id:
        params["discounts"] = [{"promotion_code": promotion_code_id}]
    with stripe_client() as client:
        invoice = client.v1.invoices.create_preview(params)
    fields: Fields = invoice.to_dict()
    return PreviewView(
        total=fields["total"],
        amount_due=fields["amount_due"],
        currency=fields["currency"],
        lines=tuple(line_view(line) for line in fields["lines"]["data"]),
    )
