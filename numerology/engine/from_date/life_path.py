"""Life Path: month, day and year, each reduced, added and reduced again (Decoz)."""

from __future__ import annotations

from datetime import date

from numerology.engine.alternatives import differing
from numerology.engine.bounds import checked_birth_date
from numerology.engine.options import LifePathMethod, MasterPolicy
from numerology.engine.reduction import chain_of, debt_in, digit_sum, root
from numerology.engine.result import Component, NumberResult, Position

_METHODS = tuple(LifePathMethod)


def life_path(birth_date: date, *, method: LifePathMethod = LifePathMethod.COMPONENTS) -> NumberResult:
    """Masters survive in the components and in the final sum, unless the method's name says otherwise.

    A master year does not make a master result: 1975-04-04 is 4 + 4 + 22 = 30 = 3.
    """
    checked_birth_date(birth_date)
    parts = (("month", birth_date.month), ("day", birth_date.day), ("year", birth_date.year))
    components = tuple(
        [Component(label=label, chain=_component_chain(label, number, method)) for label, number in parts]
    )
    chain = _total_chain(sum([component.value for component in components]), method)
    return NumberResult(
        position=Position.LIFE_PATH,
        value=chain[-1],
        root=root(chain[-1]),
        chain=chain,
        components=components,
        method=method,
        karmic_debt=debt_in(chain),
        alternatives=differing(
            chain[-1], [(other, _value(parts, other)) for other in _METHODS if other is not method]
        ),
    )


def _value(parts: tuple[tuple[str, int], ...], method: LifePathMethod) -> int:
    return _total_chain(sum([_component_chain(label, number, method)[-1] for label, number in parts]), method)[-1]


def _total_chain(total: int, method: LifePathMethod) -> tuple[int, ...]:
    return chain_of(total, MasterPolicy.REDUCE if method is LifePathMethod.ALL_DIGITS_NO_MASTER else MasterPolicy.KEEP)


def _component_chain(label: str, number: int, method: LifePathMethod) -> tuple[int, ...]:
    match method:
        case LifePathMethod.COMPONENTS:
            return chain_of(number, MasterPolicy.KEEP)
        case LifePathMethod.COMPONENTS_NO_MASTER:
            return chain_of(number, MasterPolicy.REDUCE)
        case LifePathMethod.WHOLE_NUMBERS:
            return (number,)
        case LifePathMethod.DAY_MONTH_WHOLE_YEAR_DIGITS if label != "year":
            return (number,)
        case _:
            return (number, digit_sum(number)) if number > 9 else (number,)
