"""Birthday: the day of the month. The unreduced day, which has texts of its own, is `chain[0]`."""

from __future__ import annotations

from datetime import date

from numerology.engine.alternatives import other_masters
from numerology.engine.bounds import checked_birth_date
from numerology.engine.options import MasterPolicy
from numerology.engine.reduction import chain_of, debt_in, root
from numerology.engine.result import Component, NumberResult, Position


def birthday(birth_date: date) -> NumberResult:
    day = checked_birth_date(birth_date).day
    chain = chain_of(day, MasterPolicy.KEEP)
    return NumberResult(
        position=Position.BIRTHDAY,
        value=chain[-1],
        root=root(day),
        chain=chain,
        components=(Component(label="day", chain=(day,)),),
        method=MasterPolicy.KEEP,
        # Only the day itself makes the debt: no day reaches 13, 14, 16 or 19 by adding digits.
        karmic_debt=debt_in(chain),
        alternatives=other_masters(chain, MasterPolicy.KEEP),
    )
