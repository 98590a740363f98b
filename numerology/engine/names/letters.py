"""The value of every letter, and a name spelled out in them."""

from __future__ import annotations

from dataclasses import dataclass
from string import ascii_uppercase

from numerology.engine.names.normalize import NormalizedName
from numerology.engine.names.vowels import vowel_flags
from numerology.engine.options import CalculationSystem, VowelRule
from numerology.engine.result import Letter

PYTHAGOREAN = {letter: index % 9 + 1 for index, letter in enumerate(ascii_uppercase)}
# No letter is worth 9 in the Chaldean system.
CHALDEAN = {
    letter: value
    for value, letters in enumerate(("AIJQY", "BKR", "CGLS", "DMT", "EHNX", "UVW", "OZ", "FP"), start=1)
    for letter in letters
}

_VALUES = {CalculationSystem.PYTHAGOREAN: PYTHAGOREAN, CalculationSystem.CHALDEAN: CHALDEAN}
_LETTERS = {
    (system, letter, is_vowel): Letter(character=letter, value=value, is_vowel=is_vowel)
    for system, values in _VALUES.items()
    for letter, value in values.items()
    for is_vowel in (False, True)
}


@dataclass(frozen=True, slots=True)
class Word:
    """One name of a full name, letter by letter."""

    text: str
    letters: tuple[Letter, ...]


@dataclass(frozen=True, slots=True)
class LetteredName:
    """A full name with the value and role of each letter in one system."""

    system: CalculationSystem
    vowel_rule: VowelRule
    words: tuple[Word, ...]


def letter_name(
    name: NormalizedName,
    *,
    system: CalculationSystem = CalculationSystem.PYTHAGOREAN,
    vowel_rule: VowelRule = VowelRule.DECOZ,
) -> LetteredName:
    words = tuple(
        Word(
            text=word,
            letters=tuple(_LETTERS[system, letter, is_vowel] for letter, is_vowel in zip(word, flags, strict=True)),
        )
        for word, flags in zip(name.words, vowel_flags(name.words, vowel_rule), strict=True)
    )
    return LetteredName(system=system, vowel_rule=vowel_rule, words=words)
