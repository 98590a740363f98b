"""Driver (mulank): the day of birth."""

from __future__ import annotations

from datetime import date

from numerology.engine.alternatives import other_masters
from numerology.engine.bounds import checked_birth_date
from numerology.engine.options import MasterPolicy
from numerology.engine.reduction import chain_of, root
from numerology.engine.result import Component, NumberResult, Position


def driver(birth_date: date, *, masters: MasterPolicy = MasterPolicy.REDUCE) -> NumberResult:
    day = checked_birth_date(birth_date).day
    chain = chain_of(day, masters)
    return NumberResult(
        position=Position.DRIVER,
        value=chain[-1],
        root=root(day),
        chain=chain,
        components=(Component(label="day", chain=(day,)),),
        method=masters,
        alternatives=other_masters(chain, masters),
    )
