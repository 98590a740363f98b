"""The lines of a grid: rows, columns and diagonals, and how much of each is there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Any

Digits = tuple[int, int, int]


class LineState(StrEnum):
    FULL = "full"
    PARTIAL = "partial"
    EMPTY = "empty"


class LineKind(StrEnum):
    ROW = "row"
    COLUMN = "column"
    DIAGONAL = "diagonal"


# Each line is defined once: compared by identity, it is a cheap key.
@dataclass(frozen=True, slots=True, eq=False)
class LineDefinition:
    """`digits` stand as they do in the grid; authors use the `names` for it, the commonest first."""

    kind: LineKind
    digits: Digits
    names: tuple[str, ...]

    @property
    def key(self) -> str:
        """ "492": stable, for texts and pictures."""
        return "".join(map(str, self.digits))


@dataclass(frozen=True, slots=True)
class Line:
    """A line with the number of times each of its digits occurs."""

    definition: LineDefinition
    counts: Digits

    @property
    def present(self) -> int:
        """How many of its three digits are there, 0 to 3."""
        first, second, third = self.counts
        return (first > 0) + (second > 0) + (third > 0)

    @property
    def state(self) -> LineState:
        present = self.present
        if present == 3:
            return LineState.FULL
        return LineState.PARTIAL if present else LineState.EMPTY

    def to_dict(self) -> dict[str, Any]:
        return {
            "key": self.definition.key,
            "kind": self.definition.kind,
            "digits": list(self.definition.digits),
            "names": list(self.definition.names),
            "counts": list(self.counts),
            "present": self.present,
            "state": self.state,
        }


def lines_of(definitions: Iterable[LineDefinition], counts: Mapping[int, int]) -> tuple[Line, ...]:
    """`counts` says how often each of the digits 1 to 9 occurs."""
    lines = []
    for definition in definitions:
        first, second, third = definition.digits
        lines.append(_line(definition, counts[first], counts[second], counts[third]))
    return tuple(lines)


@lru_cache(maxsize=4096)
def _line(definition: LineDefinition, first: int, second: int, third: int) -> Line:
    return Line(definition=definition, counts=(first, second, third))


def in_state(lines: Iterable[Line], state: LineState) -> tuple[Line, ...]:
    return tuple(line for line in lines if line.state is state)


@lru_cache(maxsize=1024)
def date_digits(day: int, month: int, year: int) -> tuple[int, ...]:
    """The digits of a date as it is written, day first, without its zeros."""
    return tuple(int(digit) for digit in f"{day}{month}{year}" if digit != "0")


def digit_counts(digits: Iterable[int]) -> dict[int, int]:
    """How often each of 1 to 9 occurs; other digits are not counted."""
    counts = dict.fromkeys(range(1, 10), 0)
    for digit in digits:
        if digit in counts:
            counts[digit] += 1
    return counts
