"""Which remedy of each type a chart asks for, and why."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from numerology.content import loader
from numerology.content.remedies import KARMIC_LESSON, REASON, REMEDY, SOURCES
from numerology.engine import Chart, Position


@dataclass(frozen=True, slots=True)
class Choice:
    """A remedy with the ``position`` that chose it and the single-digit ``number`` found there."""

    remedy_type: str
    position: str
    number: int
    title: str
    description: str
    recommendation: str
    reason: str
    content_version: int


def choices(chart: Chart) -> Iterator[Choice]:
    """One of each type; equal charts and texts give equal choices."""
    numbers = _digits(chart)
    version = loader.version_of(REMEDY, REASON)
    for remedy_type, positions in SOURCES.items():
        position = next(each for each in positions if each in numbers)
        number = numbers[position]
        text = loader.remedy(remedy_type, number)
        yield Choice(
            remedy_type=remedy_type,
            position=position,
            number=number,
            title=text.title,
            description=text.description,
            recommendation=text.recommendation,
            reason=loader.remedy_reason(remedy_type, position).format(number=number),
            content_version=version,
        )


def _digits(chart: Chart) -> Mapping[str, int]:
    """The digits that may choose, by their position; positions which the name leaves open are left out."""
    of_positions = {
        Position.LIFE_PATH: chart.life_path,
        Position.PERSONALITY: chart.personality,
        Position.BALANCE: chart.balance,
        Position.SOUL_URGE: chart.soul_urge,
        Position.ATTITUDE: chart.attitude,
        Position.BIRTHDAY: chart.birthday,
    }
    found: dict[str, int] = {name: number.root for name, number in of_positions.items() if number.root is not None}
    if chart.karmic_lessons.numbers:
        found[KARMIC_LESSON] = chart.karmic_lessons.numbers[0]
    return found
