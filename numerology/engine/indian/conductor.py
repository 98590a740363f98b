"""Conductor (bhagyank): all digits of the date of birth."""

from __future__ import annotations

from datetime import date

from numerology.engine.alternatives import other_masters
from numerology.engine.bounds import checked_birth_date
from numerology.engine.options import MasterPolicy
from numerology.engine.reduction import chain_of, root
from numerology.engine.result import NumberResult, Position, part


def conductor(birth_date: date, *, masters: MasterPolicy = MasterPolicy.REDUCE) -> NumberResult:
    checked_birth_date(birth_date)
    parts = (("day", birth_date.day), ("month", birth_date.month), ("year", birth_date.year))
    components = tuple([part(label, *chain_of(number, MasterPolicy.REDUCE)[:2]) for label, number in parts])
    chain = chain_of(sum([component.value for component in components]), masters)
    return NumberResult(
        position=Position.CONDUCTOR,
        value=chain[-1],
        root=root(chain[-1]),
        chain=chain,
        components=components,
        method=masters,
        alternatives=other_masters(chain, masters),
    )
