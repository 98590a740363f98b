"""The two letters that are sometimes vowels: Y and W, by the rule of each school.

- decoz: W never. Y is a consonant after A, E, I, O, U and when it opens a name before one of them; else a vowel.
- goodwin: Y after a vowel is sounded with it and is a vowel too, unless it glides on to a further vowel (Maya);
  W after a vowel is a vowel (Lowell).
- y_always_vowel and y_never_vowel: as they say; W is a consonant.
- y_vowel_concatenated: all names are joined and Y is a consonant only directly before A, E, I, O, U.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum

from numerology.engine.names.marks import LetterMark
from numerology.engine.options import VowelRule

# For every word, for every letter: is it a vowel?
Flags = tuple[tuple[bool, ...], ...]

_VOWELS = frozenset("AEIOU")


class LetterRole(StrEnum):
    VOWEL = "V"
    CONSONANT = "C"


def vowel_flags(words: tuple[str, ...], rule: VowelRule, marks: tuple[LetterMark, ...] = ()) -> Flags:
    """For every letter of every word, whether it is a vowel. A mark decides for its letter whatever the rule."""
    if marks:
        return _marked(vowel_flags(words, rule), marks)
    decide = _RULES[rule]
    if rule is not VowelRule.CONCATENATED:
        return tuple([_flags(word, decide) for word in words])
    flags = iter(_flags("".join(words), decide))
    return tuple([tuple([next(flags) for _ in word]) for word in words])


def _marked(flags: Flags, marks: tuple[LetterMark, ...]) -> Flags:
    lists = [list(word) for word in flags]
    for mark in marks:
        lists[mark.word][mark.letter] = mark.is_vowel
    return tuple(map(tuple, lists))


def y_roles(word: str, rule: VowelRule = VowelRule.DECOZ) -> tuple[LetterRole, ...]:
    """The role of each Y of one upper-case word, in order."""
    flags = vowel_flags((word,), rule)[0]
    return tuple(
        LetterRole.VOWEL if is_vowel else LetterRole.CONSONANT
        for letter, is_vowel in zip(word, flags, strict=True)
        if letter == "Y"
    )


def _flags(word: str, decide: Callable[[str, str, str], bool]) -> tuple[bool, ...]:
    flags = [letter in _VOWELS for letter in word]
    if "Y" in word or "W" in word:
        for i, letter in enumerate(word):
            if letter in "YW":
                flags[i] = decide(letter, word[i - 1] if i else "", word[i + 1 : i + 2])
    return tuple(flags)


def _decoz(letter: str, before: str, after: str) -> bool:
    if letter == "W" or before in _VOWELS:
        return False
    return bool(before) or after not in _VOWELS


def _goodwin(letter: str, before: str, after: str) -> bool:
    if letter == "W":
        return before in _VOWELS
    if before in _VOWELS or not before:
        return after not in _VOWELS
    return True


def _always(letter: str, before: str, after: str) -> bool:
    return letter == "Y"


def _never(letter: str, before: str, after: str) -> bool:
    return False


def _concatenated(letter: str, before: str, after: str) -> bool:
    return letter == "Y" and after not in _VOWELS


_RULES: dict[VowelRule, Callable[[str, str, str], bool]] = {
    VowelRule.DECOZ: _decoz,
    VowelRule.GOODWIN: _goodwin,
    VowelRule.ALWAYS: _always,
    VowelRule.NEVER: _never,
    VowelRule.CONCATENATED: _concatenated,
}
