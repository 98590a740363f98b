"""First Vowel: the first letter of the first name that is a vowel by the rule chosen for Y and W."""

from __future__ import annotations

from numerology.engine.from_name.single_letters.result import LetterResult
from numerology.engine.names.letters import LetteredName, Word
from numerology.engine.result import Alternative, Letter, MissingReason, Position

METHOD = "first_vowel_of_first_name"


def first_vowel(name: LetteredName) -> LetterResult:
    """A first name without a vowel has none. Rules that find another letter are listed with its value."""
    first = name.words[0]
    letter = _first(first, name.reading.vowels[0])
    alternatives = []
    for other in name.others:
        found = _first(first, other.vowels[0])
        if (found and found.character) != (letter and letter.character):
            value = found.value if found else None
            alternatives.append(Alternative(method=f"{METHOD}+{other.label}", value=value, root=value))
    return LetterResult(
        position=Position.FIRST_VOWEL,
        letter=letter,
        word=first.text,
        method=f"{METHOD}+{name.reading.label}",
        reason=None if letter else MissingReason.NO_VOWELS,
        alternatives=tuple(alternatives),
    )


def _first(word: Word, flags: tuple[bool, ...]) -> Letter | None:
    return word.letters[flags.index(True)] if True in flags else None
