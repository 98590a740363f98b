"""A whole chart in one call."""

from __future__ import annotations

import json
from dataclasses import dataclass, fields, replace
from datetime import date
from hashlib import sha256
from typing import Any

from numerology.engine.combined.karmic_debts import KarmicDebt, karmic_debts
from numerology.engine.cycles.essence import EssenceSpan, essence_timeline
from numerology.engine.cycles.transits import transit_names
from numerology.engine.names.letters import LetteredName, letter_name
from numerology.engine.names.normalize import NormalizedName, normalize_name
from numerology.engine.options import MAINSTREAM, CalculationSystem, Options
from numerology.engine.result import NumberResult
from numerology.engine.sections.birth import BirthNumbers, birth_numbers
from numerology.engine.sections.combined import CombinedNumbers, combined_numbers
from numerology.engine.sections.names import NameNumbers, name_numbers
from numerology.engine.sections.running import RunningNumbers, running_numbers

# Grows when any default result changes, so that kept numbers can be told from current ones.
VERSION = 3


@dataclass(frozen=True, kw_only=True)
class Chart(BirthNumbers, NameNumbers, CombinedNumbers, RunningNumbers):
    """Every number of one person on one date, each with its trace."""

    name: NormalizedName
    current_name: NormalizedName | None
    birth_date: date
    on_date: date
    system: CalculationSystem
    options: Options

    @property
    def numbers(self) -> tuple[NumberResult, ...]:
        """The numbers that are read first: those of the person, then those of the date."""
        return (
            self.life_path,
            self.destiny,
            self.soul_urge,
            self.personality,
            self.attitude,
            self.maturity,
            self.balance,
            self.birthday,
            self.personal_year,
            self.personal_month,
            self.personal_day,
        )

    @property
    def karmic_debts(self) -> tuple[KarmicDebt, ...]:
        return karmic_debts(self.numbers)

    def essence_timeline(self, *, last_age: int = 100) -> tuple[EssenceSpan, ...]:
        """The letters that run from birth through the year of age `last_age`."""
        names = transit_names(letter_name(self.name))
        return essence_timeline(names, last_age=last_age, last_name=self.options.essence_last_name)

    def to_dict(self) -> dict[str, Any]:
        """Plain values only, ready for JSON: the inputs, then every number under its own name."""
        content: dict[str, Any] = {
            "engine_version": VERSION,
            "name": self.name.to_dict(),
            "current_name": self.current_name.to_dict() if self.current_name else None,
            "birth_date": self.birth_date.isoformat(),
            "on_date": self.on_date.isoformat(),
            "age": self.age,
            "system": self.system,
            "options": self.options.to_dict(),
        }
        for field in NUMBERS:
            content[field] = _plain(getattr(self, field))
        content["karmic_debts"] = [debt.to_dict() for debt in self.karmic_debts]
        return content

    def to_json(self) -> bytes:
        """The canonical form: equal inputs give equal bytes. ASCII, keys sorted, no spaces."""
        return json.dumps(self.to_dict(), sort_keys=True, separators=(",", ":")).encode("ascii")

    @property
    def content_hash(self) -> str:
        """SHA-256 of the canonical form, 64 hexadecimal digits. Inputs, options and VERSION are part of it."""
        return sha256(self.to_json()).hexdigest()


# The fields of a chart that hold numbers, by section. `karmic_debts` is drawn from them.
NUMBERS = tuple(
    field.name
    for section in (BirthNumbers, NameNumbers, CombinedNumbers, RunningNumbers)
    for field in fields(section)
    if field.name != "age"
)


def chart(
    *,
    name: str,
    birth_date: date,
    on_date: date,
    system: CalculationSystem | str = CalculationSystem.PYTHAGOREAN,
    options: Options = MAINSTREAM,
    current_name: str | None = None,
    latin_name: str | None = None,
) -> Chart:
    """Calculate every number of `name`, born on `birth_date`, as of `on_date`.

    `name` is the full name given at birth, `latin_name` how the person spells it in Latin letters, where its script
    leaves that open, and `current_name` the name used today. Numbers of the date are the same in both systems;
    numbers of the name use the letters of `system`. Raises EngineError, and nothing else, for inputs that cannot be
    calculated.
    """
    system = CalculationSystem.parse(system)
    birth = birth_numbers(birth_date, options=options)
    normalized = _full_name(name, latin_name, options)
    full = _letters(normalized, system, options)
    current = _normalized(current_name, options, "current_name") if current_name is not None else None
    names = name_numbers(full, _letters(current, system, options) if current else None, options=options)
    combined = combined_numbers(birth, names, full, options=options)
    running = running_numbers(full, birth_date, on_date, options=options)
    return Chart(
        name=normalized,
        current_name=current,
        birth_date=birth_date,
        on_date=on_date,
        system=system,
        options=options,
        **vars(birth),
        **vars(names),
        **vars(combined),
        **vars(running),
    )


def _normalized(name: str, options: Options, field: str) -> NormalizedName:
    return normalize_name(
        name, umlauts=options.umlauts, particles=options.particles, marks=options.letter_marks, field=field
    )


def _full_name(name: str, latin_name: str | None, options: Options) -> NormalizedName:
    if latin_name is None or not isinstance(name, str):
        return _normalized(name, options, "name")
    spelled = _normalized(latin_name, options, "latin_name")
    return replace(spelled, original=name, steps=("latin_name_given", *spelled.steps))


def _letters(name: NormalizedName, system: CalculationSystem, options: Options) -> LetteredName:
    return letter_name(name, system=system, vowel_rule=options.vowels)


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return [each.to_dict() for each in value]
    return None if value is None else value.to_dict()
