"""Personality: the consonants of the full name."""

from __future__ import annotations

from numerology.engine.from_name.totals import name_total
from numerology.engine.names.letters import LetteredName
from numerology.engine.names.vowels import LetterRole
from numerology.engine.options import MAINSTREAM, Options
from numerology.engine.result import MissingReason, NumberResult, Position


def personality(
    name: LetteredName, *, options: Options = MAINSTREAM, position: Position = Position.PERSONALITY
) -> NumberResult:
    """A name without a consonant has no Personality number: the value is None."""
    return name_total(
        name,
        position=position,
        options=options,
        role=LetterRole.CONSONANT,
        when_empty=MissingReason.NO_CONSONANTS,
    )
