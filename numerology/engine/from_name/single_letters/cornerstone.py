"""Cornerstone: the first letter of the first name."""

from __future__ import annotations

from numerology.engine.from_name.single_letters.result import LetterResult
from numerology.engine.names.letters import LetteredName
from numerology.engine.result import Position

METHOD = "first_letter_of_first_name"


def cornerstone(name: LetteredName) -> LetterResult:
    first = name.words[0]
    return LetterResult(position=Position.CORNERSTONE, letter=first.letters[0], word=first.text, method=METHOD)
