"""Attitude, also called Sun number: month and day of birth, without the year."""

from __future__ import annotations

from datetime import date

from numerology.engine.alternatives import other_masters
from numerology.engine.bounds import checked_birth_date
from numerology.engine.options import MasterPolicy
from numerology.engine.reduction import chain_of, root
from numerology.engine.result import Component, NumberResult, Position


def attitude(birth_date: date, *, masters: MasterPolicy = MasterPolicy.REDUCE) -> NumberResult:
    checked_birth_date(birth_date)
    chain = chain_of(birth_date.month + birth_date.day, masters)
    return NumberResult(
        position=Position.ATTITUDE,
        value=chain[-1],
        root=root(chain[-1]),
        chain=chain,
        components=(
            Component(label="month", chain=(birth_date.month,)),
            Component(label="day", chain=(birth_date.day,)),
        ),
        method=masters,
        alternatives=other_masters(chain, masters),
    )
