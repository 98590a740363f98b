from payments.models import Payment
from payments.sync.customers import CustomerNotOurs
from payments.sync.selling.purchases import sync_payment_intent

INTENT = "pi_"


def payment_known(payment_id: str) -> Payment:
    """Our row of the payment intent or charge, looked for at Stripe while we have not heard that it was paid.

    Raises CustomerNotOurs when nothing of ours was paid with it, gateway.ObjectMissing, LockTimeout.
    """
    known = _row(payment_id)
    if (known is None or known.paid_at is None) and payment_id.startswith(INTENT):
        sync_payment_intent(payment_id)
        known = _row(payment_id)
    if known is None:
        raise CustomerNotOurs(f"{payment_id} has paid for nothing of ours.")
    return known


def payment_locked(row: Payment) -> Payment:
    """The row as it is now, held until the end of the transaction."""
    return Payment.objects.select_for_update(no_key=True, of=("self",)).select_related("invoice").get(pk=row.pk)


def _row(payment_id: str) -> Payment | None:
    return Payment.objects.select_related("customer").filter(stripe_id=payment_id).first()
