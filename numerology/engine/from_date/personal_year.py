"""Personal Year: month and day of birth with the year that is running."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from numerology.engine.alternatives import differing, other_masters
from numerology.engine.bounds import checked_birth_date, checked_on_date
from numerology.engine.options import MasterPolicy, PersonalYearMethod
from numerology.engine.reduction import chain_of, root
from numerology.engine.result import NumberResult, Position, part


def personal_year(
    birth_date: date,
    on_date: date,
    *,
    method: PersonalYearMethod = PersonalYearMethod.CALENDAR,
    masters: MasterPolicy = MasterPolicy.REDUCE,
) -> NumberResult:
    """The Personal Year that `on_date` falls into.

    Counted from birthday to birthday, someone born on 29 February moves on with 1 March in common years.
    """
    checked_birth_date(birth_date)
    checked_on_date(on_date)
    other = PersonalYearMethod.BIRTHDAY if method is PersonalYearMethod.CALENDAR else PersonalYearMethod.CALENDAR
    years = ((method, _year(birth_date, on_date, method)), (other, _year(birth_date, on_date, other)))
    return _personal_year(birth_date.month, birth_date.day, years, masters)


@lru_cache(maxsize=4096)
def _personal_year(
    month: int, day: int, years: tuple[tuple[PersonalYearMethod, int], ...], masters: MasterPolicy
) -> NumberResult:
    """`years` holds the year of the chosen method and that of the other one."""
    (method, year), (other, other_year) = years
    components = tuple(
        [
            part(label, *chain_of(number, MasterPolicy.REDUCE))
            for label, number in (("month", month), ("day", day), ("year", year))
        ]
    )
    chain = chain_of(sum([component.value for component in components]), masters)
    by_other = chain_of(root(month) + root(day) + root(other_year), masters)[-1]
    return NumberResult(
        position=Position.PERSONAL_YEAR,
        value=chain[-1],
        root=root(chain[-1]),
        chain=chain,
        components=components,
        method=f"{method}+{masters}",
        alternatives=(
            *other_masters(chain, masters, method=f"{method}+{{}}"),
            *differing(chain[-1], [(f"{other}+{masters}", by_other)]),
        ),
    )


def _year(birth_date: date, on_date: date, method: PersonalYearMethod) -> int:
    before_birthday = (on_date.month, on_date.day) < (birth_date.month, birth_date.day)
    return on_date.year - (method is PersonalYearMethod.BIRTHDAY and before_birthday)
