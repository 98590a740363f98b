"""A few sentences on a chart, put together from the texts of its numbers: the same chart reads the same."""

import re

from numerology.charts.answers.words import page
from numerology.content.loader import note
from numerology.engine import Chart, NumberResult, Position
from numerology.engine.stages import stage_at

NAMED = 3


def summary_of(chart: Chart) -> str:
    """What the Life Path asks for, what the name brings, and what the present years are about."""
    sentences = [
        f"Your Life Path is {_told(Position.LIFE_PATH, chart.life_path)}.",
        _first_sentence(page(Position.LIFE_PATH, chart.life_path.value)["life_purpose"]),
        f"The Destiny in your name is {_told(Position.DESTINY, chart.destiny)}.",
        *_within(chart),
        *_present(chart),
    ]
    return " ".join(sentences)


def _told(position: Position, number: NumberResult) -> str:
    """The number with its title and what it is about: 7, “A Title”: one, two and three."""
    text = page(position, number.value)
    first, second, third = text["keywords"][:NAMED]
    return f"{number.value}, “{text['title']}”: {first}, {second} and {third}"


def _within(chart: Chart) -> list[str]:
    """A name lacks vowels or consonants, never both: at least one of the two is told of."""
    told = []
    if chart.soul_urge.value is not None:
        told.append(f"Within lives a Soul Urge of {_told(Position.SOUL_URGE, chart.soul_urge)}.")
    if chart.personality.value is not None:
        told.append(f"What others meet first is a Personality of {_told(Position.PERSONALITY, chart.personality)}.")
    return told


def _present(chart: Chart) -> list[str]:
    year = page(Position.PERSONAL_YEAR, chart.personal_year.value)["title"]
    told = f"For {chart.on_date.year} your Personal Year is {chart.personal_year.value}, “{year}”"
    pinnacle = stage_at(chart.age, chart.pinnacles)
    title = note("pinnacle", f"{pinnacle.number.value}-{pinnacle.name}").title
    return [f"Your {pinnacle.name} Pinnacle is running, of the number {pinnacle.number.value}, “{title}”.", f"{told}."]


def _first_sentence(text: str) -> str:
    return re.split(r"(?<=[.!?]) ", text, maxsplit=1)[0]
