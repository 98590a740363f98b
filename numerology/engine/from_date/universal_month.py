"""Universal Month: the Universal Year with the month that is running."""

from __future__ import annotations

from functools import lru_cache

from numerology.engine.alternatives import other_masters
from numerology.engine.options import MasterPolicy
from numerology.engine.reduction import chain_of, root
from numerology.engine.result import NumberResult, Position, part


@lru_cache(maxsize=1024)
def universal_month(universal_year: int, month: int, *, masters: MasterPolicy = MasterPolicy.REDUCE) -> NumberResult:
    """`universal_year` is the final value of the year, `month` is 1 to 12."""
    chain = chain_of(universal_year + month, masters)
    return NumberResult(
        position=Position.UNIVERSAL_MONTH,
        value=chain[-1],
        root=root(chain[-1]),
        chain=chain,
        components=(part("universal_year", universal_year), part("month", month)),
        method=masters,
        alternatives=other_masters(chain, masters),
    )
