"""A chart as an aligned table of text: every number with the sum that made it and the method it follows."""

from __future__ import annotations

from collections.abc import Iterator
from functools import singledispatch

from numerology.engine.chaldean.name import ChaldeanName
from numerology.engine.chart import NUMBERS, Chart
from numerology.engine.combined.bridges import Bridges
from numerology.engine.cycles import transits
from numerology.engine.cycles.transits import Transits
from numerology.engine.from_date.challenges import Challenge
from numerology.engine.from_name import planes
from numerology.engine.from_name.digits import hidden_passion, karmic_lessons
from numerology.engine.from_name.digits.hidden_passion import HiddenPassion
from numerology.engine.from_name.digits.karmic_lessons import KarmicLessons
from numerology.engine.from_name.planes import Planes
from numerology.engine.from_name.single_letters.result import LetterResult
from numerology.engine.grids import arrows, lo_shu, psychomatrix
from numerology.engine.grids.arrows import ArrowsGrid
from numerology.engine.grids.lines import Line, LineState, in_state
from numerology.engine.grids.lo_shu import LoShuGrid
from numerology.engine.grids.psychomatrix import Psychomatrix
from numerology.engine.indian.kua import Kua
from numerology.engine.result import NumberResult
from numerology.engine.stages import Stage

Row = tuple[str, str, str, str]

HEAD: Row = ("number", "value", "calculation", "method")
NOTHING = "-"


def table(chart: Chart) -> str:
    """Lines without trailing spaces, without a last line break."""
    rows = [HEAD, *rows_of(chart)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEAD))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    lines.insert(1, "  ".join("-" * width for width in widths))
    return "\n".join([*_heading(chart), "", *lines])


def rows_of(chart: Chart) -> list[Row]:
    """One row for every number; what does not exist for this person has a dash and says why."""
    rows = [row for field in NUMBERS for row in _rows(getattr(chart, field), field)]
    for debt in chart.karmic_debts:
        rows.append((f"karmic_debt {debt.where}", str(debt.number), " = ".join(map(str, debt.chain)), NOTHING))
    return rows


def _heading(chart: Chart) -> Iterator[str]:
    yield f"{chart.name.original} ({chart.name.calculation})"
    if chart.current_name:
        yield f"today {chart.current_name.original} ({chart.current_name.calculation})"
    yield f"born {chart.birth_date.isoformat()}, on {chart.on_date.isoformat()}, {chart.age} years, {chart.system}"
    yield f"sha256 {chart.content_hash}"


@singledispatch
def _rows(_: object, field: str) -> Iterator[Row]:
    """What is no result at all is a minor number of somebody who gave one name only."""
    yield field, NOTHING, "no name of today", NOTHING


@_rows.register
def _number(value: NumberResult, field: str) -> Iterator[Row]:
    shown = NOTHING if value.value is None else str(value.value)
    if value.root != value.value:
        shown += f"/{value.root}"
    yield field, shown, value.calculation or str(value.reason), value.method


@_rows.register
def _letter(value: LetterResult, field: str) -> Iterator[Row]:
    if value.letter:
        yield field, f"{value.letter.character} {value.letter.value}", f"of {value.word}", value.method
    else:
        yield field, NOTHING, str(value.reason), value.method


@_rows.register
def _several(value: tuple, field: str) -> Iterator[Row]:  # type: ignore[type-arg]
    for each in value:
        yield from _rows(each, field)


@_rows.register
def _stage(value: Stage, field: str) -> Iterator[Row]:
    until = f"to {value.end_age}" if value.end_age is not None else "on"
    yield from _rows(value.number, f"{field} {value.place}, age {value.start_age} {until}")


@_rows.register
def _challenge(value: Challenge, field: str) -> Iterator[Row]:
    yield from _rows(value.number, f"{field} {value.place}, {value.role}")


@_rows.register
def _bridges(value: Bridges, field: str) -> Iterator[Row]:
    yield from _rows(value.life_path_destiny, f"{field} life_path-destiny")
    yield from _rows(value.soul_urge_personality, f"{field} soul_urge-personality")


@_rows.register
def _hidden_passion(value: HiddenPassion, field: str) -> Iterator[Row]:
    yield field, _list(value.numbers), f"{value.count} of {value.intensity.letters} letters", hidden_passion.METHOD


@_rows.register
def _karmic_lessons(value: KarmicLessons, field: str) -> Iterator[Row]:
    yield field, _list(value.numbers), f"present {_list(value.present)}", karmic_lessons.METHOD


@_rows.register
def _planes(value: Planes, field: str) -> Iterator[Row]:
    for plane in value.planes:
        shown = NOTHING if plane.value is None else str(plane.value)
        chain = " = ".join(map(str, plane.chain)) or str(plane.reason)
        yield f"{field} {plane.name}, letters {plane.count}", shown, chain, planes.METHOD


@_rows.register
def _chaldean_name(value: ChaldeanName, field: str) -> Iterator[Row]:
    yield field, f"{value.compound}/{value.value}", value.calculation, value.method


@_rows.register
def _transits(value: Transits, field: str) -> Iterator[Row]:
    for name, transit in (("physical", value.physical), ("mental", value.mental), ("spiritual", value.spiritual)):
        if transit:
            span = f"of {transit.name}, age {transit.from_age} to {transit.to_age}"
            yield f"{field} {name}", f"{transit.letter.character} {transit.letter.value}", span, transits.METHOD


@_rows.register
def _kua(value: Kua, field: str) -> Iterator[Row]:
    for each in value.numbers:
        yield from _rows(each.number, f"{field} {each.gender}")


@_rows.register
def _lo_shu(value: LoShuGrid, field: str) -> Iterator[Row]:
    yield field, _list(value.missing), _grid(lo_shu.CELLS, value.counts), value.fill
    yield from _lines(value.lines, field)


@_rows.register
def _arrows(value: ArrowsGrid, field: str) -> Iterator[Row]:
    missing = tuple(digit for digit, count in enumerate(value.counts, start=1) if not count)
    yield field, _list(missing), _grid(arrows.CELLS, value.counts), "date_digits_only"
    yield from _lines(value.arrows, field)


@_rows.register
def _psychomatrix(value: Psychomatrix, field: str) -> Iterator[Row]:
    grid = _grid(psychomatrix.CELLS, value.counts)
    yield field, _list(value.working), grid, "disputed" if value.disputed else NOTHING


def _lines(lines: tuple[Line, ...], field: str) -> Iterator[Row]:
    for state in (LineState.FULL, LineState.EMPTY):
        for line in in_state(lines, state):
            yield f"{field} line", line.definition.key, f"{state}, {' or '.join(line.definition.names)}", NOTHING


def _grid(cells: tuple[tuple[int, ...], ...], counts: tuple[int, ...]) -> str:
    """Each digit as often as it occurs: "4 - 22 / 3 - - / 8 11 -"."""
    return " / ".join(" ".join(str(digit) * counts[digit - 1] or NOTHING for digit in row) for row in cells)


def _list(numbers: tuple[int, ...]) -> str:
    return " ".join(map(str, numbers)) or NOTHING
