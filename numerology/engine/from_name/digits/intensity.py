"""How often every digit stands in a full name, and which stand there more often than the average digit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from numerology.engine.names.letters import LetteredName
from numerology.engine.options import CalculationSystem

METHOD = "letters_per_digit"
# Chaldean letters have no 9, so none can be missing.
_HIGHEST = {CalculationSystem.PYTHAGOREAN: 9, CalculationSystem.CHALDEAN: 8}


@dataclass(frozen=True, slots=True)
class DigitIntensity:
    """A digit and the letters of the name that are worth it, in order."""

    digit: int
    letters: str

    @property
    def count(self) -> int:
        return len(self.letters)


@dataclass(frozen=True, slots=True)
class Intensity:
    """Every digit that letters can be worth. `average` is the share of one digit if all stood equally often."""

    digits: tuple[DigitIntensity, ...]
    letters: int

    @property
    def average(self) -> float:
        return round(self.letters / len(self.digits), 2)

    def is_above(self, digit: DigitIntensity) -> bool:
        return digit.count * len(self.digits) > self.letters

    def to_dict(self) -> dict[str, Any]:
        return {
            "letters": self.letters,
            "average": self.average,
            "digits": [
                {
                    "digit": each.digit,
                    "count": each.count,
                    "letters": each.letters,
                    "above_average": self.is_above(each),
                }
                for each in self.digits
            ],
            "method": METHOD,
        }


def intensity(name: LetteredName) -> Intensity:
    letters = [""] * (_HIGHEST[name.system] + 1)
    for word in name.words:
        for letter in word.letters:
            letters[letter.value] += letter.character
    digits = tuple([DigitIntensity(digit=digit, letters=each) for digit, each in enumerate(letters) if digit])
    return Intensity(digits=digits, letters=sum(map(len, letters)))
