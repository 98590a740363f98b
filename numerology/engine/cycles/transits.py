"""Transits: the letter of each name that is running, for as many years as it is worth, round and round (Decoz).

The first name carries the physical transit, the middle names together the mental, the last name the spiritual one.
Particles before the last name belong to it. Without a middle name the last name carries both.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from numerology.engine.names.affixes import PARTICLES
from numerology.engine.names.letters import LetteredName, Word
from numerology.engine.result import Letter, MissingReason

METHOD = "birthday_to_birthday"


@dataclass(frozen=True, slots=True)
class Transit:
    """A letter that runs from one birthday, `from_age`, to the end of the year of age `to_age`."""

    name: str
    letter: Letter
    from_age: int
    to_age: int

    def to_dict(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "letter": self.letter.character,
            "value": self.letter.value,
            "from_age": self.from_age,
            "to_age": self.to_age,
        }


@dataclass(frozen=True, slots=True)
class Transits:
    """The three transits at one age. A single name has the physical one only; before birth there is none.

    `shared` is true when the last name carries the mental and the spiritual transit.
    """

    age: int
    physical: Transit | None
    mental: Transit | None
    spiritual: Transit | None
    shared: bool
    reason: MissingReason | None = None

    @property
    def letters(self) -> tuple[Transit, ...]:
        return tuple([each for each in (self.physical, self.mental, self.spiritual) if each])

    def to_dict(self) -> dict[str, Any]:
        return {
            "age": self.age,
            "physical": self.physical.to_dict() if self.physical else None,
            "mental": self.mental.to_dict() if self.mental else None,
            "spiritual": self.spiritual.to_dict() if self.spiritual else None,
            "shared": self.shared,
            "method": METHOD,
            "reason": self.reason,
        }


@dataclass(frozen=True, slots=True)
class TransitNames:
    """The names that carry the transits; the middle and the last one are None where there are none."""

    first: Word
    middle: Word | None
    last: Word | None


def transit_names(name: LetteredName) -> TransitNames:
    first, *rest = name.words
    if not rest:
        return TransitNames(first=first, middle=None, last=None)
    start = len(rest) - 1
    while start > 0 and rest[start - 1].text in PARTICLES:
        start -= 1
    return TransitNames(first=first, middle=_joined(rest[:start]) if start else None, last=_joined(rest[start:]))


def transits(names: TransitNames, age: int) -> Transits:
    """`age` is in whole years; a negative one comes before any letter."""
    if age < 0:
        return Transits(age, None, None, None, shared=False, reason=MissingReason.NOT_BORN_YET)
    spiritual = transit(names.last, age) if names.last else None
    return Transits(
        age=age,
        physical=transit(names.first, age),
        mental=transit(names.middle, age) if names.middle else spiritual,
        spiritual=spiritual,
        shared=names.middle is None and names.last is not None,
    )


def transit(name: Word, age: int) -> Transit:
    """The letter of one name at an age of 0 or more."""
    letters = name.letters
    into = age % sum([letter.value for letter in letters])
    for letter in letters:  # pragma: no branch
        if into < letter.value:
            break
        into -= letter.value
    return Transit(name=name.text, letter=letter, from_age=age - into, to_age=age - into + letter.value - 1)


def _joined(words: list[Word]) -> Word:
    if len(words) == 1:
        return words[0]
    return Word(text=" ".join([word.text for word in words]), letters=sum([word.letters for word in words], ()))
