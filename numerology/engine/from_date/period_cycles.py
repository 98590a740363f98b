"""The three Period Cycles: month, day and year of birth, each for about a third of life."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from numerology.engine.bounds import checked_birth_date
from numerology.engine.options import MasterPolicy, PeriodStarts
from numerology.engine.reduction import chain_of, debt_in, root
from numerology.engine.result import NumberResult, Position, part
from numerology.engine.stages import Stage, stages

PERIODS = ("formative", "productive", "harvest")
_NEAREST_TO = (28, 56)


def period_cycles(birth_date: date, *, starts: PeriodStarts = PeriodStarts.TABLE) -> tuple[Stage, ...]:
    """The formative, productive and harvest cycle; masters are kept."""
    checked_birth_date(birth_date)
    parts = (("month", birth_date.month), ("day", birth_date.day), ("year", birth_date.year))
    numbers = [_number(label, number, starts) for label, number in parts]
    life_path = root(birth_date.month + birth_date.day + birth_date.year)
    return stages(PERIODS, numbers, period_start_ages(life_path, starts=starts))


def period_start_ages(life_path: int, *, starts: PeriodStarts = PeriodStarts.TABLE) -> tuple[int, int, int]:
    """The ages the three cycles begin at, by the root of the Life Path; masters may be given too."""
    path = root(life_path)
    if starts is PeriodStarts.TABLE:
        second = 28 - path if path <= 2 else 37 - path
        return 0, second, second + 27
    second, third = (_personal_year_1_nearest(age, path) for age in _NEAREST_TO)
    return 0, second, third


def _personal_year_1_nearest(age: int, life_path: int) -> int:
    # The Personal Year is the Life Path's root at birth and grows by one a year, so a 1 comes at 10 - path, and
    # every nine years after. Nine is odd: two of them are never equally near.
    distance = (10 - life_path - age) % 9
    return age + distance if distance <= 4 else age + distance - 9


@lru_cache(maxsize=1024)
def _number(label: str, number: int, starts: PeriodStarts) -> NumberResult:
    chain = chain_of(number, MasterPolicy.KEEP)
    return NumberResult(
        position=Position.PERIOD_CYCLE,
        value=chain[-1],
        root=root(number),
        chain=chain,
        components=(part(label, number),),
        method=starts,
        karmic_debt=debt_in(chain),
    )
