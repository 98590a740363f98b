"""Personal Month: the Personal Year with the month that is running."""

from __future__ import annotations

from functools import lru_cache

from numerology.engine.alternatives import other_masters
from numerology.engine.options import MasterPolicy
from numerology.engine.reduction import chain_of, root
from numerology.engine.result import NumberResult, Position, part


@lru_cache(maxsize=1024)
def personal_month(personal_year: int, month: int, *, masters: MasterPolicy = MasterPolicy.REDUCE) -> NumberResult:
    """`month` is 1 to 12. A new Personal Year starts in January, so the months jump there."""
    chain = chain_of(personal_year + month, masters)
    return NumberResult(
        position=Position.PERSONAL_MONTH,
        value=chain[-1],
        root=root(chain[-1]),
        chain=chain,
        components=(part("personal_year", personal_year), part("month", month)),
        method=masters,
        alternatives=other_masters(chain, masters),
    )
