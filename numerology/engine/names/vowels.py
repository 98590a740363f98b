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
    return vowels_by_rule(words, (rule,), marks)[0]


def vowels_by_rule(
    words: tuple[str, ...], rules: tuple[VowelRule, ...], marks: tuple[LetterMark, ...] = ()
) -> list[Flags]:
    """The same for several rules at once: they differ in Y and W only."""
    plain = [tuple([letter in _VOWELS for letter in word]) for word in words]
    open_letters = [
        (index, place) for index, word in enumerate(words) for place, letter in enumerate(word) if letter in "YW"
    ]
    if not open_letters:
        return [tuple(plain)] * len(rules)
    return [_with_open_letters(words, plain, open_letters, rule, marks) for rule in rules]


def _with_open_letters(
    words: tuple[str, ...],
    plain: list[tuple[bool, ...]],
    open_letters: list[tuple[int, int]],
    rule: VowelRule,
    marks: tuple[LetterMark, ...],
) -> Flags:
    decide = _RULES[rule]
    flags = list(plain)
    for index, place in open_letters:
        word = words[index]
        before = word[place - 1] if place else ""
        after = word[place + 1 : place + 2]
        if rule is VowelRule.CONCATENATED and not after:
            after = next((following[0] for following in words[index + 1 : index + 2]), "")
        flags[index] = _replaced(flags[index], place, is_vowel=decide(word[place], before, after))
    for mark in marks:
        flags[mark.word] = _replaced(flags[mark.word], mark.letter, is_vowel=mark.is_vowel)
    return tuple(flags)


def _replaced(flags: tuple[bool, ...], place: int, *, is_vowel: bool) -> tuple[bool, ...]:
    return (*flags[:place], is_vowel, *flags[place + 1 :])


def y_roles(word: str, rule: VowelRule = VowelRule.DECOZ) -> tuple[LetterRole, ...]:
    """The role of each Y of one upper-case word, in order."""
    flags = vowel_flags((word,), rule)[0]
    return tuple(
        LetterRole.VOWEL if is_vowel else LetterRole.CONSONANT
        for letter, is_vowel in zip(word, flags, strict=True)
        if letter == "Y"
    )


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
