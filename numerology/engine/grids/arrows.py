"""The Western grid of the date, 3 6 9 / 2 5 8 / 1 4 7, with the Arrows of Pythagoras. It is not the Lo Shu grid."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from numerology.engine.bounds import checked_birth_date
from numerology.engine.grids.lines import (
    Line,
    LineDefinition,
    LineKind,
    date_digits,
    digit_counts,
    lines_of,
    plain_cells,
    plain_counts,
    plain_lines,
)

CELLS = ((3, 6, 9), (2, 5, 8), (1, 4, 7))
ARROWS = (
    LineDefinition(LineKind.COLUMN, (1, 2, 3), ("planner",)),
    LineDefinition(LineKind.COLUMN, (4, 5, 6), ("willpower",)),
    LineDefinition(LineKind.COLUMN, (7, 8, 9), ("activity",)),
    LineDefinition(LineKind.ROW, (1, 4, 7), ("practicality",)),
    LineDefinition(LineKind.ROW, (2, 5, 8), ("emotional_balance",)),
    LineDefinition(LineKind.ROW, (3, 6, 9), ("intellect",)),
    LineDefinition(LineKind.DIAGONAL, (1, 5, 9), ("determination",)),
    LineDefinition(LineKind.DIAGONAL, (3, 5, 7), ("compassion",)),
)


@dataclass(frozen=True, slots=True)
class ArrowsGrid:
    """`counts[0]` belongs to the digit 1."""

    digits: tuple[int, ...]
    counts: tuple[int, ...]
    arrows: tuple[Line, ...]

    def to_dict(self) -> dict[str, Any]:
        return {
            "digits": list(self.digits),
            "cells": plain_cells(CELLS, self.counts),
            "counts": plain_counts(self.counts),
            **plain_lines(self.arrows, "arrows"),
        }


def arrows(birth_date: date) -> ArrowsGrid:
    """Only the digits of the date are written into this grid, never driver, conductor or kua."""
    born = checked_birth_date(birth_date)
    digits = date_digits(born.day, born.month, born.year)
    counts = digit_counts(digits)
    return ArrowsGrid(digits=digits, counts=tuple(counts.values()), arrows=lines_of(ARROWS, counts))
