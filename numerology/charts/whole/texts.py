"""A text for every number of a chart, under the names that the numbers have in it."""

from typing import Any

from numerology.charts.answers.words import Words, line, note, page
from numerology.content.catalogue import FILES, PAGES
from numerology.engine import Chart, NumberResult, Position
from numerology.engine.grids.lines import Line, LineState

# A cell reads the same however many digits more it holds.
FULLEST_CELL = 3
# Names of the chart whose texts stand in a file of the same name and are chosen by the number.
NOTED = ("personal_day", "universal_year", "driver", "conductor", "rational_thought", "subconscious_self", "essence")
LINED = ("universal_month", "universal_day", "minor_destiny", "minor_soul_urge", "minor_personality")
LETTERED = ("cornerstone", "capstone", "first_vowel")


def texts_of(chart: Chart) -> dict[str, Any]:
    """None stands where the chart has no number, or no text belongs to it."""
    return {
        **{name: page(Position(name), page_key(name, getattr(chart, name))) for name in PAGES},
        "birthday": note("birthday", chart.birth_date.day),
        **{name: note(name, _key(name, getattr(chart, name))) for name in NOTED},
        **{name: line(name, _key(name, getattr(chart, name))) for name in LINED},
        **{name: line(name, _letter(getattr(chart, name).letter)) for name in LETTERED},
        "pinnacles": [note("pinnacle", f"{each.number.value}-{each.name}") for each in chart.pinnacles],
        "period_cycles": [note("period", f"{each.number.value}-{each.name}") for each in chart.period_cycles],
        "challenges": [note("challenge", f"{_digit(each.number.root)}-{each.role}") for each in chart.challenges],
        "karmic_debts": [note("karmic_debt", f"{each.number}-{each.where}") for each in chart.karmic_debts],
        "karmic_lessons": [note("karmic_lesson", number) for number in chart.karmic_lessons.numbers],
        "hidden_passion": [note("hidden_passion", number) for number in chart.hidden_passion.numbers],
        "kua": [note("kua", each.number.value or "") for each in chart.kua.numbers],
        "chaldean_name": note("chaldean_compound", chart.chaldean_name.meaning_of),
        "driver_conductor": line("driver_conductor", f"{chart.driver.root}-{chart.conductor.root}"),
        "bridges": {
            "life_path_destiny": line("bridge_life_path_destiny", _value(chart.bridges.life_path_destiny)),
            "soul_urge_personality": line("bridge_soul_urge_personality", _value(chart.bridges.soul_urge_personality)),
        },
        "planes": {plane.name: line("plane", f"{plane.name}-{plane.value}") for plane in chart.planes.planes},
        "transits": {
            name: line(f"transit_{name}", _letter(running.letter if running else None))
            for name in ("physical", "mental", "spiritual")
            for running in [getattr(chart.transits, name)]
        },
        "lo_shu": {
            "cells": cell_texts("lo_shu_cell", chart.lo_shu.counts),
            "lines": line_texts("lo_shu_line", chart.lo_shu.lines),
        },
        "arrows": line_texts("arrow", chart.arrows.arrows),
        "psychomatrix": cell_texts("psychomatrix_cell", chart.psychomatrix.counts),
    }


def page_key(name: str, number: NumberResult) -> int | None:
    """The number that is read: the root where no page is written for a master that an option has kept."""
    return number.value if str(number.value) in FILES[name].keys else number.root


def cell_texts(name: str, counts: tuple[int, ...]) -> dict[str, Words | None]:
    """By digit, for the ``counts`` of the digits from 1."""
    return {str(digit): line(name, f"{digit}-{min(count, FULLEST_CELL)}") for digit, count in enumerate(counts, 1)}


def line_texts(name: str, lines: tuple[Line, ...]) -> dict[str, Words | None]:
    """By the key of each line that is full or empty; the others have nothing to say."""
    said = (each for each in lines if each.state is not LineState.PARTIAL)
    return {each.definition.key: line(name, f"{each.definition.key}-{each.state}") for each in said}


def _key(name: str, number: NumberResult | None) -> int | str:
    found = page_key(name, number) if number else None
    return "" if found is None else found


def _digit(root: int | None) -> int | None:
    # A challenge whose parts kept their masters may be a 9, which is the quality a 0 has.
    return 0 if root == 9 else root


def _value(number: NumberResult) -> int | str:
    return "" if number.value is None else number.value


def _letter(letter: Any) -> str:
    return letter.character if letter else ""
