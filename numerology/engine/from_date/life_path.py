"""Life Path: month, day and year, each reduced, added and reduced again (Decoz)."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from numerology.engine.alternatives import differing
from numerology.engine.bounds import checked_birth_date
from numerology.engine.options import LifePathMethod, MasterPolicy
from numerology.engine.reduction import chain_of, debt_in, root
from numerology.engine.result import Component, NumberResult, Position, part

_METHODS = tuple(LifePathMethod)


def life_path(birth_date: date, *, method: LifePathMethod = LifePathMethod.COMPONENTS) -> NumberResult:
    """Masters survive in the components and in the final sum, unless the method's name says otherwise.

    A master year does not make a master result: 1975-04-04 is 4 + 4 + 22 = 30 = 3.
    """
    checked_birth_date(birth_date)
    parts = (
        _part("month", birth_date.month, method),
        _part("day", birth_date.day, method),
        _part("year", birth_date.year, method),
    )
    chain = _total_chain(sum([each.value for each in parts]), method)
    return NumberResult(
        position=Position.LIFE_PATH,
        value=chain[-1],
        root=root(chain[-1]),
        chain=chain,
        components=parts,
        method=method,
        karmic_debt=debt_in(chain),
        alternatives=differing(chain[-1], _by_method(birth_date)),
    )


def _by_method(born: date) -> list[tuple[str, int]]:
    parts = zip(
        _METHODS, _values("month", born.month), _values("day", born.day), _values("year", born.year), strict=True
    )
    return [(method, _total_chain(month + day + year, method)[-1]) for method, month, day, year in parts]


@lru_cache(maxsize=1024)
def _values(label: str, number: int) -> tuple[int, ...]:
    """What every method adds for one part of a date."""
    return tuple(_part(label, number, method).value for method in _METHODS)


def _total_chain(total: int, method: LifePathMethod) -> tuple[int, ...]:
    return chain_of(total, MasterPolicy.REDUCE if method is LifePathMethod.ALL_DIGITS_NO_MASTER else MasterPolicy.KEEP)


@lru_cache(maxsize=4096)
def _part(label: str, number: int, method: LifePathMethod) -> Component:
    return part(label, *_part_chain(label, number, method))


def _part_chain(label: str, number: int, method: LifePathMethod) -> tuple[int, ...]:
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
            return chain_of(number, MasterPolicy.REDUCE)[:2]
