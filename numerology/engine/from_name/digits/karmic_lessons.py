"""Karmic Lessons: the digits no letter of the full name is worth. 9 is never a lesson of a Chaldean name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from numerology.engine.from_name.digits.intensity import Intensity

METHOD = "missing_digits"


@dataclass(frozen=True, slots=True)
class KarmicLessons:
    """The missing digits in ascending order; `present` are the others."""

    numbers: tuple[int, ...]
    present: tuple[int, ...]

    def to_dict(self) -> dict[str, Any]:
        return {"numbers": list(self.numbers), "present": list(self.present), "method": METHOD}


def karmic_lessons(table: Intensity) -> KarmicLessons:
    return KarmicLessons(
        numbers=tuple([each.digit for each in table.digits if not each.letters]),
        present=tuple([each.digit for each in table.digits if each.letters]),
    )
