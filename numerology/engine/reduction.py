"""Digit sums, their chains, masters and karmic debts: the arithmetic all numbers share."""

from __future__ import annotations

from functools import lru_cache

from numerology.engine.options import MasterPolicy

MASTERS = frozenset({11, 22, 33})
KARMIC_DEBTS = frozenset({13, 14, 16, 19})


def digit_sum(number: int) -> int:
    total = 0
    while number:
        number, digit = divmod(number, 10)
        total += digit
    return total


def root(number: int) -> int:
    """The single digit a positive number comes to when masters are reduced as well; 0 only for 0."""
    return 1 + (number - 1) % 9 if number else 0


@lru_cache(maxsize=8192)
def chain_of(number: int, masters: MasterPolicy) -> tuple[int, ...]:
    """The number itself and every sum on the way down: 38 gives (38, 11) or (38, 11, 2) by the policy."""
    chain = [number]
    while chain[-1] > 9 and not (masters is MasterPolicy.KEEP and chain[-1] in MASTERS):
        chain.append(digit_sum(chain[-1]))
    return tuple(chain)


def debt_in(chain: tuple[int, ...]) -> int | None:
    """The karmic debt a final total passes through, if any.

    28 comes to 10 and then 1 without passing through 19, so it carries none. A chain that stops at a master
    cannot hold a debt: all four debts reduce to single digits at once or by way of 10.
    """
    for number in chain:
        if number in KARMIC_DEBTS:
            return number
    return None
