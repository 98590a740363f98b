"""The numbers of one person that are compared with another's."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from numerology.engine.from_date.attitude import attitude
from numerology.engine.from_date.birthday import birthday
from numerology.engine.from_date.life_path import life_path
from numerology.engine.from_name.destiny import destiny
from numerology.engine.from_name.personality import personality
from numerology.engine.from_name.soul_urge import soul_urge
from numerology.engine.names.letters import letter_name
from numerology.engine.names.normalize import normalize_name
from numerology.engine.options import MAINSTREAM, CalculationSystem, Options
from numerology.engine.result import NumberResult, Position

Numbers = Mapping[Position, int | None]


def compared_results(
    *,
    name: str,
    birth_date: date,
    system: CalculationSystem | str = CalculationSystem.PYTHAGOREAN,
    options: Options = MAINSTREAM,
) -> dict[Position, NumberResult]:
    """The compared numbers with their traces; raises EngineError, and nothing else."""
    system = CalculationSystem.parse(system)
    normalized = normalize_name(name, umlauts=options.umlauts, particles=options.particles, marks=options.letter_marks)
    lettered = letter_name(normalized, system=system, vowel_rule=options.vowels)
    return {
        Position.LIFE_PATH: life_path(birth_date, method=options.life_path),
        Position.DESTINY: destiny(lettered, options=options),
        Position.SOUL_URGE: soul_urge(lettered, options=options),
        Position.PERSONALITY: personality(lettered, options=options),
        Position.BIRTHDAY: birthday(birth_date),
        Position.ATTITUDE: attitude(birth_date, masters=options.attitude_masters),
    }


def compared_numbers(
    *,
    name: str,
    birth_date: date,
    system: CalculationSystem | str = CalculationSystem.PYTHAGOREAN,
    options: Options = MAINSTREAM,
) -> Numbers:
    """The values alone; None for a number that the name cannot have. Raises EngineError, and nothing else."""
    results = compared_results(name=name, birth_date=birth_date, system=system, options=options)
    return {position: result.value for position, result in results.items()}
