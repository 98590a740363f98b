"""Handing over what was paid for and taking it back. ``Payment.fulfilment`` decides, so each is done once.

Inside the caller's transaction and under the customer's lock, with the payment's row locked: if the seller's handler
raises, the payment is as unknown as before.
"""

import structlog
from django.conf import settings

from payments import purchasables
from payments.models import SUBSCRIPTION, Fulfilment, Payment
from payments.models.dispute import GIVES_NOTHING, LOST
from payments.notices.purchases import flag_bought_twice
from payments.purchasables import Happening, Purchase
from payments.signals import payment_refunded, payment_succeeded
from payments.sync.rows import write_columns

log = structlog.get_logger(__name__)


def fulfil(payment: Payment) -> bool:
    """Hand over what a payment has bought, unless that was done or it is not paid; answers whether it was done now.

    Raises what the seller's ``on_paid`` raises, and NotForSale when nobody sells that kind any more.
    """
    if payment.status != "succeeded" or payment.fulfilment != Fulfilment.NONE:
        return False
    _hand_over(payment)
    return True


def reverse(payment: Payment) -> None:
    """Say that ``given_back(payment)`` has changed: once for each change, which the caller has just written.

    What was given back entirely is taken back; if that refund fails or that dispute is won afterwards, it is handed
    over again. What was never handed over is not taken back. Raises what the seller's handlers raise.
    """
    is_reversed = payment.fulfilment == Fulfilment.REVERSED
    is_back = given_back(payment) >= payment.amount
    if payment.fulfilment == Fulfilment.NONE or (is_reversed and is_back):
        return
    if is_reversed:
        _hand_over(payment)
        return
    if is_back:
        write_columns(payment, {"fulfilment": Fulfilment.REVERSED})
    purchase = purchase_of(payment)
    _handler(payment, "on_refunded")(purchase)
    payment_refunded.send(sender=Payment, purchase=purchase)


def given_back(payment: Payment) -> int:
    """What the customer has back of the payment, in minor units: refunds that have not failed, and what a chargeback
    took or, while it is open and the settings say so, may take."""
    taken = 0
    for dispute in payment.disputes.exclude(status__in=GIVES_NOTHING):
        if dispute.status == LOST or settings.DISPUTE_SUSPENDS_ACCESS:
            sum_ = dispute.withdrawn if dispute.status == LOST else dispute.amount
            taken += sum_ if dispute.currency == payment.currency else payment.amount
    return min(payment.amount, payment.amount_refunded + taken)


def purchase_of(payment: Payment) -> Purchase:
    return Purchase(
        payment_id=payment.pk,
        user_id=payment.user_id,
        kind=payment.kind,
        reference=payment.reference,
        description=payment.description,
        amount=payment.amount,
        amount_refunded=given_back(payment),
        platform_fee=payment.platform_fee,
        currency=payment.currency,
        paid_at=payment.paid_at,
    )


def _hand_over(payment: Payment) -> None:
    write_columns(payment, {"fulfilment": Fulfilment.FULFILLED})
    purchase = purchase_of(payment)
    _handler(payment, "on_paid")(purchase)
    payment_succeeded.send(sender=Payment, purchase=purchase)
    flag_bought_twice(payment)


def _handler(payment: Payment, name: str) -> Happening:
    if payment.kind == SUBSCRIPTION:
        return _nothing_more
    try:
        handler: Happening = getattr(purchasables.get(payment.kind), name)
    except purchasables.NotForSale:
        log.error("paid_for_what_nobody_sells", payment=str(payment.pk), kind=payment.kind)
        raise
    return handler


def _nothing_more(purchase: Purchase) -> None:
    """What a subscription's payment buys follows from the subscription itself."""
