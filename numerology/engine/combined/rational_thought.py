"""Rational Thought: the root of the first name with the day of birth. One source gives it."""

from __future__ import annotations

from numerology.engine.names.letters import Word
from numerology.engine.options import MasterPolicy
from numerology.engine.reduction import chain_of, root
from numerology.engine.result import Component, NumberResult, Position, part

METHOD = "first_name_root_and_day"


def rational_thought(first_name: Word, day: int) -> NumberResult:
    """`day` is 1 to 31 and added whole: Victor, born on a 21st, has 6 + 21 = 27 = 9."""
    total = sum([letter.value for letter in first_name.letters])
    components = (
        Component(label=first_name.text, chain=chain_of(total, MasterPolicy.REDUCE), letters=first_name.letters),
        part("day", day),
    )
    chain = chain_of(components[0].value + day, MasterPolicy.KEEP)
    return NumberResult(
        position=Position.RATIONAL_THOUGHT,
        value=chain[-1],
        root=root(chain[-1]),
        chain=chain,
        components=components,
        method=METHOD,
    )
