"""Whether a bill adds up. Pure arithmetic, so that it holds for what Stripe answered and for what we keep of it."""

from collections.abc import Iterable
from typing import Protocol


class Bill(Protocol):
    """Amounts in minor units, under the names that the snapshot and our row of an invoice share."""

    @property
    def subtotal(self) -> int: ...
    @property
    def discount(self) -> int: ...
    @property
    def tax(self) -> int: ...
    @property
    def tax_included(self) -> int: ...
    @property
    def total(self) -> int: ...
    @property
    def starting_balance(self) -> int: ...
    @property
    def ending_balance(self) -> int | None: ...
    @property
    def credited(self) -> int: ...
    @property
    def amount(self) -> int: ...


def mismatches(bill: Bill, lines: Iterable[int]) -> list[str]:
    """How the bill contradicts itself, in words; nothing when it adds up. ``lines`` are the amounts of its lines."""
    added_tax = bill.tax - bill.tax_included
    expected = [
        ("subtotal", bill.subtotal, sum(lines)),
        ("total", bill.total, bill.subtotal - bill.discount + added_tax),
    ]
    # The balance is settled when a draft becomes an invoice; before that nothing is due.
    if bill.ending_balance is not None:
        due = bill.total + bill.starting_balance - bill.ending_balance - bill.credited
        expected.append(("amount due", bill.amount, due))
    return [f"{name} is {says}, but adds up to {should}" for name, says, should in expected if says != should]
