"""Attitude, also called Sun number: month and day of birth, without the year."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from numerology.engine.alternatives import other_masters
from numerology.engine.bounds import checked_birth_date
from numerology.engine.options import MasterPolicy
from numerology.engine.reduction import chain_of, root
from numerology.engine.result import NumberResult, Position, part


def attitude(birth_date: date, *, masters: MasterPolicy = MasterPolicy.REDUCE) -> NumberResult:
    checked_birth_date(birth_date)
    return _attitude(birth_date.month, birth_date.day, masters)


@lru_cache(maxsize=1024)
def _attitude(month: int, day: int, masters: MasterPolicy) -> NumberResult:
    chain = chain_of(month + day, masters)
    return NumberResult(
        position=Position.ATTITUDE,
        value=chain[-1],
        root=root(chain[-1]),
        chain=chain,
        components=(part("month", month), part("day", day)),
        method=masters,
        alternatives=other_masters(chain, masters),
    )
