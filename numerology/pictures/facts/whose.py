"""Whose picture it is, and how things are called in it."""

from calendar import month_name
from dataclasses import dataclass
from datetime import date

from numerology.engine import Chart

LANGUAGE = "en"


@dataclass(frozen=True, slots=True)
class Whose:
    """``name`` as it was typed, ``counted_as`` the words of A to Z that its numbers were counted from."""

    name: str
    counted_as: str
    birth_date: date
    calculation_system: str


def whose(chart: Chart, name: str) -> Whose:
    return Whose(
        name=name, counted_as=chart.name.calculation, birth_date=chart.birth_date, calculation_system=chart.system.value
    )


def label_of(position: str) -> str:
    """ "life_path" is read as "Life Path"."""
    return position.replace("_", " ").title()


def written(day: date) -> str:
    """ "10 May 1949"."""
    return f"{day.day} {month_name[day.month]} {day.year}"


def listed(parts: list[str]) -> str:
    return ", ".join(parts) if parts else "none"
