"""What runs on one date."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from numerology.engine.cycles.ages import age_on
from numerology.engine.cycles.essence import essence
from numerology.engine.cycles.transits import Transits, transit_names, transits
from numerology.engine.from_date.personal_day import personal_day
from numerology.engine.from_date.personal_month import personal_month
from numerology.engine.from_date.personal_year import personal_year
from numerology.engine.from_date.universal_day import universal_day
from numerology.engine.from_date.universal_month import universal_month
from numerology.engine.from_date.universal_year import universal_year
from numerology.engine.names.letters import LetteredName, in_system
from numerology.engine.options import MAINSTREAM, CalculationSystem, Options
from numerology.engine.result import NumberResult


@dataclass(frozen=True, slots=True)
class PersonalCycle:
    """The Personal Year, Month and Day of one date."""

    on_date: date
    year: NumberResult
    month: NumberResult
    day: NumberResult


@dataclass(frozen=True, kw_only=True)
class RunningNumbers:
    """`age` is in whole years; before birth it is negative, and transits and essence have no value."""

    age: int
    personal_year: NumberResult
    personal_month: NumberResult
    personal_day: NumberResult
    universal_year: NumberResult
    universal_month: NumberResult
    universal_day: NumberResult
    transits: Transits
    essence: NumberResult


def personal_cycle(birth_date: date, on_date: date, *, options: Options = MAINSTREAM) -> PersonalCycle:
    """Personal Year, Month and Day; raises EngineError for dates outside the engine's bounds."""
    masters = options.personal_masters
    year = personal_year(birth_date, on_date, method=options.personal_year, masters=masters)
    month = personal_month(year.chain[-1], on_date.month, masters=masters)
    day = personal_day(month.chain[-1], on_date.day, masters=masters)
    return PersonalCycle(on_date=on_date, year=year, month=month, day=day)


def running_numbers(
    full: LetteredName, birth_date: date, on_date: date, *, options: Options = MAINSTREAM
) -> RunningNumbers:
    """Transits are read in Pythagorean values whatever the system."""
    personal = personal_cycle(birth_date, on_date, options=options)
    year = universal_year(on_date, masters=options.universal_masters)
    age = age_on(birth_date, on_date)
    letters = transits(transit_names(in_system(full, CalculationSystem.PYTHAGOREAN)), age)
    return RunningNumbers(
        age=age,
        personal_year=personal.year,
        personal_month=personal.month,
        personal_day=personal.day,
        universal_year=year,
        universal_month=universal_month(year.chain[-1], on_date.month, masters=options.universal_masters),
        universal_day=universal_day(on_date, masters=options.universal_masters),
        transits=letters,
        essence=essence(letters, last_name=options.essence_last_name),
    )
