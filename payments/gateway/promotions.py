from payments.gateway.connection.client import stripe_client
from payments.gateway.snapshots.reading import reference


def find_promotion_code(code: str, *, customer_id: str = "") -> str:
    """Stripe's id of the text code, if the customer, or anybody, may enter it now; else ""."""
    with stripe_client() as client:
        found = client.v1.promotion_codes.list({"code": code, "active": True, "limit": 100})
    fields = [each.to_dict() for each in found.data]
    return next((str(each["id"]) for each in fields if reference(each["customer"]) in ("", customer_id)), "")
