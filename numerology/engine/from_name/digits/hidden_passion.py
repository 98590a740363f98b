"""Hidden Passion: the digit that stands most often in the full name, or all of them on a tie (Decoz)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from numerology.engine.from_name.digits.intensity import DigitIntensity, Intensity

METHOD = "highest_count"


@dataclass(frozen=True, slots=True)
class HiddenPassion:
    """The digits with the highest count, in ascending order, and the table they were found in."""

    digits: tuple[DigitIntensity, ...]
    intensity: Intensity

    @property
    def numbers(self) -> tuple[int, ...]:
        return tuple([each.digit for each in self.digits])

    @property
    def count(self) -> int:
        return self.digits[0].count

    def to_dict(self) -> dict[str, Any]:
        return {
            "numbers": list(self.numbers),
            "count": self.count,
            "letters": [each.letters for each in self.digits],
            "method": METHOD,
            "intensity": self.intensity.to_dict(),
        }


def hidden_passion(table: Intensity) -> HiddenPassion:
    highest = max([each.count for each in table.digits])
    return HiddenPassion(digits=tuple([each for each in table.digits if each.count == highest]), intensity=table)
