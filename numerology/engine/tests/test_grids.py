"""Lo Shu grid, Arrows of Pythagoras and psychomatrix."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from numerology.engine.errors import BirthDateOutOfRangeError, GenderRequiredError
from numerology.engine.grids.arrows import ARROWS, arrows
from numerology.engine.grids.arrows import CELLS as WESTERN_CELLS
from numerology.engine.grids.lines import LineDefinition, LineKind, LineState, digit_counts, in_state, lines_of
from numerology.engine.grids.lo_shu import CELLS, LINES, Entry, lo_shu
from numerology.engine.grids.psychomatrix import psychomatrix
from numerology.engine.options import Gender, KuaYear, LoShuDriver, LoShuFill, Options

DATES = st.dates(min_value=date(1000, 1, 1), max_value=date(9999, 12, 31))
DIGITS_ONLY = Options(lo_shu_fill=LoShuFill.DATE_DIGITS)


def with_kua(**chosen: object) -> Options:
    return Options(lo_shu_fill=LoShuFill.DRIVER_CONDUCTOR_KUA, **chosen)  # type: ignore[arg-type]


def test_lo_shu_of_the_date_digits() -> None:
    told = lo_shu(date(1990, 3, 15), options=DIGITS_ONLY).to_dict()
    assert told["counts"] == {"1": 2, "2": 0, "3": 1, "4": 0, "5": 1, "6": 0, "7": 0, "8": 0, "9": 2}
    assert (told["missing"], told["repeated"]) == ([2, 4, 6, 7, 8], [1, 9])
    assert (told["full"], told["empty"]) == (["951"], ["276"])
    assert (told["fill"], told["driver_rule"]) == ("date_digits_only", "driver_always")
    assert told["cells"][0] == [{"digit": 4, "count": 0}, {"digit": 9, "count": 2}, {"digit": 2, "count": 0}]
    assert [entry["digit"] for entry in told["entries"]] == [1, 5, 3, 1, 9, 9]
    assert {entry["source"] for entry in told["entries"]} == {"date"}


def test_driver_and_conductor_are_written_by_default() -> None:
    grid = lo_shu(date(1973, 12, 9))
    assert grid.entries[-2:] == (Entry(9, "driver"), Entry(5, "conductor"))
    assert (grid.missing, grid.repeated) == ((4, 6, 8), (1, 9))
    assert grid.counts == (2, 1, 1, 0, 1, 0, 1, 0, 3)


def test_a_one_digit_day_need_not_be_written_twice() -> None:
    options = Options(lo_shu_driver=LoShuDriver.NOT_AGAIN)
    assert lo_shu(date(1973, 12, 9), options=options).counts[8] == 2
    assert lo_shu(date(1973, 12, 10), options=options).entries == lo_shu(date(1973, 12, 10)).entries


def test_the_kua_is_written_for_a_man_or_a_woman_only() -> None:
    born = date(1990, 6, 15)
    assert lo_shu(born, options=with_kua(gender=Gender.MALE)).entries[-1] == Entry(1, "kua")
    assert lo_shu(born, options=with_kua(gender=Gender.FEMALE)).entries[-1] == Entry(5, "kua")
    with pytest.raises(GenderRequiredError) as caught:
        lo_shu(born, options=with_kua())
    assert (caught.value.code, caught.value.field) == ("gender_required", "gender")


def test_a_kua_that_cannot_be_decided_is_left_out() -> None:
    options = with_kua(gender=Gender.MALE, kua_year=KuaYear.LUNAR_NEW_YEAR)
    assert lo_shu(date(1850, 2, 1), options=options).entries[-1].source == "conductor"


def test_cells_stand_as_they_are_drawn() -> None:
    # 22.11.1985 with driver 4 and conductor 2.
    grid = lo_shu(date(1985, 11, 22))
    assert grid.cells == (((4, 1), (9, 1), (2, 3)), ((3, 0), (5, 1), (7, 0)), ((8, 1), (1, 3), (6, 0)))


def test_lines_of_the_lo_shu() -> None:
    assert [(line.key, line.kind.value, line.names[0]) for line in LINES] == [
        ("492", "row", "mental"),
        ("357", "row", "emotional"),
        ("816", "row", "practical"),
        ("438", "column", "thought"),
        ("951", "column", "will"),
        ("276", "column", "action"),
        ("456", "diagonal", "golden"),
        ("258", "diagonal", "silver"),
    ]


def test_a_line_counts_its_digits() -> None:
    lines = {line.definition.key: line for line in lo_shu(date(1990, 3, 15), options=DIGITS_ONLY).lines}
    assert lines["951"].to_dict() == {
        "key": "951",
        "kind": "column",
        "digits": [9, 5, 1],
        "names": ["will"],
        "counts": [2, 1, 2],
        "present": 3,
        "state": "full",
    }
    assert (lines["357"].state, lines["357"].present) == (LineState.PARTIAL, 2)
    assert (lines["276"].state, lines["276"].present) == (LineState.EMPTY, 0)


def test_the_western_grid_has_lines_of_its_own() -> None:
    told = arrows(date(1978, 3, 20)).to_dict()
    assert (told["full"], told["empty"]) == (["123", "789"], ["456"])
    assert told["digits"] == [2, 3, 1, 9, 7, 8]
    assert told["cells"][0] == [{"digit": 3, "count": 1}, {"digit": 6, "count": 0}, {"digit": 9, "count": 1}]
    assert [arrow["names"][0] for arrow in told["arrows"]] == [
        "planner",
        "willpower",
        "activity",
        "practicality",
        "emotional_balance",
        "intellect",
        "determination",
        "compassion",
    ]
    assert told["counts"]["4"] == 0


@pytest.mark.parametrize(("cells", "definitions"), [(CELLS, LINES), (WESTERN_CELLS, ARROWS)], ids=["lo_shu", "arrows"])
def test_lines_lie_in_their_grid(
    cells: tuple[tuple[int, int, int], ...], definitions: tuple[LineDefinition, ...]
) -> None:
    rows = {frozenset(row) for row in cells}
    columns = {frozenset(column) for column in zip(*cells, strict=True)}
    diagonals = {frozenset(cells[i][i] for i in range(3)), frozenset(cells[i][2 - i] for i in range(3))}
    drawn = {LineKind.ROW: rows, LineKind.COLUMN: columns, LineKind.DIAGONAL: diagonals}
    for kind, expected in drawn.items():
        assert {frozenset(each.digits) for each in definitions if each.kind is kind} == expected


def test_every_line_of_the_lo_shu_adds_to_fifteen() -> None:
    assert {sum(line.digits) for line in LINES} == {15}


@given(born=DATES)
def test_each_digit_of_the_date_is_in_the_grids(born: date) -> None:
    written = Counter(int(digit) for digit in f"{born.day}{born.month}{born.year}" if digit != "0")
    western, digits_only = arrows(born), lo_shu(born, options=DIGITS_ONLY)
    for grid in (western, digits_only):
        assert {digit: count for digit, count in enumerate(grid.counts, start=1) if count} == dict(written)
    default = lo_shu(born)
    assert sum(default.counts) == sum(digits_only.counts) + 2
    assert set(default.missing) <= set(digits_only.missing)
    assert all((digit in default.missing) != (default.counts[digit - 1] > 0) for digit in range(1, 10))


@given(born=DATES)
def test_each_line_has_one_state(born: date) -> None:
    lines = lo_shu(born).lines
    assert sum(len(in_state(lines, state)) for state in LineState) == len(lines) == 8


def test_lines_and_counts_of_nothing() -> None:
    counts = digit_counts([0, 10])
    assert set(counts.values()) == {0}
    assert {line.state for line in lines_of(LINES, counts)} == {LineState.EMPTY}


def test_psychomatrix() -> None:
    told = psychomatrix(date(1990, 8, 15)).to_dict()
    assert told["working"] == [33, 6, 31, 4]
    assert told["digits"] == [1, 5, 8, 1, 9, 9, 3, 3, 6, 3, 1, 4]
    assert told["counts"] == {"1": 3, "2": 0, "3": 3, "4": 1, "5": 1, "6": 1, "7": 0, "8": 1, "9": 2}
    assert told["cells"][0] == [{"digit": 1, "count": 3}, {"digit": 4, "count": 1}, {"digit": 7, "count": 0}]
    assert told["disputed"] is False


def test_a_negative_working_number_is_placed_without_its_sign() -> None:
    matrix = psychomatrix(date(2000, 1, 9))
    assert matrix.working == (12, 3, -6, 6)
    assert matrix.digits == (9, 1, 2, 1, 2, 3, 6, 6)
    assert matrix.disputed is True


def test_years_need_four_digits() -> None:
    for calculate in (arrows, lo_shu, psychomatrix):
        with pytest.raises(BirthDateOutOfRangeError):
            calculate(date(999, 12, 31))


def digits_in(cells: list[list[dict[str, int]]]) -> list[list[int]]:
    return [[cell["digit"] for cell in row] for row in cells]


def test_each_grid_is_drawn_in_its_own_order() -> None:
    born = date(1990, 8, 15)
    assert digits_in(lo_shu(born).to_dict()["cells"]) == [[4, 9, 2], [3, 5, 7], [8, 1, 6]]
    assert digits_in(arrows(born).to_dict()["cells"]) == [[3, 6, 9], [2, 5, 8], [1, 4, 7]]
    assert digits_in(psychomatrix(born).to_dict()["cells"]) == [[1, 4, 7], [2, 5, 8], [3, 6, 9]]
    for told in (lo_shu(born).to_dict(), arrows(born).to_dict(), psychomatrix(born).to_dict()):
        counts = {str(cell["digit"]): cell["count"] for row in told["cells"] for cell in row}
        assert counts == told["counts"]


def test_every_line_is_told() -> None:
    born = date(1990, 8, 15)
    assert [line["key"] for line in lo_shu(born).to_dict()["lines"]] == [line.key for line in LINES]
    assert [line["key"] for line in arrows(born).to_dict()["arrows"]] == [
        "123",
        "456",
        "789",
        "147",
        "258",
        "369",
        "159",
        "357",
    ]
    assert [list(line.names) for line in LINES[6:]] == [
        ["golden", "spiritual", "determination"],
        ["silver", "material", "spirituality"],
    ]
    assert set(psychomatrix(born).to_dict()) == {"working", "digits", "cells", "counts", "disputed"}
