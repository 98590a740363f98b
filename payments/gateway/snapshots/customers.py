from dataclasses import dataclass

from payments.gateway.snapshots.reading import Fields


@dataclass(frozen=True)
class CustomerView:
    id: str
    livemode: bool
    is_deleted: bool
    user_id: str


def customer_view(fields: Fields) -> CustomerView:
    metadata = fields.get("metadata") or {}
    return CustomerView(
        id=fields["id"],
        livemode=bool(fields.get("livemode")),
        is_deleted=bool(fields.get("deleted")),
        user_id=str(metadata.get("user_id", "")),
    )
