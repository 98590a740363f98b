"""Universal Year: the digits of the year that is running, the same for everybody."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from numerology.engine.alternatives import other_masters
from numerology.engine.bounds import checked_on_date
from numerology.engine.options import MasterPolicy
from numerology.engine.reduction import chain_of, root
from numerology.engine.result import NumberResult, Position, part


def universal_year(on_date: date, *, masters: MasterPolicy = MasterPolicy.REDUCE) -> NumberResult:
    return _universal_year(checked_on_date(on_date).year, masters)


@lru_cache(maxsize=512)
def _universal_year(year: int, masters: MasterPolicy) -> NumberResult:
    chain = chain_of(year, masters)
    return NumberResult(
        position=Position.UNIVERSAL_YEAR,
        value=chain[-1],
        root=root(year),
        chain=chain,
        components=(part("year", year),),
        method=masters,
        alternatives=other_masters(chain, masters),
    )
