"""Personal Day: the Personal Month with the day of the month."""

from __future__ import annotations

from functools import lru_cache

from numerology.engine.alternatives import other_masters
from numerology.engine.options import MasterPolicy
from numerology.engine.reduction import chain_of, root
from numerology.engine.result import NumberResult, Position, part


@lru_cache(maxsize=1024)
def personal_day(personal_month: int, day: int, *, masters: MasterPolicy = MasterPolicy.REDUCE) -> NumberResult:
    """`day` is 1 to 31."""
    chain = chain_of(personal_month + day, masters)
    return NumberResult(
        position=Position.PERSONAL_DAY,
        value=chain[-1],
        root=root(chain[-1]),
        chain=chain,
        components=(part("personal_month", personal_month), part("day", day)),
        method=masters,
        alternatives=other_masters(chain, masters),
    )
