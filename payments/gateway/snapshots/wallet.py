from dataclasses import dataclass

from payments.gateway.snapshots.reading import Fields, fingerprint, reference


@dataclass(frozen=True)
class PaymentMethodView:
    """A saved card as its owner knows it: nothing of this is stored. Of what is no card, ``brand`` is its type."""

    id: str
    customer_id: str
    brand: str
    last4: str
    exp_month: int | None
    exp_year: int | None
    fingerprint: str


@dataclass(frozen=True)
class SetupView:
    """The page saves a card with it: ``client_secret`` is for Stripe.js."""

    id: str
    client_secret: str


def payment_method_view(fields: Fields) -> PaymentMethodView:
    details = fields.get(fields["type"]) or {}
    return PaymentMethodView(
        id=fields["id"],
        customer_id=reference(fields["customer"]),
        brand=str(details.get("brand") or fields["type"]),
        last4=str(details.get("last4") or ""),
        exp_month=details.get("exp_month"),
        exp_year=details.get("exp_year"),
        fingerprint=fingerprint(fields),
    )


def setup_view(fields: Fields) -> SetupView:
    return SetupView(id=fields["id"], client_secret=fields["client_secret"])
