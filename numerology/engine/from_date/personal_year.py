"""Personal Year: month and day of birth with the year that is running."""

from __future__ import annotations

from datetime import date

from numerology.engine.alternatives import differing, other_masters
from numerology.engine.bounds import checked_birth_date, checked_on_date
from numerology.engine.options import MasterPolicy, PersonalYearMethod
from numerology.engine.reduction import chain_of, root
from numerology.engine.result import Alternative, NumberResult, Position, part


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
    year = _year(birth_date, checked_on_date(on_date), method)
    parts = (("month", birth_date.month), ("day", birth_date.day), ("year", year))
    components = tuple([part(label, *chain_of(number, MasterPolicy.REDUCE)) for label, number in parts])
    chain = chain_of(sum([component.value for component in components]), masters)
    return NumberResult(
        position=Position.PERSONAL_YEAR,
        value=chain[-1],
        root=root(chain[-1]),
        chain=chain,
        components=components,
        method=f"{method}+{masters}",
        alternatives=(
            *other_masters(chain, masters, method=f"{method}+{{}}"),
            *_other_start(birth_date, on_date, method, masters, chain),
        ),
    )


def _other_start(
    birth_date: date,
    on_date: date,
    method: PersonalYearMethod,
    masters: MasterPolicy,
    chain: tuple[int, ...],
) -> tuple[Alternative, ...]:
    calendar = method is PersonalYearMethod.CALENDAR
    other = PersonalYearMethod.BIRTHDAY if calendar else PersonalYearMethod.CALENDAR
    roots = root(birth_date.month) + root(birth_date.day) + root(_year(birth_date, on_date, other))
    return differing(chain[-1], [(f"{other}+{masters}", chain_of(roots, masters)[-1])])


def _year(birth_date: date, on_date: date, method: PersonalYearMethod) -> int:
    before_birthday = (on_date.month, on_date.day) < (birth_date.month, birth_date.day)
    return on_date.year - (method is PersonalYearMethod.BIRTHDAY and before_birthday)
