from dataclasses import dataclass

from payments.gateway.snapshots.reading import Fields, reference


@dataclass(frozen=True)
class CustomerView:
    """``email`` is where receipts go, "" for nowhere; ``default_payment_method`` is what its bills are charged to,
    unless their subscription names another one."""

    id: str
    livemode: bool
    is_deleted: bool
    user_id: str
    email: str
    default_payment_method: str


def customer_view(fields: Fields) -> CustomerView:
    metadata = fields.get("metadata") or {}
    return CustomerView(
        id=fields["id"],
        livemode=bool(fields.get("livemode")),
        is_deleted=bool(fields.get("deleted")),
        user_id=str(metadata.get("user_id", "")),
        email=fields.get("email") or "",
        default_payment_method=reference((fields.get("invoice_settings") or {}).get("default_payment_method"))
        or reference(fields.get("default_source")),
    )
