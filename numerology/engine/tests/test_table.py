from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from numerology.engine import Chart, Options, chart
from numerology.engine.chart import NUMBERS
from numerology.engine.choices import CHOICES, options_from
from numerology.engine.errors import UnknownOptionError
from numerology.engine.options import CalculationSystem, KuaYear, LetterMarks, LifePathMethod, NameMethod
from numerology.engine.table import Row, rows_of, table


def cruise(**changed: Any) -> Chart:
    given: dict[str, Any] = {
        "name": "Thomas Cruise Mapother",
        "birth_date": date(1962, 7, 3),
        "on_date": date(2026, 11, 20),
        "current_name": "Tom Cruise",
    }
    return chart(**(given | changed))


def row_of(found: Chart, label: str) -> Row:
    (row,) = [row for row in rows_of(found) if row[0] == label]
    return row


def test_every_field_of_the_chart_has_a_row() -> None:
    labels = {row[0].split(" ")[0].rstrip(",") for row in rows_of(cruise())}
    assert labels == {*NUMBERS, "karmic_debt"}


@pytest.mark.parametrize(
    "row",
    [
        ("life_path", "1", "7 + 3 + 9 = 19 = 10 = 1", "components"),
        ("period_cycles 1, age 0 to 26", "7", "7", "life_path_table"),
        ("period_cycles 3, age 54 on", "9", "1962 = 18 = 9", "life_path_table"),
        ("challenges 2, second", "6", "|3 - 9| = 6", "no_master"),
        ("kua male", "2", "11 - 9 = 2", "li_chun_feb_4"),
        ("lo_shu", "4 5 8", "- 9 2 / 33 - 7 / - 11 6", "digits_plus_driver_conductor"),
        ("lo_shu line", "276", "full, action", "-"),
        ("arrows", "4 5 8", "3 6 9 / 2 - - / 1 - 7", "date_digits_only"),
        ("psychomatrix", "28 10 22 4", "11 4 7 / 2222 - 8 / 3 6 9", "-"),
        ("minor_destiny", "6", "3 + 3 = 6", "per_name+keep_master"),
        ("hidden_passion", "1", "4 of 20 letters", "highest_count"),
        ("karmic_lessons", "-", "present 1 2 3 4 5 6 7 8 9", "missing_digits"),
        ("cornerstone", "T 2", "of THOMAS", "first_letter_of_first_name"),
        ("keystone", "-", "no_middle_letter", "middle_letter_of_first_name"),
        ("planes physical, letters 4", "9", "18 = 9", "letter_counts_and_sum_of_values"),
        ("chaldean_name", "35/8", "15 + 20 = 35 = 8", "full_total+no_master"),
        ("bridges life_path-destiny", "3", "|1 - 4| = 3", "difference_of_roots"),
        ("bridges soul_urge-personality", "5", "9 - 4 = 5", "difference_of_roots"),
        ("transits mental", "R 9", "of CRUISE, age 63 to 71", "birthday_to_birthday"),
        ("essence", "9", "1 + 9 + 8 = 18 = 9", "last_name_once"),
        ("karmic_debt life_path", "19", "19 = 10 = 1", "-"),
    ],
    ids=lambda row: row[0],
)
def test_rows(row: Row) -> None:
    assert row_of(cruise(), row[0]) == row


def test_what_does_not_exist_has_a_dash_and_a_reason() -> None:
    found = cruise(name="Ng", current_name=None, birth_date=date(2011, 11, 29), on_date=date(2001, 1, 1))
    assert row_of(found, "minor_destiny") == ("minor_destiny", "-", "no name of today", "-")
    assert row_of(found, "soul_urge")[1:3] == ("-", "no_vowels")
    assert row_of(found, "first_vowel")[1:3] == ("-", "no_vowels")
    assert row_of(found, "planes physical, letters 0")[1:3] == ("-", "no_letters")
    assert row_of(found, "essence")[1:3] == ("-", "not_born_yet")
    assert row_of(found, "birthday")[1] == "11/2"
    assert row_of(found, "psychomatrix")[3] == "disputed"
    assert not [row for row in rows_of(found) if row[0].startswith("transits")]


def test_the_columns_are_aligned() -> None:
    lines = table(cruise()).split("\n")
    assert lines[:5] == [
        "Thomas Cruise Mapother (THOMAS CRUISE MAPOTHER)",
        "today Tom Cruise (TOM CRUISE)",
        "born 1962-07-03, on 2026-11-20, 64 years, pythagorean",
        f"sha256 {cruise().content_hash}",
        "",
    ]
    assert lines[5].split() == ["number", "value", "calculation", "method"]
    starts = [lines[5].index(word) for word in ("number", "value", "calculation", "method")]
    assert all(line[start - 1 : start].strip() == "" for line in lines[5:] for start in starts[1:])
    assert set(lines[6]) == {"-", " "}
    assert all(line == line.rstrip() for line in lines)
    assert len(lines) == 7 + len(rows_of(cruise()))
    assert table(cruise(current_name=None)).split("\n")[1].startswith("born ")


def test_options_by_their_names() -> None:
    assert options_from({}) == Options()
    named = {"life_path": "all_digits", "name_method": "all_letters", "vowels": None, "kua_year": "lunar_new_year"}
    assert options_from(named) == Options(
        life_path=LifePathMethod.ALL_DIGITS, name_method=NameMethod.ALL_LETTERS, kua_year=KuaYear.LUNAR_NEW_YEAR
    )
    assert options_from(Options(letter_marks=LetterMarks.OBEYED).to_dict()) == Options(letter_marks=LetterMarks.OBEYED)
    assert set(CHOICES) == set(Options().to_dict())
    assert CHOICES["maturity"] == ("sum_of_values", "sum_of_roots")
    assert CHOICES["name_masters"] == ("keep_master", "no_master")


def test_options_that_do_not_exist_are_engine_errors() -> None:
    with pytest.raises(UnknownOptionError) as caught:
        options_from({"zodiac": "leo"})
    assert (caught.value.code, caught.value.field, caught.value.option) == ("option_unknown", "options", "zodiac")
    assert (caught.value.message, caught.value.allowed) == ("No option zodiac exists.", ())
    with pytest.raises(UnknownOptionError) as caught:
        options_from({"maturity": "leo"})
    assert caught.value.message == "The option maturity must be one of sum_of_values, sum_of_roots."
    assert caught.value.allowed == CHOICES["maturity"]


def test_the_system_is_told() -> None:
    assert "chaldean" in table(cruise(system=CalculationSystem.CHALDEAN)).split("\n")[2]
