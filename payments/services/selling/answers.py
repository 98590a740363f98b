from dataclasses import dataclass

from numerai.common.errors import Conflict
from payments.gateway import CheckoutView, IntentView
from payments.models import CheckoutSession, Payment
from payments.models.payment import WAITING
from payments.money import to_decimal_string


class PaidAlready(Conflict):
    code, title = "paid_already", "It is paid already"
    detail = "Your earlier payment for this has gone through. You do not have to pay again."


def paid_already(row: Payment) -> PaidAlready:
    return PaidAlready(extra={"payment_id": str(row.pk)})


@dataclass(frozen=True)
class NewPayment:
    """``payment_id`` is ours; ``amount`` a decimal string in major units; ``client_secret`` lets the page confirm the
    payment, None when nothing is left to confirm."""

    payment_id: str
    payment_intent_id: str
    client_secret: str | None
    status: str
    amount: str
    currency: str


@dataclass(frozen=True)
class NewCheckout:
    """``url`` is Stripe's page, which closes at ``expires_at`` (ISO 8601)."""

    session_id: str
    url: str
    expires_at: str


@dataclass(frozen=True)
class PaymentStatus:
    """``is_verified`` tells that Stripe was asked just now, or that nothing can change any more."""

    payment: Payment
    is_verified: bool


@dataclass(frozen=True)
class CheckoutStatus:
    """``is_verified`` as in PaymentStatus."""

    checkout: CheckoutSession
    is_verified: bool


def payment_answer(view: IntentView, row: Payment) -> NewPayment:
    return NewPayment(
        payment_id=str(row.pk),
        payment_intent_id=row.stripe_id,
        client_secret=view.client_secret if row.status in WAITING else None,
        status=row.status,
        amount=to_decimal_string(row.amount, row.currency),
        currency=row.currency,
    )


def checkout_answer(view: CheckoutView) -> NewCheckout:
    return NewCheckout(session_id=view.id, url=view.url, expires_at=view.expires_at.isoformat().replace("+00:00", "Z"))
