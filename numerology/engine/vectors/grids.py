"""Evaluators of Lo Shu grid, arrows, psychomatrix and Kua."""

from __future__ import annotations

from collections.abc import Sequence

from numerology.engine.grids.arrows import ArrowsGrid, arrows
from numerology.engine.grids.lines import Line, LineState, in_state
from numerology.engine.grids.lo_shu import LoShuGrid, lo_shu
from numerology.engine.grids.psychomatrix import psychomatrix
from numerology.engine.indian.kua import KuaNumber, kua, kua_number
from numerology.engine.options import Gender
from numerology.engine.vectors.answers import Answer, number_answer
from numerology.engine.vectors.asked import BIRTH, Asked

WESTERN = frozenset({"pythagorean_arrows", "arrows", "western"})


def _lo_shu(asked: Asked) -> LoShuGrid:
    return lo_shu(asked.born(), options=asked.options)


def _arrows(asked: Asked) -> ArrowsGrid:
    return arrows(asked.born())


def _counts(counts: Sequence[int]) -> dict[str, int]:
    return {str(digit): count for digit, count in enumerate(counts, start=1)}


def _lines(grid: LoShuGrid | ArrowsGrid, lines: Sequence[Line], state: LineState) -> Answer:
    found = [line.definition for line in in_state(lines, state)]
    digits = [sorted(line.digits) for line in found]
    return Answer(
        forms=(
            digits,
            [line.key for line in found],
            ["".join(map(str, each)) for each in digits],
            [line.names[0] for line in found],
        ),
        traces=(grid,),
        unordered=True,
    )


def _lo_shu_lines(asked: Asked, state: LineState) -> Answer:
    """Some call the Western grid Lo Shu: the system of the vector tells which is meant."""
    if asked.system in WESTERN:
        return _arrow_lines(asked, state)
    grid = _lo_shu(asked)
    return _lines(grid, grid.lines, state)


def _arrow_lines(asked: Asked, state: LineState) -> Answer:
    grid = _arrows(asked)
    return _lines(grid, grid.arrows, state)


def lo_shu_grid(asked: Asked) -> Answer:
    grid = _lo_shu(asked)
    counts = _counts(grid.counts)
    lines = {
        f"{state}_lines": [sorted(line.definition.digits) for line in in_state(grid.lines, state)]
        for state in (LineState.FULL, LineState.EMPTY)
    }
    fields = {**grid.to_dict(), "counts": counts, **lines}
    return Answer(forms=(counts,), traces=(grid,), fields=fields, unordered=True)


def lo_shu_missing(asked: Asked) -> Answer:
    grid = _lo_shu(asked)
    return Answer(forms=(grid.missing,), traces=(grid,), unordered=True)


def lo_shu_repeated(asked: Asked) -> Answer:
    grid = _lo_shu(asked)
    return Answer(
        forms=(grid.repeated, {digit: grid.counts[digit - 1] for digit in grid.repeated}),
        traces=(grid,),
        unordered=True,
    )


def lo_shu_count(digit: int, asked: Asked) -> Answer:
    grid = _lo_shu(asked)
    return Answer(forms=(grid.counts[digit - 1],), traces=(grid,))


def arrows_grid(asked: Asked) -> Answer:
    grid = _arrows(asked)
    return Answer(forms=(_counts(grid.counts),), traces=(grid,), fields=grid.to_dict(), unordered=True)


def matrix(asked: Asked) -> Answer:
    found = psychomatrix(asked.born())
    return Answer(forms=(_counts(found.counts),), traces=(found,), fields=found.to_dict())


def matrix_working(asked: Asked) -> Answer:
    found = psychomatrix(asked.born())
    return Answer(forms=(found.working,), traces=(found,))


def _kua(asked: Asked) -> tuple[KuaNumber, ...]:
    """Of the solar year where the vector gives it, else of the date."""
    options = asked.options
    whole_date = asked.has(*BIRTH, "month", "birth_month")
    if whole_date and not asked.has("solar_year", "lunar_year"):
        return kua(asked.born(), gender=options.gender, year_starts=options.kua_year).numbers
    year = asked.whole("solar_year", "lunar_year", "year", "birth_year")
    genders = (Gender.MALE, Gender.FEMALE) if options.gender is Gender.BOTH else (options.gender,)
    return tuple(KuaNumber(gender=each, number=kua_number(year, each, method="year_given")) for each in genders)


def kua_value(asked: Asked) -> Answer:
    numbers = _kua(asked)
    if len(numbers) == 1:
        return number_answer(numbers[0].number)
    return Answer(
        forms=({each.gender: each.number.value for each in numbers},), traces=tuple(each.number for each in numbers)
    )


def _of_kua(asked: Asked, field: str) -> Answer:
    numbers = _kua(asked)
    told = {each.gender: getattr(each, field) for each in numbers}
    form = told if len(numbers) > 1 else getattr(numbers[0], field)
    return Answer(forms=(form,), traces=tuple(numbers))


def kua_year(asked: Asked) -> Answer:
    found = kua(asked.born(), year_starts=asked.options.kua_year)
    return Answer(forms=(found.solar_year,), traces=(found,))


ANSWERS = {
    "lo_shu": lo_shu_grid,
    "lo_shu_grid": lo_shu_grid,
    "lo_shu_grid_cells": lo_shu_grid,
    "lo_shu_counts": lo_shu_grid,
    "lo_shu_missing": lo_shu_missing,
    "lo_shu_repeated": lo_shu_repeated,
    "lo_shu_full_lines": lambda asked: _lo_shu_lines(asked, LineState.FULL),
    "lo_shu_empty_lines": lambda asked: _lo_shu_lines(asked, LineState.EMPTY),
    "lo_shu_partial_lines": lambda asked: _lo_shu_lines(asked, LineState.PARTIAL),
    "arrows": arrows_grid,
    "arrows_grid": arrows_grid,
    "arrows_full": lambda asked: _arrow_lines(asked, LineState.FULL),
    "arrows_empty": lambda asked: _arrow_lines(asked, LineState.EMPTY),
    "arrows_missing": lambda asked: _arrow_lines(asked, LineState.EMPTY),
    "psychomatrix": matrix,
    "psychomatrix_counts": matrix,
    "psychomatrix_grid": matrix,
    "psychomatrix_working": matrix_working,
    "kua": kua_value,
    "kua_direction": lambda asked: _of_kua(asked, "direction"),
    "kua_group": lambda asked: _of_kua(asked, "group"),
    "kua_solar_year": kua_year,
}
