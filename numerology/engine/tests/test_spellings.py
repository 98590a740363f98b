"""How things are spelled from outside: methods, positions, reasons, labels, and the words of vectors.

Whoever keeps charts or sends options relies on these spellings.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Any

import pytest

from numerology.engine import CalculationSystem, Position, chart
from numerology.engine.choices import CHOICES
from numerology.engine.from_date.challenges import ChallengeRole, Phase, challenges
from numerology.engine.from_name.planes import PlaneName, Temperament
from numerology.engine.grids.lines import LineKind, LineState
from numerology.engine.names.vowels import LetterRole
from numerology.engine.result import MissingReason, Operation
from numerology.engine.vectors import mismatch_of
from numerology.engine.vectors.registry import SYNONYMS

METHODS = {
    "life_path": (
        "components component_no_master all_digits all_digits_no_master whole_numbers day_month_whole_year_digits"
    ),
    "attitude_masters": "keep_master no_master",
    "name_method": "per_name all_letters sum_of_roots",
    "name_masters": "keep_master no_master",
    "vowels": "decoz goodwin y_always_vowel y_never_vowel y_vowel_concatenated",
    "maturity": "sum_of_values sum_of_roots",
    "personal_year": "calendar_year birthday_to_birthday",
    "personal_masters": "keep_master no_master",
    "universal_masters": "keep_master no_master",
    "period_starts": "life_path_table personal_year_1_nearest_28_56",
    "pinnacles": "sum_of_values sum_of_roots",
    "pinnacle_ages": "first_ends_at_36_minus_life_path second_starts_at_36_minus_life_path",
    "challenge_masters": "keep_master no_master",
    "indian_masters": "keep_master no_master",
    "gender": "male female both",
    "kua_year": "li_chun_feb_4 lunar_new_year calendar_year",
    "lo_shu_fill": "date_digits_only digits_plus_driver_conductor digits_plus_driver_conductor_kua",
    "lo_shu_driver": "driver_always driver_not_again",
    "essence_last_name": "last_name_once last_name_twice",
    "chaldean_compound": "full_total cheiro_sum_of_roots",
    "chaldean_masters": "keep_master no_master",
    "letter_marks": "ignored asterisk_vowel_hash_consonant",
    "umlauts": "plain expanded",
    "particles": "split join",
}
SPELLINGS: list[tuple[type[StrEnum], str]] = [
    (CalculationSystem, "pythagorean chaldean"),
    (
        Position,
        "life_path destiny soul_urge personality attitude maturity balance birthday personal_year"
        " personal_month personal_day minor_destiny minor_soul_urge minor_personality subconscious_self"
        " cornerstone capstone keystone first_vowel rational_thought bridge plane essence universal_year"
        " universal_month universal_day period_cycle pinnacle challenge driver conductor kua",
    ),
    (MissingReason, "no_vowels no_consonants no_middle_letter no_letters number_missing not_born_yet year_undecided"),
    (Operation, "sum difference"),
    (ChallengeRole, "first second main last"),
    (Phase, "early mid whole_life late"),
    (PlaneName, "physical mental emotional intuitive"),
    (Temperament, "creative vacillating grounded"),
    (LineKind, "row column diagonal"),
    (LineState, "full partial empty"),
    (LetterRole, "V C"),
]
LABELS = {
    "life_path": "month day year",
    "attitude": "month day",
    "birthday": "day",
    "driver": "day",
    "conductor": "day month year",
    "maturity": "life_path destiny",
    "rational_thought": "ANN day",
    "personal_year": "month day year",
    "personal_month": "personal_year month",
    "personal_day": "personal_month day",
    "universal_year": "year",
    "universal_month": "universal_year month",
    "universal_day": "month day year",
    "subconscious_self": "nine karmic_lessons",
    "destiny": "ANN LEE",
    "minor_destiny": "ANN",
}
PARTS_OF_STAGES = {
    "period_cycles": ["month", "day", "year"],
    "pinnacles": ["month day", "day year", "pinnacle_1 pinnacle_2", "month year"],
    "challenges": ["month day", "day year", "challenge_1 challenge_2", "month year"],
}
ON = date(2026, 11, 22)
ONE = chart(name="Ann Lee", birth_date=date(1985, 11, 22), on_date=ON, current_name="Ann")


def labels(number: Any) -> str:
    return " ".join(component.label for component in number.components)


def test_methods_are_chosen_by_these_names() -> None:
    assert {field: " ".join(methods) for field, methods in CHOICES.items()} == METHODS


@pytest.mark.parametrize(("spelled", "expected"), SPELLINGS, ids=[each.__name__ for each, _ in SPELLINGS])
def test_spellings(spelled: type[StrEnum], expected: str) -> None:
    assert " ".join(spelled) == expected


@pytest.mark.parametrize("field", LABELS)
def test_every_summand_has_its_label(field: str) -> None:
    assert labels(getattr(ONE, field)) == LABELS[field]
    assert getattr(ONE, field).position == field


@pytest.mark.parametrize("field", PARTS_OF_STAGES)
def test_the_parts_of_stages_have_theirs(field: str) -> None:
    found = getattr(ONE, field)
    assert [labels(each.number) for each in found] == PARTS_OF_STAGES[field]
    assert {each.number.position for each in found} == {field.removesuffix("s")}
    assert [each.place for each in found] == list(range(1, len(found) + 1))


def test_bridges_name_what_they_join() -> None:
    assert labels(ONE.bridges.life_path_destiny) == "life_path destiny"
    assert labels(ONE.bridges.soul_urge_personality) == "soul_urge personality"
    assert [labels(each.number) for each in ONE.kua.numbers] == ["constant year", "constant year"]


OTHER_NAMES = {
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
BORN = {"birth_date": "1985-11-22"}
NAME = {"full_name": "Ann Lee"}
ON_DATE = {"on_date": "2026-11-22"}
# Ann Lee, 11 + 4 = 15 = 6, born on 1985-11-22, 11 + 22 + 5 = 38 = 11.
KEYS: list[tuple[str, str, dict[str, Any], dict[str, Any], object]] = [
    ("life_path", "birth_date date_of_birth birthdate dob born birthday date", {"": "1985-11-22"}, {}, 11),
    ("universal_year", "on_date on for_date today target_date date", {"": "2026-11-22"}, {}, 1),
    ("expression", "full_name birth_name name text word first_name", {"": "Ann Lee"}, {}, 6),
    ("chaldean_compound", "current_name short_name known_as", {"": "Ann"}, NAME, 11),
    ("minor_destiny", "current_name short_name known_as", {"": "Ann"}, NAME, 11),
    ("maturity", "expression destiny", {"": 6}, {"life_path": 11}, 8),
    ("bridge_life_path_expression", "expression destiny", {"": 6}, {"life_path": 11}, 4),
    ("bridge_heart_personality", "soul_urge hearts_desire", {"": 9}, {"personality": 11}, 7),
    ("birthday", "birth_day day", {"": 22}, {}, 22),
    ("driver", "birth_day day", {"": 22}, {}, 4),
    ("rational_thought", "birth_day day", {"": 22}, NAME, 6),
    ("attitude", "birth_month month", {"": 11}, {"day": 22}, 6),
    ("personal_year", "on_year year", {"": 2026}, BORN, 7),
    ("personal_month", "on_month month", {"": 11}, {"personal_year": 7}, 9),
    ("personal_day", "on_day day", {"": 22}, {"personal_month": 9}, 4),
    ("universal_month", "on_month month", {"": 11}, {"universal_year": 1}, 3),
    ("universal_month", "on_month month", {"": 11}, {"year": 2026}, 3),
    ("challenges", "birth_month month", {"": 2}, {"day": 4, "year": 5}, [2, 1, 1, 3]),
    ("challenges", "birth_year year", {"": 5}, {"day": 4, "month": 2}, [2, 1, 1, 3]),
    ("kua", "solar_year lunar_year year birth_year", {"": 1990}, {"gender": "male"}, 1),
    ("kua", "gender sex", {"": "woman"}, {"year": 1990}, 5),
    ("compatibility_life_path", "a life_path_a first", {"": 1}, {"b": 5}, "natural"),
    ("compatibility_life_path", "b life_path_b second", {"": 5}, {"a": 1}, "natural"),
    ("rule", "topic rule", {"": "personal_year_runs"}, {}, "calendar_year"),
]


def test_numbers_are_asked_for_by_other_names_too() -> None:
    assert SYNONYMS == OTHER_NAMES


@pytest.mark.parametrize("name", OTHER_NAMES)
@pytest.mark.parametrize("spelled", ["{}", "{} number"])
def test_every_other_name_is_understood(name: str, spelled: str) -> None:
    given = {**BORN, **NAME, "on_date": "2026-11-22", "a": 1, "b": 5}
    mismatch = mismatch_of({"number": spelled.format(name), "input": given, "expected": "nothing"})
    assert mismatch is not None
    assert "expected" in mismatch.sentence


@pytest.mark.parametrize(("number", "keys", "given", "others", "expected"), KEYS)
def test_inputs_have_these_keys(
    number: str, keys: str, given: dict[str, Any], others: dict[str, Any], expected: object
) -> None:
    for key in keys.split():
        vector = {"number": number, "input": {**others, key: given[""]}, "expected": expected}
        assert mismatch_of(vector) is None, key
    without = {"number": number, "input": others, "expected": expected}
    assert mismatch_of(without) is not None


@pytest.mark.parametrize(
    ("number", "given", "sentence"),
    [
        ("life_path", {}, "The input of life_path needs birth_date."),
        ("life_path", {"birth_year": 1985, "birth_day": 22}, "The input of life_path needs birth_date."),
        ("universal_day", {"year": 2026, "month": 11}, "The input of universal_day needs on_date."),
        ("personal_month", {**BORN, "on_year": 2026}, "The input of personal_month needs on_date."),
        ("universal_month", {"on_year": 2026}, "The input of universal_month needs on_date."),
        ("life_path", {"year": 1985, "month": 11}, "The input of life_path needs birth_date."),
        ("life_path", {"month": 11, "day": 22}, "The input of life_path needs birth_date."),
        ("universal_day", {"year": 2026, "day": 22}, "The input of universal_day needs on_date."),
        ("universal_day", {"month": 11, "day": 22}, "The input of universal_day needs on_date."),
        ("universal_month", {"on_month": 11}, "The input of universal_month needs on_date."),
        ("universal_year", {}, "The input of universal_year needs on_date."),
        ("personal_year", BORN, "The input of personal_year needs on_date."),
        ("personal_year", {"birth_day": 22, "on_year": 2026}, "The input of personal_year needs birth_date."),
        ("personal_year", {"birth_month": 11, "on_year": 2026}, "The input of personal_year needs birth_date."),
        ("birthday", {}, "The input of birthday needs birth_date."),
        ("driver", {}, "The input of driver needs birth_date."),
        ("rational_thought", NAME, "The input of rational_thought needs birth_date."),
        ("attitude", {"month": 11}, "The input of attitude needs birth_date."),
        ("attitude", {"day": 22}, "The input of attitude needs birth_date."),
        ("life_path", {"dob": "22.11."}, "birth_date must be a calendar date like 1990-05-15, not '22.11.'."),
        ("universal_day", {"on": "x"}, "on_date must be a calendar date like 1990-05-15, not 'x'."),
        ("kua", {**BORN, "gender": "x"}, "The gender 'x' is not known."),
        ("personal_month", {"personal_year": "x", "month": 1}, "personal_year must be a whole number, not 'x'."),
        ("pinnacle_5", BORN, "There are 4 numbers of the kind pinnacle, not 5."),
        ("rule", {"topic": "x"}, "No rule is known by the topic 'x'."),
        ("no_such", BORN, "No number is known by the name 'no_such'."),
    ],
)
def test_what_cannot_be_asked(number: str, given: dict[str, Any], sentence: str) -> None:
    mismatch = mismatch_of({"number": number, "input": given, "expected": 1})
    assert mismatch is not None
    assert mismatch.sentence == sentence


def test_a_vector_names_a_number_and_gives_an_input() -> None:
    for vector in ({"input": BORN, "expected": 1}, {"number": "life_path", "input": 1, "expected": 1}):
        mismatch = mismatch_of(vector)
        assert mismatch is not None
        assert mismatch.sentence == "A vector needs the name of a number and an input."


def test_a_difference_of_equals_has_no_bars() -> None:
    differences = [each.number.calculation for each in challenges(date(1910, 11, 12))]
    assert differences == ["|2 - 3| = 1", "3 - 2 = 1", "1 - 1 = 0", "2 - 2 = 0"]
