"""What vector files of other hands may say, and how the answers are compared."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from numerology.engine.chart import NUMBERS as CHART
from numerology.engine.options import Options
from numerology.engine.vectors import VectorError, evaluate, mismatch_of, vectors_in
from numerology.engine.vectors.asked import Asked
from numerology.engine.vectors.methods import ALIASES, DEFAULTS, method_of
from numerology.engine.vectors.registry import ANSWERS, NUMBERS, SYNONYMS

HANCOCK = {"full_name": "Thomas John Hancock", "birth_date": "1949-05-10"}
BORN = {"birth_date": "1990-06-15"}


def vector(number: str, given: dict[str, Any], expected: Any, method: Any = "decoz", **more: Any) -> dict[str, Any]:
    return {"number": number, "method": method, "input": given, "expected": expected} | more


GIVEN = [
    ("life_path", {"birth_date": "1980-09-04"}, 22),
    ("Life Path Number", {"dob": "1980-09-04T00:00:00"}, 22),
    ("life_path", {"birth_date": {"year": 1980, "month": 9, "day": 4}}, 22),
    ("life_path", {"birth_year": 1980, "birth_month": 9, "birth_day": 4}, "22/4"),
    ("life_path", {"year": 1980, "month": "9", "day": 4}, "22"),
    ("life_path", {"date": "1980-09-04"}, {"value": 22, "root": 4, "chain": [22]}),
    ("life_path", {"birth_date": "1962-07-03"}, "19/10/1"),
    ("life_path", {"birth_date": "1962-07-03"}, {"karmic_debt": 19, "number": 1}),
    ("life_path_root", {"birth_date": "1980-09-04"}, 4),
    ("life_path_chain", {"birth_date": "1962-07-03"}, [19, 10, 1]),
    ("life_path_calculation", {"birth_date": "1962-07-03"}, "7 + 3 + 9 = 19 = 10 = 1"),
    ("expression_total", {"full_name": "William Bradley Pitt"}, 13),
    ("birthday", {"day": 29}, 11),
    ("birth_day", {"birth_day": 29}, {"total": 29}),
    ("attitude", {"month": 7, "day": 16}, 5),
    ("sun_number", {"month": 7, "day": 16}, 5),
    ("mulank", {"day": 16}, 7),
    ("bhagyank", {"birth_date": "1965-07-12"}, 4),
    ("personal_year", {"month": 11, "day": 6, "year": 2004}, 5),
    ("personal_year", {"birth_date": "1970-11-06", "year": 2004}, 5),
    ("personal_month", {"birth_date": "1970-11-06", "year": 2004, "month": 1}, 6),
    ("personal_month_from_year", {"personal_year": 5, "month": 12}, 8),
    ("personal_day", {"birth_date": "1970-11-06", "date": "2004-01-01"}, 7),
    ("personal_day", {"personal_month": 7, "day": 31}, "2"),
    ("universal_year", {"on_date": "2004-06-01"}, 6),
    ("universal_month", {"universal_year": 7, "month": 11}, 9),
    ("universal_month", {"year": 2023, "month": 11}, 9),
    ("universal_day", {"year": 2017, "month": 11, "day": 8}, 2),
    ("rule", {"topic": "personal_year_runs"}, "calendar_year"),
    ("expression", HANCOCK, 7),
    ("destiny", {"full_name": "李明", "latin_name": "Li Ming"}, 1),
    ("destiny", {"first_name": "Thomas", "middle_name": "John", "last_name": "Hancock"}, 7),
    ("hearts_desire", HANCOCK, 2),
    ("minor_expression", {**HANCOCK, "current_name": "Tom Hancock"}, 4),
    ("minor_soul_urge", {"current_name": "Tom Hancock"}, 4),
    ("minor_personality", {"short_name": "Tom Hancock"}, 9),
    ("soul_urge", {"full_name": "Brrr"}, None),
    ("maturity", {"life_path": 11, "destiny": 5}, 7),
    ("maturity", {"birth_date": "1953-11-26", "expression": 11}, {"total": 12}),
    ("bridges", HANCOCK, [5, 3]),
    ("bridges", HANCOCK, {"life_path_expression": 5}),
    ("bridges", HANCOCK, {"soul_urge_personality": 3}),
    ("bridge_life_path_expression", {"life_path": 11, "expression": 7}, 5),
    ("bridge_heart_personality", {"soul_urge": 22, "personality": 9}, 5),
    ("hidden_passion", {"full_name": "Thomas Cruise Mapother"}, 1),
    ("hidden_passion", {"full_name": "Thomas Cruise Mapother"}, {"numbers": [1], "count": 4}),
    ("missing_numbers", {"full_name": "James Paul McCartney"}, [8, 6]),
    ("subconscious_self", {"full_name": "James Paul McCartney"}, 7),
    ("digit_counts", {"full_name": "Ann"}, {"1": 1, "5": 2, "7": 0}),
    ("digit_count_of_5", {"full_name": "Ann"}, 2),
    ("digit_5_count", {"full_name": "Ann"}, 2),
    ("planes", {"full_name": "Ann"}, {"physical": None, "mental": 11, "emotional": None, "intuitive": None}),
    ("planes", {"full_name": "Ann"}, {"physical": 0, "mental": 3, "emotional": 0, "intuitive": 0}),
    ("planes", {"full_name": "Ann"}, {"mental": {"count": 3, "value": 11}}),
    ("planes_of_expression_counts", {"full_name": "Ann"}, {"mental": 3}),
    ("cornerstone", HANCOCK, "T"),
    ("cornerstone", HANCOCK, 2),
    ("capstone", HANCOCK, "s"),
    ("keystone", {"full_name": "Ann"}, {"letter": "N", "value": 5}),
    ("keystone", HANCOCK, None),
    ("first_vowel", HANCOCK, "O"),
    ("karmic_debt", {"full_name": "William Bradley Pitt"}, [13, 16]),
    ("karmic_debt_expression", {"full_name": "William Bradley Pitt"}, 13),
    ("karmic_debt", {**BORN, "full_name": "William Bradley Pitt"}, {"destiny": 13}),
    ("karmic_debt", {"birth_date": "1990-06-10"}, []),
    ("karmic_debt", {"birth_date": "1990-06-10"}, None),
    ("karmic_debts", {"birth_date": "1990-07-14"}, [14, 13]),
    ("karmic_debt_birthday", {"birth_date": "1990-07-14"}, [14]),
    ("karmic_debt_life_path", {"birth_date": "1990-07-14"}, 13),
    ("y_role", {"word": "Hayley"}, ["consonant", "consonant"]),
    ("w_role", {"full_name": "Lowell"}, "C"),
    ("soul_urge", {"full_name": "Keny#a"}, 6),
    ("normalized_segments", {"name": "Mary-Jane O'Neil"}, "MARY JANE ONEIL"),
    ("normalized_segments", {"name": "Mary-Jane O'Neil"}, ["mary", "jane", "oneil"]),
    ("normalized_segments", {"name": "Чехов"}, {"words": ["CHEKHOV"], "transliterated": True}),
    ("transit_letters", {**HANCOCK, "on_date": "1969-05-10"}, "AJO"),
    ("transits", {"full_name": "Thomas Cruise Mapother", "age": 20}, {"physical": "A", "spiritual": "H"}),
    ("transit_letters", {"full_name": "Ann", "age": 1}, {"physical": "N", "mental": None, "spiritual": None}),
    ("essence", {"full_name": "Thomas Cruise Mapother", "age": 20}, "18/9"),
    ("period_cycle_2", {"birth_date": "1962-07-03"}, 3),
    ("first_period", {"birth_date": "1962-07-03"}, 7),
    ("pinnacles", {"birth_date": "1950-10-16"}, {"1": 8, "2": 4, "3": 3, "4": 7}),
    ("fourth_pinnacle", {"birth_date": "1950-10-16"}, [7]),
    ("main_challenge", {"birth_date": "1950-10-16"}, 5),
    ("challenges", {"month": 3, "day": 4, "year": 1}, [1, 3, 2, 2]),
    ("pinnacle_start_ages", {"birth_date": "1950-10-16"}, [0, 32, 41, 50]),
    ("pinnacle_start_ages", {"life_path": 5}, [32, 41, 50]),
    ("pinnacle_end_ages", {"life_path": 5}, [31, 40, 49, None]),
    ("pinnacle_ages", {"life_path": 5}, [[0, 31], [32, 40], [41, 49], [50, None]]),
    ("period_ages", {"life_path": 9}, [[0, 27], [28, 54], [55, None]]),
    ("period_end_ages", {"life_path": 9}, [27, 54]),
    ("chaldean_name", {"full_name": "John Smith"}, "35/8"),
    ("chaldean_name", {"full_name": "John Smith"}, 8),
    ("chaldean_name", {"full_name": "John Smith"}, [35, 8]),
    ("chaldean_compound", {"full_name": "John Smith"}, 35),
    ("chaldean_compound", {"full_name": "Jonathan Smith", "current_name": "John Smith"}, 35),
    ("chaldean_root", {"full_name": "John Smith"}, 8),
    ("chaldean_meaning_of", {"full_name": "John Smith"}, 35),
    ("chaldean_words", {"full_name": "John Smith"}, {"JOHN": 18, "SMITH": 17}),
    (
        "lo_shu",
        {"birth_date": "1973-12-09"},
        {"missing": [4, 6, 8], "repeated": [1, 9], "full_lines": [[1, 5, 9], [3, 5, 7]]},
    ),
    ("lo_shu_repeated", {"birth_date": "1973-12-09"}, [9, 1]),
    ("lo_shu_repeated", {"birth_date": "1973-12-09"}, {"1": 2, "9": 3}),
    ("lo_shu_full_lines", {"birth_date": "1973-12-09"}, ["951", "357"]),
    ("lo_shu_empty_lines", {"birth_date": "1973-12-09"}, []),
    ("lo_shu_full_lines", {"birth_date": "1973-12-09"}, ["will", "emotional"]),
    ("lo_shu_partial_lines", {"birth_date": "1973-12-09"}, ["249", "168", "348", "267", "456", "258"]),
    ("lo_shu_digit_9_count", {"birth_date": "1973-12-09"}, 3),
    ("arrows", {"birth_date": "1978-03-20"}, {"1": 1, "2": 1, "3": 1, "7": 1, "8": 1, "9": 1}),
    ("arrows", {"birth_date": "1978-03-20"}, {"full": ["123", "789"]}),
    ("arrows_empty", {"birth_date": "1978-03-20"}, [[4, 5, 6]]),
    ("psychomatrix", {"birth_date": "1990-08-15"}, {"working": [33, 6, 31, 4], "disputed": False}),
    ("kua", {"birth_date": "1990-06-15"}, {"male": 1, "female": 5}),
    ("kua", {"year": 1990}, {"male": 1, "female": 5}),
    ("kua", {"year": 1990, "month": 1, "day": 20, "gender": "Male"}, 2),
    ("kua_direction", {"year": 1990, "sex": "f"}, 8),
    ("kua_direction", {"year": 1990}, {"male": 1, "female": 8}),
    ("kua_group", {"year": 1990, "gender": "man"}, "east"),
    ("kua_solar_year", {"birth_date": "1990-02-03"}, 1989),
    ("compatibility", {"life_path_a": 4, "life_path_b": 1}, "challenging"),
    ("compatibility_sum_and_difference", {"a": 4, "b": 7}, [11, 3]),
    ("compatibility_sum_and_difference", {"a": 4, "b": 7}, {"sum": 11}),
]


@pytest.mark.parametrize(("number", "given", "expected"), GIVEN, ids=[f"{i}-{row[0]}" for i, row in enumerate(GIVEN)])
def test_one_thing_may_be_asked_in_many_ways(number: str, given: dict[str, Any], expected: Any) -> None:
    assert mismatch_of(vector(number, given, expected)) is None


METHODS = [
    ("life_path", {"birth_date": "1961-08-04"}, "digit sum", 11),
    ("life_path", {"birth_date": "1980-09-04"}, "no_master", 4),
    ("life_path", {"birth_date": "1970-11-12"}, ["component_no_master"], 4),
    ("life_path", {"birth_date": "1961-08-04"}, "life_path=all_digits", 11),
    ("soul_urge", {"full_name": "Sally Jane Smith"}, "y_never_vowel + all_letters", 7),
    ("soul_urge", {"full_name": "Miley Ray Cyrus"}, "all-letters; y_always_vowel", 3),
    ("soul_urge", {"full_name": "Lowell Adrian Hunter"}, "goodwin, all_letters", 8),
    ("personal_day", {"birth_date": "1970-01-20", "on_date": "2008-08-08"}, "keep_masters", "11/2"),
    ("universal_day", {"on_date": "2017-11-08"}, "keep_master", 11),
    ("universal_month", {"on_date": "2009-11-08"}, "universal_masters=keep_master", 22),
    ("driver", {"day": 29}, "keep_master", 11),
    ("conductor", {"birth_date": "1961-08-04"}, "keep_master", 11),
    ("personal_year", {"birth_date": "1987-07-22", "on_date": "2023-03-01"}, "birthday", 8),
    ("pinnacles", {"birth_date": "1949-05-15"}, "no_master", [2, 2, 4, 1]),
    ("pinnacles", {"birth_date": "1949-05-15"}, "roots_as_components", [11, 11, 4, 1]),
    ("pinnacles", {"birth_date": "1949-05-15"}, "component_no_master", [11, 11, 4, 1]),
    ("pinnacle_end_ages", {"life_path": 5}, "36_minus_lp_as_start", [30, 39, 48]),
    ("period_start_ages", {"life_path": 3}, "goodwin_ages", [0, 25, 52]),
    ("planes_of_expression", {"full_name": "Ann"}, "no_master", {"mental": 2}),
    ("lo_shu_missing", {"birth_date": "1973-12-09"}, "date_digits_only", [4, 5, 6, 8]),
    ("lo_shu_missing", {**BORN, "gender": "f"}, "digits_plus_driver_conductor_and_kua", [2, 3, 7, 8]),
    ("lo_shu_digit_9_count", {"birth_date": "1973-12-09"}, "driver_not_again", 2),
    ("kua", {"birth_date": "1982-01-24", "gender": "m"}, "lunar_new_year", 1),
    ("kua", {"birth_date": "1982-01-26", "gender": "m"}, "lunar_new_year_no_5_rule", 9),
    ("kua", {"birth_date": "1982-01-26", "gender": "m"}, "li_chun", 1),
    ("chaldean_name", {"full_name": "John Smith"}, "cheiro", {"compound": 17, "root": 8}),
    ("chaldean_name", {"full_name": "Ann Lee"}, "keep_master", {"compound": 24, "root": 6}),
    ("chaldean_name", {"full_name": "Teena"}, "chaldean_masters=keep_master", {"compound": 20, "root": 2}),
    ("chaldean_name", {"full_name": "Dena"}, "keep_master", {"compound": 15}),
    ("chaldean_name", {"full_name": "Bose"}, "no_master", 8),
    ("normalized_segments", {"full_name": "Jörg van der Aa"}, "ae_oe_ue + particles_joined", ["JOERG", "VANDERAA"]),
    ("expression", {"full_name": "John Smith", "system": "chaldean"}, "cheiro", "17/8"),
    ("expression", {"full_name": "Barbara Ann Kelly"}, "fermier", "11/2"),
    ("essence", {"full_name": "Thomas Mapother", "age": 20}, "double_last", "17/8"),
    ("essence", {"full_name": "Thomas Mapother", "age": 20}, "last_name_once", 9),
    ("maturity", {"life_path": 11, "expression": 11}, "add_roots", 4),
    ("maturity", {"life_path": 11, "expression": 11}, "", 22),
    ("karmic_debt", {"birth_date": "1990-07-14"}, "any_component", [14, 19]),
]


@pytest.mark.parametrize(
    ("number", "given", "method", "expected"), METHODS, ids=[f"{i}-{row[0]}" for i, row in enumerate(METHODS)]
)
def test_methods_are_obeyed(number: str, given: dict[str, Any], method: Any, expected: Any) -> None:
    assert mismatch_of(vector(number, given, expected, method)) is None


def test_a_mainstream_example_is_held_to_the_default_whatever_its_method_is_called() -> None:
    born = {"birth_date": "1961-08-04"}
    assert mismatch_of(vector("life_path", born, 2, "all_digits", mainstream=True)) is None
    assert mismatch_of(vector("life_path", born, 11, "all_digits", mainstream=True)) is not None
    assert mismatch_of(vector("life_path", born, 2, "a school of its own", mainstream=True)) is None
    assert mismatch_of(vector("life_path", born, 2, "misprint", mainstream=True)) is not None


def test_the_fill_of_a_grid_is_a_parameter_of_mainstream_examples_too() -> None:
    assert method_of({"method": "date_digits_only", "mainstream": True}).options.lo_shu_fill == "date_digits_only"
    assert method_of({"method": "decoz", "mainstream": True}).options == Options()


def test_options_may_be_given_field_by_field() -> None:
    born = {"birth_date": "1961-08-04"}
    assert mismatch_of(vector("life_path", born, 11, options={"life_path": "all_digits"})) is None
    wrong = mismatch_of(vector("life_path", born, 11, options={"life_path": "by moonlight"}))
    assert wrong is not None
    assert wrong.sentence == "The method 'life_path=by moonlight' is not known."
    assert "an object" in failure(vector("life_path", born, 11, options=["all_digits"]))


def failure(given: object) -> str:
    mismatch = mismatch_of(given)
    assert mismatch is not None
    return mismatch.sentence


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (vector("shoe_size", BORN, 1), "No number is known by the name 'shoe_size'."),
        (vector("shoe_size_root", BORN, 1), "No number is known by the name 'shoe_size_root'."),
        (vector("karmic_debt_shoe", BORN, 1), "No number is known by the name 'karmic_debt_shoe'."),
        (vector("life_path", BORN, 1, "by dice"), "The method 'by_dice' is not known."),
        (vector("life_path", {}, 1), "The input of life_path needs birth_date."),
        (vector("life_path", {"birth_date": "1990-02-30"}, 1), "birth_date must be a calendar date"),
        (vector("life_path", {"birth_date": {"year": 1990}}, 1), "birth_date must be a calendar date"),
        (vector("life_path", {"year": 1e999, "month": 1, "day": 1}, 1), "birth_year must be a whole number"),
        (vector("expression", {}, 1), "The input of expression needs full_name."),
        (vector("kua", {**BORN, "gender": "?"}, 1), "The gender '?' is not known."),
        (vector("pinnacle_5", BORN, 1), "There are 4 numbers of the kind pinnacle, not 5."),
        (vector("period_cycle_0", BORN, 1), "There are 3 numbers of the kind period_cycle, not 0."),
        (vector("rule", {"topic": "tea"}, 1), "No rule is known by the topic 'tea'."),
        (vector("rule", {}, 1), "The input of rule needs topic."),
        (vector("life_path", {"birth_date": "0999-01-01"}, 1), "birth_date_out_of_range: "),
        (vector("expression", {"full_name": "…"}, 1), "name_no_letters: The name holds no letters to count."),
        (vector("lo_shu", BORN, 1, "digits_plus_driver_conductor_kua"), "gender_required: "),
        ({"number": 5, "input": {}, "expected": 1}, "A vector needs the name of a number and an input."),
        ({"number": "life_path", "expected": 1}, "A vector needs the name of a number and an input."),
        ({"number": "life_path", "input": BORN}, "A vector is an object with number, input and expected."),
        ("life_path", "A vector is an object with number, input and expected."),
    ],
    ids=range(21),
)
def test_what_cannot_be_evaluated_fails_with_a_sentence(given: object, sentence: str) -> None:
    assert sentence in failure(given)


@pytest.mark.parametrize("expected", ["name_no_letters", {"error": "name_no_letters"}], ids=["code", "object"])
def test_a_refusal_may_be_expected(expected: Any) -> None:
    assert mismatch_of(vector("expression", {"full_name": "42"}, expected)) is None
    assert mismatch_of(vector("expression", {"full_name": "Ann"}, expected)) is not None


@pytest.mark.parametrize(
    ("number", "given", "wrong"),
    [
        ("life_path", {"birth_date": "1980-09-04"}, "22/2"),
        ("life_path", {"birth_date": "1980-09-04"}, {"value": 22, "root": 5}),
        ("life_path", {"birth_date": "1980-09-04"}, {"colour": "blue"}),
        ("life_path", {"birth_date": "1980-09-04"}, {}),
        ("life_path", {"birth_date": "1980-09-04"}, [22]),
        ("life_path", {"birth_date": "1980-09-04"}, None),
        ("life_path", {"birth_date": "1900-01-28"}, True),
        ("digit_counts", {"full_name": "Ann"}, {"1": 1}),
        ("digit_counts", {"full_name": "Ann"}, {"1": 1, "5": 2, "9": 1}),
        ("digit_counts", {"full_name": "Ann"}, {}),
        ("planes", {"full_name": "Ann"}, {"mental": 4}),
        ("lo_shu_missing", {"birth_date": "1973-12-09"}, [4, 6]),
        ("lo_shu", {"birth_date": "1973-12-09"}, {"missing": [4, 6]}),
        ("pinnacles", {"birth_date": "1950-10-16"}, [4, 8, 3, 7]),
        ("transit_letters", {"full_name": "Thomas Cruise Mapother", "age": 20}, ["I", "A", "H"]),
        ("hidden_passion", {"full_name": "Anna"}, 1),
    ],
    ids=range(16),
)
def test_what_is_nearly_right_is_wrong(number: str, given: dict[str, Any], wrong: Any) -> None:
    assert "expected" in failure(vector(number, given, wrong))


def test_a_mismatch_shows_what_was_calculated() -> None:
    mismatch = mismatch_of(vector("life_path", {"birth_date": "1962-07-03"}, 5, id="x1"))
    assert mismatch is not None
    assert (mismatch.vector, mismatch.sentence) == ("x1", "life_path by the method decoz: expected 5, calculated 1.")
    assert len(mismatch.traces) == 1
    assert '"calculation": "7 + 3 + 9 = 19 = 10 = 1"' in mismatch.traces[0]
    unnamed = evaluate([vector("life_path", BORN, 5, None)]).mismatches[0]
    assert (unnamed.vector, unnamed.sentence) == ("vector 1", "life_path: expected 5, calculated 4.")


def test_a_report_counts() -> None:
    report = evaluate([vector("life_path", BORN, 4), vector("life_path", BORN, 5), "nonsense"])
    assert (report.passed, report.failed) == (1, 2)
    assert [mismatch.vector for mismatch in report.mismatches] == ["vector 2", "vector 3"]


def test_a_file_is_a_list_or_holds_one() -> None:
    assert vectors_in([1]) == [1]
    assert vectors_in({"version": 1, "cases": [2]}) == [2]
    assert vectors_in({"tags": [], "vectors": [3]}) == [3]
    for document in ("text", {}, {"version": 1}):
        with pytest.raises(VectorError, match="holds no list of vectors"):
            vectors_in(document)


def test_the_western_grid_is_asked_for_by_its_system() -> None:
    born = {"birth_date": "1978-03-20"}
    western = vector("lo_shu_full_lines", born, [[1, 2, 3], [7, 8, 9]], system="pythagorean_arrows")
    assert mismatch_of(western) is None
    assert mismatch_of(dict(western, system="lo_shu")) is not None


def test_numbers_of_a_chaldean_name_are_asked_for_by_the_system() -> None:
    assert mismatch_of(vector("expression", {"full_name": "John Smith"}, "35/8", system="chaldean")) is None
    asked = Asked.of(vector("expression", {"full_name": "John", "system": "chaldean"}, 1))
    assert asked.system == "chaldean"


TEXTS = ["", "x", "1990-05-15", "2000-02-29", "0001-01-01", "9999-12-31", "Ann Lee", "Élodie*#", "李明", "f", "both"]
NO_TEXTS = [None, 0, -5, 11, 99, 10**30, 2.5, float("inf"), float("nan"), True, [], [1], {}, {"year": 10**30}]
ANYTHING = st.sampled_from([*TEXTS, *NO_TEXTS])
NAMED = ["full_name", "current_name", "word", "gender", "topic", "birth_date", "on_date", "year", "month", "day"]
COUNTED = [
    "age",
    "a",
    "b",
    "life_path",
    "expression",
    "personal_year",
    "personal_month",
    "universal_year",
    "solar_year",
]
KEYS = st.sampled_from([*NAMED, *COUNTED])


@given(
    number=st.sampled_from([*NUMBERS, *ANSWERS, "pinnacle_1", "challenges_1_2", "period_3", "life_path_root"]),
    method=st.sampled_from(
        ["decoz", "misprint", "lunar_new_year", "digits_plus_driver_conductor_kua", "dice", None, 5]
    ),
    given=st.dictionaries(KEYS, ANYTHING, max_size=6),
    expected=ANYTHING,
)
def test_whatever_a_vector_holds_it_passes_or_fails(number: str, method: Any, given: Any, expected: Any) -> None:
    report = evaluate([vector(number, given, expected, method)])
    assert report.passed + report.failed == 1
    assert all(mismatch.sentence for mismatch in report.mismatches)


def test_every_number_of_a_chart_is_known() -> None:
    given = {**HANCOCK, "current_name": "Tom Hancock", "on_date": "2026-11-20"}
    for number in CHART:
        assert mismatch_of(vector(number, given, "nothing like it")) is not None
        assert "No number is known" not in failure(vector(number, given, "nothing like it"))


def test_every_synonym_and_alias_leads_somewhere() -> None:
    assert set(SYNONYMS.values()) <= {*NUMBERS, *ANSWERS}
    assert not set(SYNONYMS) & {*NUMBERS, *ANSWERS}
    assert not set(NUMBERS) & set(ANSWERS)
    for alias in ALIASES:
        options = method_of({"method": alias}).options
        assert options != Options() or ALIASES[alias] in {
            "components",
            "no_master",
            "calendar_year",
            "digits_plus_driver_conductor",
            "li_chun_feb_4",
        }
    for word in DEFAULTS:
        assert method_of({"method": word}).options == Options()
