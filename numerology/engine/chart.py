"""A whole chart in one call."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from numerology.engine.combined.karmic_debts import KarmicDebt, karmic_debts
from numerology.engine.combined.maturity import maturity
from numerology.engine.from_date.attitude import attitude
from numerology.engine.from_date.birthday import birthday
from numerology.engine.from_date.life_path import life_path
from numerology.engine.from_date.personal_day import personal_day
from numerology.engine.from_date.personal_month import personal_month
from numerology.engine.from_date.personal_year import personal_year
from numerology.engine.from_name.balance import balance
from numerology.engine.from_name.destiny import destiny
from numerology.engine.from_name.personality import personality
from numerology.engine.from_name.soul_urge import soul_urge
from numerology.engine.names.letters import letter_name
from numerology.engine.names.normalize import NormalizedName, normalize_name
from numerology.engine.options import MAINSTREAM, CalculationSystem, Options
from numerology.engine.result import NumberResult

# Grows when any default result changes, so that kept numbers can be told from current ones.
VERSION = 1


@dataclass(frozen=True, slots=True)
class PersonalCycle:
    """The Personal Year, Month and Day of one date."""

    on_date: date
    year: NumberResult
    month: NumberResult
    day: NumberResult


@dataclass(frozen=True, slots=True)
class Chart:
    """The numbers of one person on one date, each with its trace."""

    name: NormalizedName
    birth_date: date
    on_date: date
    system: CalculationSystem
    options: Options
    life_path: NumberResult
    destiny: NumberResult
    soul_urge: NumberResult
    personality: NumberResult
    attitude: NumberResult
    maturity: NumberResult
    balance: NumberResult
    birthday: NumberResult
    personal_year: NumberResult
    personal_month: NumberResult
    personal_day: NumberResult

    @property
    def numbers(self) -> tuple[NumberResult, ...]:
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

    def to_dict(self) -> dict[str, Any]:
        """Plain values only, ready for JSON."""
        return {
            "name": self.name.to_dict(),
            "birth_date": self.birth_date.isoformat(),
            "on_date": self.on_date.isoformat(),
            "system": self.system,
            "options": self.options.to_dict(),
            "numbers": {number.position: number.to_dict() for number in self.numbers},
            "karmic_debts": [debt.to_dict() for debt in self.karmic_debts],
        }


def personal_cycle(birth_date: date, on_date: date, *, options: Options = MAINSTREAM) -> PersonalCycle:
    """Personal Year, Month and Day; raises EngineError for dates outside the engine's bounds."""
    masters = options.personal_masters
    year = personal_year(birth_date, on_date, method=options.personal_year, masters=masters)
    month = personal_month(year.chain[-1], on_date.month, masters=masters)
    day = personal_day(month.chain[-1], on_date.day, masters=masters)
    return PersonalCycle(on_date=on_date, year=year, month=month, day=day)


def chart(
    *,
    name: str,
    birth_date: date,
    on_date: date,
    system: CalculationSystem | str = CalculationSystem.PYTHAGOREAN,
    options: Options = MAINSTREAM,
) -> Chart:
    """Calculate every number of `name`, born on `birth_date`, as of `on_date`.

    Numbers of the date are the same in both systems; numbers of the name use the letters of `system`.
    Raises EngineError, and nothing else, for inputs that cannot be calculated.
    """
    system = CalculationSystem.parse(system)
    normalized = normalize_name(name, umlauts=options.umlauts, particles=options.particles)
    lettered = letter_name(normalized, system=system, vowel_rule=options.vowels)
    path = life_path(birth_date, method=options.life_path)
    expression = destiny(lettered, options=options)
    cycle = personal_cycle(birth_date, on_date, options=options)
    return Chart(
        name=normalized,
        birth_date=birth_date,
        on_date=on_date,
        system=system,
        options=options,
        life_path=path,
        destiny=expression,
        soul_urge=soul_urge(lettered, options=options),
        personality=personality(lettered, options=options),
        attitude=attitude(birth_date, masters=options.attitude_masters),
        maturity=maturity(path.chain[-1], expression.chain[-1], method=options.maturity),
        balance=balance(lettered),
        birthday=birthday(birth_date),
        personal_year=cycle.year,
        personal_month=cycle.month,
        personal_day=cycle.day,
    )
