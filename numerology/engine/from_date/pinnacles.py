"""The four Pinnacles: month with day, day with year, those two together, and month with year (Decoz)."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from numerology.engine.alternatives import differing
from numerology.engine.bounds import checked_birth_date
from numerology.engine.options import MasterPolicy, PinnacleAges, PinnacleMethod
from numerology.engine.reduction import chain_of, debt_in, root
from numerology.engine.result import NumberResult, Position, part
from numerology.engine.stages import Stage, stages

PINNACLES = ("first", "second", "third", "fourth")
_OTHER = {PinnacleMethod.VALUES: PinnacleMethod.ROOTS, PinnacleMethod.ROOTS: PinnacleMethod.VALUES}
_POLICIES = {PinnacleMethod.VALUES: MasterPolicy.KEEP, PinnacleMethod.ROOTS: MasterPolicy.REDUCE}


def pinnacles(
    birth_date: date,
    *,
    method: PinnacleMethod = PinnacleMethod.VALUES,
    ages: PinnacleAges = PinnacleAges.FIRST_ENDS,
) -> tuple[Stage, ...]:
    """Masters survive in the parts and in the sums: 1949-05-15 has 11, 11, 22 and 1."""
    checked_birth_date(birth_date)
    month, day, year = birth_date.month, birth_date.day, birth_date.year
    other = _OTHER[method]
    by_other = _totals(month, day, year, other)
    first = _number(("month", month), ("day", day), method, ages, by_other[0])
    second = _number(("day", day), ("year", year), method, ages, by_other[1])
    third = _number(("pinnacle_1", first.chain[-1]), ("pinnacle_2", second.chain[-1]), method, ages, by_other[2])
    fourth = _number(("month", month), ("year", year), method, ages, by_other[3])
    starts = pinnacle_start_ages(root(month + day + year), ages=ages)
    return stages(PINNACLES, (first, second, third, fourth), starts)


def pinnacle_start_ages(life_path: int, *, ages: PinnacleAges = PinnacleAges.FIRST_ENDS) -> tuple[int, int, int, int]:
    """The ages the four Pinnacles begin at, by the root of the Life Path; masters may be given too."""
    second = 36 - root(life_path) + (ages is PinnacleAges.FIRST_ENDS)
    return 0, second, second + 9, second + 18


def _totals(month: int, day: int, year: int, method: PinnacleMethod) -> tuple[int, int, int, int]:
    first, second = _total(month, day, method)[-1], _total(day, year, method)[-1]
    return first, second, _total(first, second, method)[-1], _total(month, year, method)[-1]


def _total(a: int, b: int, method: PinnacleMethod) -> tuple[int, ...]:
    policy = _POLICIES[method]
    return chain_of(chain_of(a, policy)[-1] + chain_of(b, policy)[-1], MasterPolicy.KEEP)


@lru_cache(maxsize=8192)
def _number(
    left: tuple[str, int], right: tuple[str, int], method: PinnacleMethod, ages: PinnacleAges, by_other: int
) -> NumberResult:
    """Of two labelled numbers; `by_other` is what the other method gives."""
    (first, a), (second, b) = left, right
    policy = _POLICIES[method]
    other = _OTHER[method]
    chain = _total(a, b, method)
    return NumberResult(
        position=Position.PINNACLE,
        value=chain[-1],
        root=root(chain[-1]),
        chain=chain,
        components=(part(first, *chain_of(a, policy)), part(second, *chain_of(b, policy))),
        method=f"{method}+{ages}",
        karmic_debt=debt_in(chain),
        alternatives=differing(chain[-1], [(f"{other}+{ages}", by_other)]),
    )
