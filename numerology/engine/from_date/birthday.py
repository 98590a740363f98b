"""Birthday: the day of the month. The unreduced day, which has texts of its own, is `chain[0]`."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from numerology.engine.alternatives import other_masters
from numerology.engine.bounds import checked_birth_date
from numerology.engine.options import MasterPolicy
from numerology.engine.reduction import chain_of, debt_in, root
from numerology.engine.result import NumberResult, Position, part


def birthday(birth_date: date) -> NumberResult:
    return _birthday(checked_birth_date(birth_date).day)


@lru_cache(maxsize=32)
def _birthday(day: int) -> NumberResult:
    chain = chain_of(day, MasterPolicy.KEEP)
    return NumberResult(
        position=Position.BIRTHDAY,
        value=chain[-1],
        root=root(day),
        chain=chain,
        components=(part("day", day),),
        method=MasterPolicy.KEEP,
        # Only the day itself makes the debt: no day reaches 13, 14, 16 or 19 by adding digits.
        karmic_debt=debt_in(chain),
        alternatives=other_masters(chain, MasterPolicy.KEEP),
    )
