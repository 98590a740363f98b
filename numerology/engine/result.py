"""What a calculator hands back: the number and everything that made it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Any


class Position(StrEnum):
    """The place a number has in a chart. Destiny is also called Expression, Soul Urge Heart's Desire."""

    LIFE_PATH = "life_path"
    DESTINY = "destiny"
    SOUL_URGE = "soul_urge"
    PERSONALITY = "personality"
    ATTITUDE = "attitude"
    MATURITY = "maturity"
    BALANCE = "balance"
    BIRTHDAY = "birthday"
    PERSONAL_YEAR = "personal_year"
    PERSONAL_MONTH = "personal_month"
    PERSONAL_DAY = "personal_day"
    MINOR_DESTINY = "minor_destiny"
    MINOR_SOUL_URGE = "minor_soul_urge"
    MINOR_PERSONALITY = "minor_personality"
    SUBCONSCIOUS_SELF = "subconscious_self"
    CORNERSTONE = "cornerstone"
    CAPSTONE = "capstone"
    KEYSTONE = "keystone"
    FIRST_VOWEL = "first_vowel"
    RATIONAL_THOUGHT = "rational_thought"
    BRIDGE = "bridge"
    PLANE = "plane"
    ESSENCE = "essence"
    UNIVERSAL_YEAR = "universal_year"
    UNIVERSAL_MONTH = "universal_month"
    UNIVERSAL_DAY = "universal_day"
    PERIOD_CYCLE = "period_cycle"
    PINNACLE = "pinnacle"
    CHALLENGE = "challenge"
    DRIVER = "driver"
    CONDUCTOR = "conductor"
    KUA = "kua"


class MissingReason(StrEnum):
    """Why a number has no value."""

    NO_VOWELS = "no_vowels"
    NO_CONSONANTS = "no_consonants"
    NO_MIDDLE_LETTER = "no_middle_letter"
    NO_LETTERS = "no_letters"
    NUMBER_MISSING = "number_missing"
    NOT_BORN_YET = "not_born_yet"
    YEAR_UNDECIDED = "year_undecided"


class Operation(StrEnum):
    """How the components of a number are put together. A difference has two of them and no sign."""

    SUM = "sum"
    DIFFERENCE = "difference"


@dataclass(frozen=True, slots=True)
class Letter:
    """One letter A to Z with its value in the chosen system."""

    character: str
    value: int
    is_vowel: bool


@dataclass(frozen=True, slots=True)
class Component:
    """One summand: `chain[0]` is what it was, `value` what was added. `letters` is empty for dates."""

    label: str
    chain: tuple[int, ...]
    letters: tuple[Letter, ...] = ()

    @property
    def total(self) -> int:
        return self.chain[0]

    @property
    def value(self) -> int:
        return self.chain[-1]

    def to_dict(self) -> dict[str, Any]:
        chain = self.chain
        return {
            "label": self.label,
            "total": chain[0],
            "value": chain[-1],
            "chain": list(chain),
            "letters": [[letter.character, letter.value] for letter in self.letters],
        }


@lru_cache(maxsize=4096)
def part(label: str, *chain: int) -> Component:
    """A component without letters; equal ones are one object."""
    return Component(label=label, chain=chain)


@dataclass(frozen=True, slots=True)
class Alternative:
    """What another method of the field gives where it differs; None where that method gives no number."""

    method: str
    value: int | None
    root: int | None

    def to_dict(self) -> dict[str, Any]:
        return {"method": self.method, "value": self.value, "root": self.root}


@dataclass(frozen=True, slots=True)
class NumberResult:
    """A calculated number.

    `value` keeps a master where the position keeps it, `root` never does. `chain` runs from the sum of the
    components to `value`. `alternatives` holds the named methods that give something else. A number that cannot
    exist has `value` and `root` None, an empty chain and a `reason`.
    """

    position: Position
    value: int | None
    root: int | None
    chain: tuple[int, ...]
    components: tuple[Component, ...]
    method: str
    karmic_debt: int | None = None
    reason: MissingReason | None = None
    operation: Operation = Operation.SUM
    alternatives: tuple[Alternative, ...] = ()

    @property
    def calculation(self) -> str:
        """The sum as a person would write it, "8 + 9 + 3 = 20 = 2"; empty when there is no number."""
        if not self.chain:
            return ""
        chain = " = ".join(map(str, self.chain))
        if len(self.components) == 1:
            return chain
        if self.operation is Operation.DIFFERENCE:
            left, right = (component.value for component in self.components)
            return f"{left} - {right} = {chain}" if left >= right else f"|{left} - {right}| = {chain}"
        return " + ".join([str(component.chain[-1]) for component in self.components]) + f" = {chain}"

    def to_dict(self) -> dict[str, Any]:
        return {
            "value": self.value,
            "root": self.root,
            "chain": list(self.chain),
            "calculation": self.calculation,
            "components": [component.to_dict() for component in self.components],
            "method": self.method,
            "karmic_debt": self.karmic_debt,
            "reason": self.reason,
            "alternatives": [each.to_dict() for each in self.alternatives],
        }
