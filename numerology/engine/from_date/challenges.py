"""The four Challenges: differences of month, day and year. The third is the main one.

No ages belong to them: the phase is only an approximate part of life.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from numerology.engine.alternatives import differing, other_policy
from numerology.engine.bounds import checked_birth_date
from numerology.engine.options import MasterPolicy
from numerology.engine.reduction import chain_of, root
from numerology.engine.result import Component, NumberResult, Operation, Position


class ChallengeRole(StrEnum):
    FIRST = "first"
    SECOND = "second"
    MAIN = "main"
    LAST = "last"


class Phase(StrEnum):
    EARLY = "early"
    MID = "mid"
    WHOLE_LIFE = "whole_life"
    LATE = "late"


PHASES = {
    ChallengeRole.FIRST: Phase.EARLY,
    ChallengeRole.SECOND: Phase.MID,
    ChallengeRole.MAIN: Phase.WHOLE_LIFE,
    ChallengeRole.LAST: Phase.LATE,
}


@dataclass(frozen=True, slots=True)
class Challenge:
    """`place` counts from 1; the number is 0 to 8, unless masters are kept in the parts."""

    place: int
    role: ChallengeRole
    number: NumberResult

    @property
    def phase(self) -> Phase:
        """Approximate: authors who give ages contradict one another."""
        return PHASES[self.role]

    @property
    def read_as(self) -> int:
        """The number whose quality it has: a 0 is read with that of 9 (Decoz)."""
        return self.number.chain[-1] or 9

    def to_dict(self) -> dict[str, Any]:
        return {
            "place": self.place,
            "role": self.role,
            "phase": self.phase,
            "approximate": True,
            "read_as": self.read_as,
            "number": self.number.to_dict(),
        }


def challenges(birth_date: date, *, masters: MasterPolicy = MasterPolicy.REDUCE) -> tuple[Challenge, ...]:
    """`masters` says whether 11 and 22 stay in month, day and year before they are subtracted."""
    checked_birth_date(birth_date)
    return challenges_of(birth_date.month, birth_date.day, birth_date.year, masters=masters)


def challenges_of(
    month: int, day: int, year: int, *, masters: MasterPolicy = MasterPolicy.REDUCE
) -> tuple[Challenge, ...]:
    """The same from the parts of a date, whole or already reduced."""
    m = Component(label="month", chain=chain_of(month, masters))
    d = Component(label="day", chain=chain_of(day, masters))
    y = Component(label="year", chain=chain_of(year, masters))
    other = other_policy(masters)
    others = [(other.value, value) for value in _values(month, day, year, other)]
    first, second = _difference(m, d, masters, others[0]), _difference(d, y, masters, others[1])
    main = _difference(
        Component(label="challenge_1", chain=first.chain[-1:]),
        Component(label="challenge_2", chain=second.chain[-1:]),
        masters,
        others[2],
    )
    numbers = (first, second, main, _difference(m, y, masters, others[3]))
    return tuple(
        Challenge(place=place, role=role, number=number)
        for place, (role, number) in enumerate(zip(ChallengeRole, numbers, strict=True), start=1)
    )


def _values(month: int, day: int, year: int, masters: MasterPolicy) -> tuple[int, int, int, int]:
    m, d, y = [chain_of(part, masters)[-1] for part in (month, day, year)]
    first, second, last = [chain_of(abs(difference), masters)[-1] for difference in (m - d, d - y, m - y)]
    return first, second, chain_of(abs(first - second), masters)[-1], last


def _difference(left: Component, right: Component, masters: MasterPolicy, other: tuple[str, int]) -> NumberResult:
    # Only parts that kept a master can be more than a digit apart.
    chain = chain_of(abs(left.value - right.value), masters)
    return NumberResult(
        position=Position.CHALLENGE,
        value=chain[-1],
        root=root(chain[-1]),
        chain=chain,
        components=(left, right),
        method=masters,
        operation=Operation.DIFFERENCE,
        alternatives=differing(chain[-1], [other]),
    )
