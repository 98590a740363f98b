"""Personality: the consonants of the full name."""

from __future__ import annotations

from numerology.engine.from_name.totals import name_total
from numerology.engine.names.letters import LetteredName
from numerology.engine.options import MAINSTREAM, Options
from numerology.engine.result import MissingReason, NumberResult, Position


def personality(name: LetteredName, *, options: Options = MAINSTREAM) -> NumberResult:
    """A name without a consonant has no Personality number: the value is None."""
    return name_total(
        name,
        position=Position.PERSONALITY,
        options=options,
        counts=lambda letter: not letter.is_vowel,
        when_empty=MissingReason.NO_CONSONANTS,
    )
