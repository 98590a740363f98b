"""The four Pinnacles: month with day, day with year, those two together, and month with year (Decoz)."""

from __future__ import annotations

from datetime import date

from numerology.engine.alternatives import differing
from numerology.engine.bounds import checked_birth_date
from numerology.engine.options import MasterPolicy, PinnacleAges, PinnacleMethod
from numerology.engine.reduction import chain_of, debt_in, root
from numerology.engine.result import Component, NumberResult, Position
from numerology.engine.stages import Stage, stages

PINNACLES = ("first", "second", "third", "fourth")
_POLICIES = {PinnacleMethod.VALUES: MasterPolicy.KEEP, PinnacleMethod.ROOTS: MasterPolicy.REDUCE}


def pinnacles(
    birth_date: date,
    *,
    method: PinnacleMethod = PinnacleMethod.VALUES,
    ages: PinnacleAges = PinnacleAges.FIRST_ENDS,
) -> tuple[Stage, ...]:
    """Masters survive in the parts and in the sums: 1949-05-15 has 11, 11, 22 and 1."""
    checked_birth_date(birth_date)
    label = f"{method}+{ages}"
    policy = _POLICIES[method]
    other = PinnacleMethod.VALUES if method is PinnacleMethod.ROOTS else PinnacleMethod.ROOTS
    others = [(f"{other}+{ages}", value) for value in _values(birth_date, other)]
    month = Component(label="month", chain=chain_of(birth_date.month, policy))
    day = Component(label="day", chain=chain_of(birth_date.day, policy))
    year = Component(label="year", chain=chain_of(birth_date.year, policy))
    first, second = _number(month, day, label, others[0]), _number(day, year, label, others[1])
    third = _number(
        Component(label="pinnacle_1", chain=chain_of(first.chain[-1], policy)),
        Component(label="pinnacle_2", chain=chain_of(second.chain[-1], policy)),
        label,
        others[2],
    )
    numbers = (first, second, third, _number(month, year, label, others[3]))
    life_path = root(birth_date.month + birth_date.day + birth_date.year)
    return stages(PINNACLES, numbers, pinnacle_start_ages(life_path, ages=ages))


def pinnacle_start_ages(life_path: int, *, ages: PinnacleAges = PinnacleAges.FIRST_ENDS) -> tuple[int, int, int, int]:
    """The ages the four Pinnacles begin at, by the root of the Life Path; masters may be given too."""
    second = 36 - root(life_path) + (ages is PinnacleAges.FIRST_ENDS)
    return 0, second, second + 9, second + 18


def _values(birth_date: date, method: PinnacleMethod) -> tuple[int, int, int, int]:
    policy = _POLICIES[method]
    parts = (birth_date.month, birth_date.day, birth_date.year)
    month, day, year = [chain_of(part, policy)[-1] for part in parts]
    first, second, fourth = [
        chain_of(total, MasterPolicy.KEEP)[-1] for total in (month + day, day + year, month + year)
    ]
    third = chain_of(chain_of(first, policy)[-1] + chain_of(second, policy)[-1], MasterPolicy.KEEP)[-1]
    return first, second, third, fourth


def _number(left: Component, right: Component, method: str, other: tuple[str, int]) -> NumberResult:
    chain = chain_of(left.value + right.value, MasterPolicy.KEEP)
    return NumberResult(
        position=Position.PINNACLE,
        value=chain[-1],
        root=root(chain[-1]),
        chain=chain,
        components=(left, right),
        method=method,
        karmic_debt=debt_in(chain),
        alternatives=differing(chain[-1], [other]),
    )
