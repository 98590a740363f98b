"""Which function answers for the number a vector names."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from numerology.engine.result import NumberResult
from numerology.engine.vectors import combined, dates, grids, names, stages
from numerology.engine.vectors.answers import Answer, number_answer
from numerology.engine.vectors.asked import Asked
from numerology.engine.vectors.errors import VectorError

Evaluator = Callable[[Asked], Answer]

NUMBERS: dict[str, Callable[[Asked], NumberResult]] = {**dates.NUMBERS, **names.NUMBERS, **combined.NUMBERS}
ANSWERS: dict[str, Evaluator] = {
    **dates.ANSWERS,
    **stages.ANSWERS,
    **grids.ANSWERS,
    **names.ANSWERS,
    **combined.ANSWERS,
}
# The other names of the same numbers. A final "number" is left out of all of them.
SYNONYMS = {
    "expression": "destiny",
    "hearts_desire": "soul_urge",
    "heart_desire": "soul_urge",
    "heart's_desire": "soul_urge",
    "minor_expression": "minor_destiny",
    "minor_hearts_desire": "minor_soul_urge",
    "soul": "soul_urge",
    "birth_path": "life_path",
    "sun": "attitude",
    "achievement": "attitude",
    "birth_day": "birthday",
    "mulank": "driver",
    "moolank": "driver",
    "psychic": "driver",
    "bhagyank": "conductor",
    "destiny_indian": "conductor",
    "realization": "maturity",
    "hidden_passions": "hidden_passion",
    "karmic_lesson": "karmic_lessons",
    "missing_numbers": "karmic_lessons",
    "karmic_debts": "karmic_debt",
    "subconscious": "subconscious_self",
    "planes": "planes_of_expression",
    "planes_of_expression_counts": "planes_of_expression_count",
    "planes_of_expression_values": "planes_of_expression_value",
    "bridge_life_path_expression": "bridge_life_path_destiny",
    "bridge_heart_personality": "bridge_soul_urge_personality",
    "bridge_hearts_desire_personality": "bridge_soul_urge_personality",
    "lo_shu_grid_counts": "lo_shu_counts",
    "lo_shu_cells": "lo_shu_grid_cells",
    "pythagorean_arrows": "arrows",
    "arrows_present": "arrows_full",
    "chaldean": "chaldean_name",
    "compound": "chaldean_compound",
    "chaldean_name_number": "chaldean_name",
    "compatibility": "compatibility_life_path",
}
# What of a number is asked for, as the end of its name.
PARTS = ("value", "root", "total", "compound", "chain", "calculation", "karmic_debt")
_SOME = re.compile(r"(?:(first|second|third|fourth)_)?(pinnacle|challenge|period_cycle|period|cycle)s?((?:_\d)*)$")
_COUNT = re.compile(r"(lo_shu_digit|digit)_?([1-9])_count$|digit_count_of_([1-9])$")
_PLACES = {"first": 1, "second": 2, "third": 3, "fourth": 4}


def answer(asked: Asked) -> Answer:
    """Raises VectorError for a number nothing is known of."""
    name = asked.number.replace(" ", "_").replace("-", "_").removesuffix("_number")
    return _answer(SYNONYMS.get(name, name), asked)


def _answer(name: str, asked: Asked) -> Answer:
    if name in NUMBERS:
        return asked.answer(NUMBERS[name](asked))
    if name in ANSWERS:
        return ANSWERS[name](asked)
    if found := _SOME.match(name):
        return _stages(found, asked)
    if found := _COUNT.match(name):
        kind, digit, of_name = found.groups()
        count = grids.lo_shu_count if kind == "lo_shu_digit" else names.digit_count
        return count(int(digit or of_name), asked)
    return _part(name, asked)


def _stages(found: re.Match[str], asked: Asked) -> Answer:
    word, kind, digits = found.groups()
    places = [int(digit) for digit in digits.split("_") if digit] or ([_PLACES[word]] if word else [])
    return stages.some(kind, places, asked)


def _part(name: str, asked: Asked) -> Answer:
    """`life_path_root`, `karmic_debt_expression` and the like."""
    if name.startswith("karmic_debt_"):
        number = name.removeprefix("karmic_debt_")
        return names.debts_of(_number(SYNONYMS.get(number, number), asked), asked)
    for part in PARTS:
        if name.endswith(f"_{part}"):
            number = name.removesuffix(f"_{part}")
            result = _number(SYNONYMS.get(number, number), asked)
            fields: dict[str, Any] = number_answer(result).fields or {}
            return Answer(forms=(fields[part],), traces=(result,))
    raise _unknown(asked)


def _number(name: str, asked: Asked) -> NumberResult:
    if name not in NUMBERS:
        raise _unknown(asked)
    return NUMBERS[name](asked)


def _unknown(asked: Asked) -> VectorError:
    return VectorError(f"No number is known by the name {asked.number!r}.")
