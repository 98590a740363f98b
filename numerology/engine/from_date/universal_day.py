"""Universal Day: month, day and year of the date, added as they stand."""

from __future__ import annotations

from datetime import date

from numerology.engine.alternatives import other_masters
from numerology.engine.bounds import checked_on_date
from numerology.engine.options import MasterPolicy
from numerology.engine.reduction import chain_of, root
from numerology.engine.result import Component, NumberResult, Position


def universal_day(on_date: date, *, masters: MasterPolicy = MasterPolicy.REDUCE) -> NumberResult:
    checked_on_date(on_date)
    parts = (("month", on_date.month), ("day", on_date.day), ("year", on_date.year))
    chain = chain_of(sum(number for _, number in parts), masters)
    return NumberResult(
        position=Position.UNIVERSAL_DAY,
        value=chain[-1],
        root=root(chain[-1]),
        chain=chain,
        components=tuple(Component(label=label, chain=(number,)) for label, number in parts),
        method=masters,
        alternatives=other_masters(chain, masters),
    )
