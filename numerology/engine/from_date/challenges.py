"""The four Challenges: differences of month, day and year. The third is the main one.

No ages belong to them: the phase is only an approximate part of life.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache
from typing import Any

from numerology.engine.alternatives import differing, other_policy
from numerology.engine.bounds import checked_birth_date
from numerology.engine.options import MasterPolicy
from numerology.engine.reduction import chain_of, root
from numerology.engine.result import NumberResult, Operation, Position, part


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
    by_other = _differences(month, day, year, other_policy(masters))
    first = _number(("month", month), ("day", day), masters, by_other[0])
    second = _number(("day", day), ("year", year), masters, by_other[1])
    main = _number(("challenge_1", first.chain[-1]), ("challenge_2", second.chain[-1]), masters, by_other[2])
    last = _number(("month", month), ("year", year), masters, by_other[3])
    return (
        Challenge(1, ChallengeRole.FIRST, first),
        Challenge(2, ChallengeRole.SECOND, second),
        Challenge(3, ChallengeRole.MAIN, main),
        Challenge(4, ChallengeRole.LAST, last),
    )


def _differences(month: int, day: int, year: int, masters: MasterPolicy) -> tuple[int, int, int, int]:
    first, second = _difference(month, day, masters)[-1], _difference(day, year, masters)[-1]
    return first, second, _difference(first, second, masters)[-1], _difference(month, year, masters)[-1]


def _difference(a: int, b: int, masters: MasterPolicy) -> tuple[int, ...]:
    # Only parts that kept a master can be more than a digit apart.
    return chain_of(abs(chain_of(a, masters)[-1] - chain_of(b, masters)[-1]), masters)


@lru_cache(maxsize=8192)
def _number(left: tuple[str, int], right: tuple[str, int], masters: MasterPolicy, by_other: int) -> NumberResult:
    """Between two labelled numbers; `by_other` is what the other policy gives."""
    (first, a), (second, b) = left, right
    chain = _difference(a, b, masters)
    return NumberResult(
        position=Position.CHALLENGE,
        value=chain[-1],
        root=root(chain[-1]),
        chain=chain,
        components=(part(first, *chain_of(a, masters)), part(second, *chain_of(b, masters))),
        method=masters,
        operation=Operation.DIFFERENCE,
        alternatives=differing(chain[-1], [(other_policy(masters), by_other)]),
    )
