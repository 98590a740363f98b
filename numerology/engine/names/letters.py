"""The value of every letter, and a name spelled out in them."""

from __future__ import annotations

from dataclasses import dataclass
from string import ascii_uppercase

from numerology.engine.names.normalize import NormalizedName
from numerology.engine.names.vowels import Flags, vowel_flags, vowels_by_rule
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
_RULES = tuple(VowelRule)


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
    reading, others = _readings(name, vowel_rule)
    consonants, vowels = _LETTERS[system]
    words = tuple(
        [
            Word(
                text=word,
                letters=tuple(
                    [(vowels if flag else consonants)[letter] for letter, flag in zip(word, flags, strict=True)]
                ),
            )
            for word, flags in zip(name.words, reading.vowels, strict=True)
        ]
    )
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


def _readings(name: NormalizedName, chosen: VowelRule) -> tuple[Reading, tuple[Reading, ...]]:
    """The chosen rule's, and those that differ from it. A mark is heeded by all and left out of a last one."""
    suffix = _MARKED if name.marks else ""
    rules = (chosen, *[rule for rule in _RULES if rule is not chosen])
    vowels, *others = vowels_by_rule(name.words, rules, name.marks)
    labels = [rule.value + suffix for rule in rules[1:]]
    if name.marks:
        labels.append(chosen.value)
        others.append(vowel_flags(name.words, chosen))
    differing = [
        Reading(label=label, vowels=other) for label, other in zip(labels, others, strict=True) if other != vowels
    ]
    return Reading(label=chosen.value + suffix, vowels=vowels), tuple(differing)
