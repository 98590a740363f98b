"""The lines of a grid: rows, columns and diagonals, and how much of each is there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
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
        return _key(self.digits)


@dataclass(frozen=True, slots=True)
class Line:
    """A line with the number of times each of its digits occurs."""

    definition: LineDefinition
    counts: Digits

    @property
    def present(self) -> int:
        """How many of its three digits are there, 0 to 3."""
        return 3 - self.counts.count(0)

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


@lru_cache(maxsize=64)
def _key(digits: Digits) -> str:
    return "".join(map(str, digits))


def in_state(lines: Iterable[Line], state: LineState) -> tuple[Line, ...]:
    return tuple([line for line in lines if line.state is state])


@lru_cache(maxsize=1024)
def digits_of(number: int) -> tuple[int, ...]:
    """The digits of a number as it is written, without zeros and sign."""
    return tuple([int(digit) for digit in str(abs(number)) if digit != "0"])


def date_digits(day: int, month: int, year: int) -> tuple[int, ...]:
    """The digits of a date as it is written, day first, without its zeros."""
    return digits_of(day) + digits_of(month) + digits_of(year)


def digit_counts(digits: Iterable[int]) -> dict[int, int]:
    """How often each of 1 to 9 occurs; other digits are not counted."""
    counts = dict.fromkeys(range(1, 10), 0)
    for digit in digits:
        if digit in counts:
            counts[digit] += 1
    return counts


def plain_cells(cells: Iterable[Digits], counts: Sequence[int]) -> list[list[dict[str, int]]]:
    """The rows of a grid as it is drawn; `counts[0]` belongs to the digit 1."""
    return [[{"digit": digit, "count": counts[digit - 1]} for digit in row] for row in cells]


def plain_counts(counts: Iterable[int]) -> dict[str, int]:
    return dict(zip("123456789", counts, strict=True))


def plain_lines(lines: Iterable[Line], name: str) -> dict[str, Any]:
    """All of them under `name`, and the keys of those that are full and of those that are empty."""
    plain = [line.to_dict() for line in lines]
    return {
        name: plain,
        "full": [line["key"] for line in plain if line["state"] is LineState.FULL],
        "empty": [line["key"] for line in plain if line["state"] is LineState.EMPTY],
    }
