"""Planes of Expression: how the letters of a full name spread over four planes and three temperaments.

One source gives the table; authors count letters or add their values, so both are reported.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from numerology.engine.names.letters import LetteredName
from numerology.engine.options import MasterPolicy
from numerology.engine.reduction import chain_of, root
from numerology.engine.result import MissingReason

METHOD = "letter_counts_and_sum_of_values"


class PlaneName(StrEnum):
    PHYSICAL = "physical"
    MENTAL = "mental"
    EMOTIONAL = "emotional"
    INTUITIVE = "intuitive"


class Temperament(StrEnum):
    CREATIVE = "creative"
    VACILLATING = "vacillating"
    GROUNDED = "grounded"


_NAMES = tuple(PlaneName)
_TEMPERAMENTS = tuple(Temperament)


_TABLE = {
    PlaneName.PHYSICAL: ("E", "W", "DM"),
    PlaneName.MENTAL: ("A", "HJNP", "GL"),
    PlaneName.EMOTIONAL: ("IORZ", "BSTX", ""),
    PlaneName.INTUITIVE: ("K", "FQUY", "CV"),
}
_PLACES = {
    letter: (plane, temperament)
    for plane, row in enumerate(_TABLE.values())
    for temperament, letters in enumerate(row)
    for letter in letters
}


@dataclass(frozen=True, slots=True)
class Plane:
    """The letters of one plane by temperament, and their values added with masters kept: `chain[0]` is the sum.

    A plane without a letter has no number: `value` and `root` are None, with a reason.
    """

    name: PlaneName
    letters: tuple[str, str, str]
    chain: tuple[int, ...]

    @property
    def count(self) -> int:
        return sum(map(len, self.letters))

    @property
    def value(self) -> int | None:
        return self.chain[-1] if self.chain else None

    @property
    def root(self) -> int | None:
        return root(self.chain[-1]) if self.chain else None

    @property
    def reason(self) -> MissingReason | None:
        return None if self.chain else MissingReason.NO_LETTERS

    def to_dict(self) -> dict[str, Any]:
        return {
            "count": self.count,
            "value": self.value,
            "root": self.root,
            "chain": list(self.chain),
            "letters": dict(zip(_TEMPERAMENTS, self.letters, strict=True)),
            "reason": self.reason,
        }


@dataclass(frozen=True, slots=True)
class Planes:
    physical: Plane
    mental: Plane
    emotional: Plane
    intuitive: Plane

    @property
    def planes(self) -> tuple[Plane, ...]:
        return (self.physical, self.mental, self.emotional, self.intuitive)

    @property
    def temperaments(self) -> dict[Temperament, int]:
        """How many letters of the whole name have each temperament."""
        columns = zip(*[plane.letters for plane in self.planes], strict=True)
        return {
            temperament: sum(map(len, letters)) for temperament, letters in zip(_TEMPERAMENTS, columns, strict=True)
        }

    def to_dict(self) -> dict[str, Any]:
        return {
            **{plane.name: plane.to_dict() for plane in self.planes},
            "temperaments": self.temperaments,
            "method": METHOD,
        }


def planes(name: LetteredName) -> Planes:
    letters = [["", "", ""] for _ in _NAMES]
    totals = [0, 0, 0, 0]
    for word in name.words:
        for letter in word.letters:
            plane, temperament = _PLACES[letter.character]
            letters[plane][temperament] += letter.character
            totals[plane] += letter.value
    return Planes(
        *[
            Plane(
                name=plane,
                letters=(creative, vacillating, grounded),
                chain=chain_of(total, MasterPolicy.KEEP) if total else (),
            )
            for plane, (creative, vacillating, grounded), total in zip(_NAMES, letters, totals, strict=True)
        ]
    )
