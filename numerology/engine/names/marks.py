"""The person's own word on a Y or W: an asterisk typed after it makes it a vowel, a hash a consonant.

Marks decide before any rule does. After other letters, whose role is never in doubt, they say nothing and are
dropped without splitting the name.
"""

from __future__ import annotations

from dataclasses import dataclass

from numerology.engine.names.scripts import latin

VOWEL = "*"
CONSONANT = "#"
_OPEN = ("Y", "W")


@dataclass(frozen=True, slots=True)
class LetterMark:
    """Letter `letter` of word `word`, both counted from 0."""

    word: int
    letter: int
    is_vowel: bool

    def step(self, words: list[str]) -> str:
        """As the steps of a name tell it: "vowel_marked:MAYA:3", the letter counted from 1."""
        return f"{'vowel' if self.is_vowel else 'consonant'}_marked:{words[self.word]}:{self.letter + 1}"


def spelled_with_marks(text: str) -> str:
    """A-Z, spaces, and the marks that stand behind a Y or W. Raises LatinNameRequiredError as `latin` does."""
    spelled = ""
    for character in text:
        if character in (VOWEL, CONSONANT):
            spelled += character if spelled.endswith(_OPEN) else ""
        else:
            spelled += latin(character)
    return spelled


def lifted_marks(words: list[str]) -> tuple[list[str], tuple[LetterMark, ...]]:
    """The words without their marks, and the marks."""
    plain, marks = [], []
    for word, marked in enumerate(words):
        letters = ""
        for character in marked:
            if character in (VOWEL, CONSONANT):
                marks.append(LetterMark(word=word, letter=len(letters) - 1, is_vowel=character == VOWEL))
            else:
                letters += character
        plain.append(letters)
    return plain, tuple(marks)
