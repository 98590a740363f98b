"""The Lo Shu grid of somebody's birth date, each cell and line with what it says."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from accounts.models import User
from numerology.charts.answers.words import line, note
from numerology.charts.services import gender_named
from numerology.charts.whole.services import refused
from numerology.charts.whole.texts import FULLEST_CELL
from numerology.charts.whole.whose import asked_for
from numerology.engine import MAINSTREAM, EngineError, Options
from numerology.engine.choices import options_from
from numerology.engine.grids.lines import Line, LineState
from numerology.engine.grids.lo_shu import LoShuGrid
from numerology.engine.sections.birth import BirthNumbers, birth_numbers
from payments.entitlements import require

FEATURE = "whole_chart"


def lo_shu_of(
    user: User, *, person_id: UUID | None = None, fill: str | None = None, gender: str | None = None
) -> dict[str, Any]:
    """Of the user, or of one of their people. ``gender`` takes the place of the one that is known.

    Raises PlanRequired, NotFound, NameRequired, BirthDateRequired, and ValidationFailed where the Kua is to be filled
    in and no gender is known.
    """
    require(user, FEATURE)
    subject = asked_for(user, person_id)
    options = replace(options_from({"lo_shu_fill": fill}), gender=gender_named(gender) if gender else subject.gender)
    try:
        birth = birth_numbers(subject.birth_date, options=options)
    except EngineError as error:
        raise refused(error) from None
    return {"birth_date": subject.birth_date.isoformat(), **grid_json(birth, options)}


def grid_json(birth: BirthNumbers, options: Options = MAINSTREAM) -> dict[str, Any]:
    grid = birth.lo_shu
    driver, conductor = birth.driver.value, birth.conductor.value
    lines = [_line(each) for each in grid.lines]
    return {
        "fill": grid.fill.value,
        "driver_rule": grid.driver_rule.value,
        "gender": options.gender.value,
        "entries": [{"digit": entry.digit, "source": entry.source} for entry in grid.entries],
        "rows": [[_cell(digit, count) for digit, count in row] for row in grid.cells],
        "lines": lines,
        "full": [each for each in lines if each["state"] == LineState.FULL],
        "empty": [each for each in lines if each["state"] == LineState.EMPTY],
        **_missing_and_repeated(grid),
        "driver": {"number": driver, "text": note("driver", birth.driver.root or "")},
        "conductor": {"number": conductor, "text": note("conductor", birth.conductor.root or "")},
        "driver_conductor": line("driver_conductor", f"{birth.driver.root}-{birth.conductor.root}"),
        "kua": [
            {"gender": each.gender.value, "number": each.number.value, "text": note("kua", each.number.value or "")}
            for each in birth.kua.numbers
        ],
    }


def _cell(digit: int, count: int) -> dict[str, Any]:
    return {"digit": digit, "count": count, "text": line("lo_shu_cell", f"{digit}-{min(count, FULLEST_CELL)}")}


def _line(each: Line) -> dict[str, Any]:
    """Only a line that is full or empty has something to say."""
    key = each.definition.key
    plain = {"kind": each.definition.kind.value, "state": each.state.value}
    return each.to_dict() | plain | {"text": line("lo_shu_line", f"{key}-{each.state}")}


def _missing_and_repeated(grid: LoShuGrid) -> dict[str, Any]:
    return {
        "missing": [_cell(digit, 0) for digit in grid.missing],
        "repeated": [_cell(digit, grid.counts[digit - 1]) for digit in grid.repeated],
    }
