"""Which refunds need nobody's decision. The bounds are settings."""

from datetime import timedelta

from django.conf import settings

from numerai.common import clock
from payments.models import SUBSCRIPTION, Payment, Refund, RefundOrigin
from payments.models.refund import GAVE_NOTHING
from payments.money import to_minor_units

# Else whoever pays, uses and asks for it back, again and again, uses for nothing.
ONCE_WITHIN = timedelta(days=365)


def is_given_at_once(payment: Payment, amount: int) -> bool:
    """Whether the house gives ``amount`` minor units back without an operator: soon after the payment, of a kind and up
    to a sum that the settings name, with no bank asking about it, once a year for each person; and only what takes back
    what was bought, so a part waits, and of a subscription all but the whole current period."""
    if payment.kind not in settings.REFUND_AUTO_KINDS or payment.paid_at is None or payment.fraud_warning_id:
        return False
    if payment.paid_at <= clock.now() - timedelta(days=settings.REFUND_AUTO_DAYS) or payment.disputes.exists():
        return False
    if payment.amount_refunded + amount < payment.amount or payment.amount > most_at_once(payment.currency):
        return False
    if payment.kind == SUBSCRIPTION and not ends_subscription(payment, amount):
        return False
    return not _has_had_one(payment)


def most_at_once(currency: str) -> int:
    """Up to how much of one payment, in minor units."""
    most = settings.REFUND_AUTO_MAX.get(currency)
    return to_minor_units(most, currency) if most else 0


def _has_had_one(payment: Payment) -> bool:
    given = Refund.objects.filter(payment__user=payment.user_id, origin=RefundOrigin.CUSTOMER)
    return given.exclude(status__in=GAVE_NOTHING).filter(created_at__gt=clock.now() - ONCE_WITHIN).exists()


def ends_subscription(payment: Payment, amount: int) -> bool:
    """Whoever has the whole of the current period back at their own wish does not keep it as well."""
    if payment.kind != SUBSCRIPTION or payment.invoice is None or payment.amount_refunded + amount < payment.amount:
        return False
    subscription = payment.invoice.subscription
    return subscription is not None and subscription.latest_invoice_id == payment.invoice.stripe_id
