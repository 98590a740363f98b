"""Driver (mulank): the day of birth."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from numerology.engine.alternatives import other_masters
from numerology.engine.bounds import checked_birth_date
from numerology.engine.options import MasterPolicy
from numerology.engine.reduction import chain_of, root
from numerology.engine.result import NumberResult, Position, part


def driver(birth_date: date, *, masters: MasterPolicy = MasterPolicy.REDUCE) -> NumberResult:
    return _driver(checked_birth_date(birth_date).day, masters)


@lru_cache(maxsize=64)
def _driver(day: int, masters: MasterPolicy) -> NumberResult:
    chain = chain_of(day, masters)
    return NumberResult(
        position=Position.DRIVER,
        value=chain[-1],
        root=root(day),
        chain=chain,
        components=(part("day", day),),
        method=masters,
        alternatives=other_masters(chain, masters),
    )
