"""Universal Year: the digits of the year that is running, the same for everybody."""

from __future__ import annotations

from datetime import date

from numerology.engine.alternatives import other_masters
from numerology.engine.bounds import checked_on_date
from numerology.engine.options import MasterPolicy
from numerology.engine.reduction import chain_of, root
from numerology.engine.result import Component, NumberResult, Position


def universal_year(on_date: date, *, masters: MasterPolicy = MasterPolicy.REDUCE) -> NumberResult:
    year = checked_on_date(on_date).year
    chain = chain_of(year, masters)
    return NumberResult(
        position=Position.UNIVERSAL_YEAR,
        value=chain[-1],
        root=root(year),
        chain=chain,
        components=(Component(label="year", chain=(year,)),),
        method=masters,
        alternatives=other_masters(chain, masters),
    )
