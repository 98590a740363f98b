"""Soul Urge, also called Heart's Desire: the vowels of the full name."""

from __future__ import annotations

from numerology.engine.from_name.totals import name_total
from numerology.engine.names.letters import LetteredName
from numerology.engine.names.vowels import LetterRole
from numerology.engine.options import MAINSTREAM, Options
from numerology.engine.result import MissingReason, NumberResult, Position


def soul_urge(
    name: LetteredName, *, options: Options = MAINSTREAM, position: Position = Position.SOUL_URGE
) -> NumberResult:
    """A name without a vowel has no Soul Urge: the value is None."""
    return name_total(
        name,
        position=position,
        options=options,
        role=LetterRole.VOWEL,
        when_empty=MissingReason.NO_VOWELS,
    )
