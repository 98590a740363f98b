"""Personal Month: the Personal Year with the month that is running."""

from __future__ import annotations

from numerology.engine.alternatives import other_masters
from numerology.engine.options import MasterPolicy
from numerology.engine.reduction import chain_of, root
from numerology.engine.result import Component, NumberResult, Position


def personal_month(personal_year: int, month: int, *, masters: MasterPolicy = MasterPolicy.REDUCE) -> NumberResult:
    """`month` is 1 to 12. A new Personal Year starts in January, so the months jump there."""
    chain = chain_of(personal_year + month, masters)
    return NumberResult(
        position=Position.PERSONAL_MONTH,
        value=chain[-1],
        root=root(chain[-1]),
        chain=chain,
        components=(
            Component(label="personal_year", chain=(personal_year,)),
            Component(label="month", chain=(month,)),
        ),
        method=masters,
        alternatives=other_masters(chain, masters),
    )
