"""Keystone: the middle letter of the first name (Clement); a name of even length has none."""

from __future__ import annotations

from numerology.engine.from_name.single_letters.result import LetterResult
from numerology.engine.names.letters import LetteredName
from numerology.engine.result import MissingReason, Position

METHOD = "middle_letter_of_first_name"


def keystone(name: LetteredName) -> LetterResult:
    first = name.words[0]
    middle, odd = divmod(len(first.letters), 2)
    return LetterResult(
        position=Position.KEYSTONE,
        letter=first.letters[middle] if odd else None,
        word=first.text,
        method=METHOD,
        reason=None if odd else MissingReason.NO_MIDDLE_LETTER,
    )
