"""Personal Day: the Personal Month with the day of the month."""

from __future__ import annotations

from numerology.engine.alternatives import other_masters
from numerology.engine.options import MasterPolicy
from numerology.engine.reduction import chain_of, root
from numerology.engine.result import Component, NumberResult, Position


def personal_day(personal_month: int, day: int, *, masters: MasterPolicy = MasterPolicy.REDUCE) -> NumberResult:
    """`day` is 1 to 31."""
    chain = chain_of(personal_month + day, masters)
    return NumberResult(
        position=Position.PERSONAL_DAY,
        value=chain[-1],
        root=root(chain[-1]),
        chain=chain,
        components=(
            Component(label="personal_month", chain=(personal_month,)),
            Component(label="day", chain=(day,)),
        ),
        method=masters,
        alternatives=other_masters(chain, masters),
    )
