"""A score from 0 to 100 for two people, and what each position of their charts brings to it.

No tradition gives a percentage. Ours is a weighted mean: a position has the points of its level, and a weight that
depends on what the two are to each other. Raising a level never lowers the score, and neither person comes first.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from numerology.engine.compatibility.levels import TABLE_METHOD, Level, level_of
from numerology.engine.compatibility.numbers import Numbers
from numerology.engine.errors import NothingToCompareError, UnknownRelationshipError
from numerology.engine.reduction import MASTERS
from numerology.engine.result import Position

# Grows when any two charts would get another score.
SCORE_VERSION = "1"


class Relationship(StrEnum):
    ROMANTIC = "romantic"
    BUSINESS = "business"
    FRIENDSHIP = "friendship"
    FAMILY = "family"

    @classmethod
    def parse(cls, value: Relationship | str) -> Relationship:
        """Raise UnknownRelationshipError for anything that is not one of the four."""
        try:
            return cls(value)
        except ValueError:
            raise UnknownRelationshipError from None


# A pair that asks for work still has something to work with, so no level counts for nothing.
POINTS = {Level.NATURAL: 100, Level.COMPATIBLE: 75, Level.NEUTRAL: 50, Level.CHALLENGING: 25}
# From which score on the whole is called what a pair of numbers is called; below them all it is challenging.
BANDS = ((75, Level.NATURAL), (60, Level.COMPATIBLE), (45, Level.NEUTRAL))
_POSITIONS = (
    Position.LIFE_PATH,
    Position.DESTINY,
    Position.SOUL_URGE,
    Position.PERSONALITY,
    Position.BIRTHDAY,
    Position.ATTITUDE,
)
# Percent, in the order of the positions above. Love asks what each longs for, work what each is able to do, friends
# how each comes across, a family how each goes through life and through the day.
WEIGHTS: dict[Relationship, dict[Position, int]] = {
    Relationship.ROMANTIC: dict(zip(_POSITIONS, (30, 10, 30, 15, 10, 5), strict=True)),
    Relationship.BUSINESS: dict(zip(_POSITIONS, (20, 35, 5, 15, 15, 10), strict=True)),
    Relationship.FRIENDSHIP: dict(zip(_POSITIONS, (25, 10, 20, 20, 10, 15), strict=True)),
    Relationship.FAMILY: dict(zip(_POSITIONS, (30, 10, 25, 5, 15, 15), strict=True)),
}


@dataclass(frozen=True, slots=True)
class PositionScore:
    """What one position brings. `numbers` are the two values in ascending order, None where a name lacks the number;
    such a position has no level, and its weight is spread over the others."""

    position: Position
    numbers: tuple[int | None, int | None]
    level: Level | None
    points: int
    weight: int
    total_weight: int

    @property
    def share(self) -> float:
        """How much of the score this position decides, in percent."""
        return round(100 * self._counted / self.total_weight, 2)

    @property
    def contribution(self) -> float:
        """The points it adds to the score, at most `share`."""
        return round(self.points * self._counted / self.total_weight, 2)

    @property
    def masters(self) -> tuple[int, ...]:
        return tuple(sorted({number for number in self.numbers if number in MASTERS}))

    @property
    def _counted(self) -> int:
        return self.weight if self.level is not None else 0

    def to_dict(self) -> dict[str, Any]:
        return {
            "position": self.position,
            "numbers": list(self.numbers),
            "level": self.level,
            "points": self.points,
            "weight": self.weight,
            "share": self.share,
            "contribution": self.contribution,
            "masters": list(self.masters),
            "is_left_out": self.level is None,
        }


@dataclass(frozen=True, slots=True)
class CompatibilityScore:
    """`total` is the weighted mean, `score` the same to the nearest whole number, halves up; both 25 to 100."""

    relationship: Relationship
    score: int
    total: float
    positions: tuple[PositionScore, ...]

    @property
    def level(self) -> Level:
        return next((level for least, level in BANDS if self.score >= least), Level.CHALLENGING)

    @property
    def counted(self) -> tuple[PositionScore, ...]:
        return tuple(each for each in self.positions if each.level is not None)

    def to_dict(self) -> dict[str, Any]:
        return {
            "relationship_type": self.relationship,
            "score": self.score,
            "level": self.level,
            "total": self.total,
            "positions": [each.to_dict() for each in self.positions],
            "is_reweighted": len(self.counted) < len(self.positions),
            "method": TABLE_METHOD,
            "version": SCORE_VERSION,
        }


def compatibility(a: Numbers, b: Numbers, relationship: Relationship | str) -> CompatibilityScore:
    """Compare two people, in either order. Positions that the relationship does not weigh are ignored.

    Raises NothingToCompareError when no position has a number on both sides, and other EngineErrors for numbers and
    relationships that there are not.
    """
    relationship = Relationship.parse(relationship)
    pairs = {position: _ascending(a.get(position), b.get(position)) for position in WEIGHTS[relationship]}
    levels = {position: _level(pair) for position, pair in pairs.items()}
    return _weighed(relationship, pairs, levels)


def score_of(levels: Mapping[Position, Level | None], relationship: Relationship) -> tuple[int, float]:
    """The score and the mean it is rounded from; positions without a level are left out."""
    weights = WEIGHTS[relationship]
    counted = {position: level for position, level in levels.items() if level is not None}
    total = sum(weights[position] for position in counted)
    if not total:
        raise NothingToCompareError
    points = sum(weights[position] * POINTS[level] for position, level in counted.items())
    return (2 * points + total) // (2 * total), round(points / total, 2)


def _weighed(
    relationship: Relationship,
    pairs: Mapping[Position, tuple[int | None, int | None]],
    levels: Mapping[Position, Level | None],
) -> CompatibilityScore:
    score, mean = score_of(levels, relationship)
    weights = WEIGHTS[relationship]
    total = sum(weights[position] for position, level in levels.items() if level is not None)
    positions = tuple(
        PositionScore(
            position=position,
            numbers=pairs[position],
            level=level,
            points=0 if level is None else POINTS[level],
            weight=weights[position],
            total_weight=total,
        )
        for position, level in levels.items()
    )
    return CompatibilityScore(relationship=relationship, score=score, total=mean, positions=positions)


def _ascending(a: int | None, b: int | None) -> tuple[int | None, int | None]:
    """A number that is missing comes last."""
    if a is None or (b is not None and b < a):
        return b, a
    return a, b


def _level(pair: tuple[int | None, int | None]) -> Level | None:
    a, b = pair
    return None if a is None or b is None else level_of(a, b)
