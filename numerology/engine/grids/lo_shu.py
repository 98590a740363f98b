"""The Lo Shu grid: 4 9 2 / 3 5 7 / 8 1 6, filled from the date of birth."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from numerology.engine.bounds import checked_birth_date
from numerology.engine.errors import GenderRequiredError
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
from numerology.engine.indian.kua import kua
from numerology.engine.options import MAINSTREAM, Gender, LoShuDriver, LoShuFill, Options
from numerology.engine.reduction import root

CELLS = ((4, 9, 2), (3, 5, 7), (8, 1, 6))
LINES = (
    LineDefinition(LineKind.ROW, (4, 9, 2), ("mental",)),
    LineDefinition(LineKind.ROW, (3, 5, 7), ("emotional",)),
    LineDefinition(LineKind.ROW, (8, 1, 6), ("practical",)),
    LineDefinition(LineKind.COLUMN, (4, 3, 8), ("thought",)),
    LineDefinition(LineKind.COLUMN, (9, 5, 1), ("will",)),
    LineDefinition(LineKind.COLUMN, (2, 7, 6), ("action",)),
    LineDefinition(LineKind.DIAGONAL, (4, 5, 6), ("golden", "spiritual", "determination")),
    LineDefinition(LineKind.DIAGONAL, (2, 5, 8), ("silver", "material", "spirituality")),
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One digit in the grid and where it comes from: date, driver, conductor or kua."""

    digit: int
    source: str


@dataclass(frozen=True, slots=True)
class LoShuGrid:
    """`counts[0]` belongs to the digit 1; `entries` are in the order they were written."""

    entries: tuple[Entry, ...]
    counts: tuple[int, ...]
    lines: tuple[Line, ...]
    fill: LoShuFill
    driver_rule: LoShuDriver

    @property
    def missing(self) -> tuple[int, ...]:
        return tuple(digit for digit, count in enumerate(self.counts, start=1) if not count)

    @property
    def repeated(self) -> tuple[int, ...]:
        return tuple(digit for digit, count in enumerate(self.counts, start=1) if count > 1)

    @property
    def cells(self) -> tuple[tuple[tuple[int, int], ...], ...]:
        """Rows of (digit, count), as the grid is drawn."""
        return tuple(tuple((digit, self.counts[digit - 1]) for digit in row) for row in CELLS)

    def to_dict(self) -> dict[str, Any]:
        return {
            "fill": self.fill,
            "driver_rule": self.driver_rule,
            "entries": [{"digit": entry.digit, "source": entry.source} for entry in self.entries],
            "cells": plain_cells(CELLS, self.counts),
            "counts": plain_counts(self.counts),
            "missing": list(self.missing),
            "repeated": list(self.repeated),
            **plain_lines(self.lines, "lines"),
        }


def lo_shu(birth_date: date, *, options: Options = MAINSTREAM) -> LoShuGrid:
    """Fill the grid as `options.lo_shu_fill` says.

    Raises GenderRequiredError when the kua is to be written and `options.gender` is neither male nor female.
    """
    entries = _entries(checked_birth_date(birth_date), options)
    counts = digit_counts([entry.digit for entry in entries])
    return LoShuGrid(
        entries=entries,
        counts=tuple(counts.values()),
        lines=lines_of(LINES, counts),
        fill=options.lo_shu_fill,
        driver_rule=options.lo_shu_driver,
    )


@lru_cache(maxsize=64)
def _entry(digit: int, source: str) -> Entry:
    return Entry(digit=digit, source=source)


def _entries(born: date, options: Options) -> tuple[Entry, ...]:
    entries = [_entry(digit, "date") for digit in date_digits(born.day, born.month, born.year)]
    if options.lo_shu_fill is LoShuFill.DATE_DIGITS:
        return tuple(entries)
    # The driver of a one-digit day is that digit itself, and authors do not agree whether to write it twice.
    if born.day > 9 or options.lo_shu_driver is LoShuDriver.ALWAYS:
        entries.append(_entry(root(born.day), "driver"))
    entries.append(_entry(root(born.day + born.month + born.year), "conductor"))
    if options.lo_shu_fill is LoShuFill.DRIVER_CONDUCTOR_KUA:
        entries.extend(_kua_entries(born, options))
    return tuple(entries)


def _kua_entries(born: date, options: Options) -> list[Entry]:
    if options.gender is Gender.BOTH:
        raise GenderRequiredError
    numbers = (each.number.value for each in kua(born, gender=options.gender, year_starts=options.kua_year).numbers)
    return [_entry(number, "kua") for number in numbers if number is not None]
