"""How two numbers get on: the widely printed table for Life Paths, in four levels.

The table knows single digits; a master stands where its root stands. It is the same in both directions.
"""

from __future__ import annotations

from enum import StrEnum

from numerology.engine.errors import NumberOutOfRangeError
from numerology.engine.reduction import MASTERS, root


class Level(StrEnum):
    """From the easiest to the one that asks for most."""

    NATURAL = "natural"
    COMPATIBLE = "compatible"
    NEUTRAL = "neutral"
    CHALLENGING = "challenging"


TABLE_METHOD = "table_natural_compatible_neutral_challenge"
_ROWS = {
    Level.NATURAL: ("157", "248", "369", "248", "157", "369", "157", "248", "369"),
    Level.COMPATIBLE: ("39", "36", "125", "67", "39", "248", "4", "6", "15"),
    Level.NEUTRAL: ("8", "9", "", "", "8", "", "9", "15", "27"),
    Level.CHALLENGING: ("246", "157", "478", "1359", "246", "157", "2368", "379", "48"),
}
TABLE = {
    (number, int(other)): level
    for level, rows in _ROWS.items()
    for number, others in enumerate(rows, start=1)
    for other in others
}


def level_of(a: int, b: int) -> Level:
    """The level of two numbers, each 1 to 9, 11, 22 or 33, in any order; raises NumberOutOfRangeError."""
    return TABLE[_digit(a, field="a"), _digit(b, field="b")]


def _digit(number: int, *, field: str) -> int:
    if not (1 <= number <= 9 or number in MASTERS):
        raise NumberOutOfRangeError(field=field)
    return root(number)
