"""What the soak sells. Each call of a handler leaves a row of evidence, so that one sees what was told twice."""

from accounts.models import User
from numerai.common import audit
from payments import purchasables
from payments.models import Payment
from payments.purchasables import Fee, Limits, Price, Purchasable, Purchase

KIND = "soak_thing"
PAID, REFUNDED = "soak_paid", "soak_refunded"
PRICES = (Price(500, "usd"), Price(2500, "usd"), Price(9900, "usd"), Price(1800, "eur"), Price(700, "jpy"))
SHELF = 12


def price_of(user: User, reference: str) -> Price:
    return PRICES[int(reference) % len(PRICES)]


def _note(action: str, purchase: Purchase) -> None:
    after = {"given_back": purchase.amount_refunded, "amount": purchase.amount}
    audit.record(Payment, purchase.payment_id, action=action, before={}, after=after)


def on_paid(purchase: Purchase) -> None:
    _note(PAID, purchase)


def on_refunded(purchase: Purchase) -> None:
    _note(REFUNDED, purchase)


def register() -> None:
    purchasables.register(
        Purchasable(
            kind=KIND,
            description=lambda user, reference: f"Thing {reference}",
            price=price_of,
            find=lambda user, reference: reference.isdigit() and int(reference) < SHELF,
            on_paid=on_paid,
            on_refunded=on_refunded,
            limits=Limits(per_person=1),
            platform_fee=Fee(basis_points=1000, fixed=30),
        )
    )
