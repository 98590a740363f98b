"""The value of every letter, and a name spelled out in them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from string import ascii_uppercase

from numerology.engine.names.normalize import NormalizedName
from numerology.engine.names.vowels import Flags, vowel_flags
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
    system: tuple(
        {letter: Letter(character=letter, value=value, is_vowel=is_vowel) for letter, value in values.items()}
        for is_vowel in (False, True)
    )
    for system, values in _VALUES.items()
}
_MARKED = "+marked"


@dataclass(frozen=True, slots=True)
class Word:
    """One name of a full name, letter by letter."""

    text: str
    letters: tuple[Letter, ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """Which letters are vowels when one rule is followed; `label` names the rule, and the marks if there are any."""

    label: str
    vowels: Flags


@dataclass(frozen=True, slots=True)
class LetteredName:
    """A full name with the value and role of each letter in one system.

    `others` are the readings of the rules not chosen that see another vowel somewhere.
    """

    system: CalculationSystem
    reading: Reading
    words: tuple[Word, ...]
    others: tuple[Reading, ...] = ()


def letter_name(
    name: NormalizedName,
    *,
    system: CalculationSystem = CalculationSystem.PYTHAGOREAN,
    vowel_rule: VowelRule = VowelRule.DECOZ,
) -> LetteredName:
    label = vowel_rule.value + (_MARKED if name.marks else "")
    reading = Reading(label=label, vowels=vowel_flags(name.words, vowel_rule, name.marks))
    consonants, vowels = _LETTERS[system]
    words = tuple(
        Word(
            text=word,
            letters=tuple([(vowels if flag else consonants)[letter] for letter, flag in zip(word, flags, strict=True)]),
        )
        for word, flags in zip(name.words, reading.vowels, strict=True)
    )
    others = tuple(other for other in _other_readings(name, vowel_rule) if other.vowels != reading.vowels)
    return LetteredName(system=system, reading=reading, words=words, others=others)


def in_system(name: LetteredName, system: CalculationSystem) -> LetteredName:
    """The same letters and roles with the values of `system`."""
    if name.system is system:
        return name
    consonants, vowels = _LETTERS[system]
    words = tuple(
        [
            Word(
                text=word.text,
                letters=tuple([(vowels if each.is_vowel else consonants)[each.character] for each in word.letters]),
            )
            for word in name.words
        ]
    )
    return LetteredName(system=system, reading=name.reading, words=words, others=name.others)


def _other_readings(name: NormalizedName, chosen: VowelRule) -> Iterator[Reading]:
    if not any("Y" in word or "W" in word for word in name.words):
        return
    if name.marks:
        yield Reading(label=chosen.value, vowels=vowel_flags(name.words, chosen))
    for rule in VowelRule:
        if rule is not chosen:
            label = rule.value + (_MARKED if name.marks else "")
            yield Reading(label=label, vowels=vowel_flags(name.words, rule, name.marks))
