"""Universal Day: month, day and year of the date, added as they stand."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from numerology.engine.alternatives import other_masters
from numerology.engine.bounds import checked_on_date
from numerology.engine.options import MasterPolicy
from numerology.engine.reduction import chain_of, root
from numerology.engine.result import NumberResult, Position, part


def universal_day(on_date: date, *, masters: MasterPolicy = MasterPolicy.REDUCE) -> NumberResult:
    checked_on_date(on_date)
    return _universal_day(on_date.month, on_date.day, on_date.year, masters)


@lru_cache(maxsize=1024)
def _universal_day(month: int, day: int, year: int, masters: MasterPolicy) -> NumberResult:
    chain = chain_of(month + day + year, masters)
    return NumberResult(
        position=Position.UNIVERSAL_DAY,
        value=chain[-1],
        root=root(chain[-1]),
        chain=chain,
        components=(part("month", month), part("day", day), part("year", year)),
        method=masters,
        alternatives=other_masters(chain, masters),
    )
