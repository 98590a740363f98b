"""The psychomatrix: digits of the date and of four working numbers (A. Alexandrov, 20th century)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from numerology.engine.bounds import checked_birth_date
from numerology.engine.grids.lines import date_digits, digit_counts, digits_of, plain_cells, plain_counts
from numerology.engine.reduction import digit_sum

CELLS = ((1, 4, 7), (2, 5, 8), (3, 6, 9))


@dataclass(frozen=True, slots=True)
class Psychomatrix:
    """`working` are the four numbers worked out, `counts[0]` belongs to the digit 1.

    `disputed` is true for births from 2000 on, where authors differ on the working numbers.
    """

    working: tuple[int, int, int, int]
    digits: tuple[int, ...]
    counts: tuple[int, ...]
    disputed: bool

    def to_dict(self) -> dict[str, Any]:
        return {
            "working": list(self.working),
            "digits": list(self.digits),
            "cells": plain_cells(CELLS, self.counts),
            "counts": plain_counts(self.counts),
            "disputed": self.disputed,
        }


def psychomatrix(birth_date: date) -> Psychomatrix:
    """The third number may be negative for dates with small digits: its digits are counted without the sign."""
    born = checked_birth_date(birth_date)
    digits = date_digits(born.day, born.month, born.year)
    first = sum(digits)
    third = first - 2 * digits[0]
    working = (first, digit_sum(first), third, digit_sum(abs(third)))
    placed = sum(map(digits_of, working), digits)
    counts = digit_counts(placed)
    return Psychomatrix(working=working, digits=placed, counts=tuple(counts.values()), disputed=born.year >= 2000)
