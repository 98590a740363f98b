"""The nine numbers of a birth chart."""

from dataclasses import dataclass
from datetime import date

from numerology.content.catalogue import PAGES
from numerology.content.loader import interpretation
from numerology.engine import Chart, Position
from numerology.engine.reduction import MASTERS
from numerology.engine.result import NumberResult
from numerology.pictures.characters import isolated
from numerology.pictures.facts.whose import Whose, label_of, listed, whose, written


@dataclass(frozen=True, slots=True)
class Number:
    """``value`` is None where the name cannot have the number, and ``calculation`` empty. ``meaning`` is the heading
    of what it means in its position."""

    position: str
    label: str
    value: int | None
    is_master: bool
    karmic_debt: int | None
    calculation: str
    meaning: str


@dataclass(frozen=True, slots=True)
class BirthChartFacts:
    title: str
    description: str
    whose: Whose
    on_date: date
    numbers: tuple[Number, ...]


def birth_chart(chart: Chart, name: str) -> BirthChartFacts:
    numbers = tuple(_number(Position(position), getattr(chart, position)) for position in PAGES)
    said = [f"{each.label} {'none' if each.value is None else each.value}" for each in numbers]
    masters = [each.label for each in numbers if each.is_master]
    return BirthChartFacts(
        title=f"Birth chart of {isolated(name)}",
        description=f"The nine numbers of {isolated(name)}, born on {written(chart.birth_date)}: {listed(said)}. "
        f"Master numbers: {listed(masters)}.",
        whose=whose(chart, name),
        on_date=chart.on_date,
        numbers=numbers,
    )


def _number(position: Position, result: NumberResult) -> Number:
    return Number(
        position=position.value,
        label=label_of(position),
        value=result.value,
        is_master=result.value in MASTERS,
        karmic_debt=result.karmic_debt,
        calculation=result.calculation,
        meaning=interpretation(position, result.value).title,
    )
