"""The book of money that has moved. An entry is written once, in the transaction of the row that it is about."""

from payments.models import EntryKind, LedgerEntry, Payment
from payments.sync.rows import write_columns

PAID = "succeeded"


def book_payment(row: Payment) -> None:
    """Book the payment once it has succeeded. Called after each write of the row, in the same transaction."""
    if row.status == PAID and row.amount:
        book(row, EntryKind.PAYMENT, source=row.stripe_id, amount=row.amount)


def book(payment: Payment, kind: EntryKind, *, source: str, amount: int, currency: str = "") -> bool:
    """Write the entry unless it stands already; answers whether it was new. ``amount`` is negative when it left us.

    Inside the caller's transaction and the customer's lock.
    """
    if is_booked(kind, source):
        return False
    columns = {
        "payment_id": payment.pk,
        "kind": kind.value,
        "source": source,
        "amount": amount,
        "currency": currency or payment.currency,
        "livemode": payment.livemode,
    }
    return write_columns(LedgerEntry(), columns)


def is_booked(kind: EntryKind, source: str) -> bool:
    return LedgerEntry.objects.filter(kind=kind, source=source).exists()
