from __future__ import annotations

import dataclasses
import json
from datetime import date
from hashlib import sha256

import pytest

from numerology.engine import VERSION, Chart, EngineError, Options, Position, chart, personal_cycle
from numerology.engine.errors import InvalidNameError, NameWithoutLettersError, UnknownSystemError
from numerology.engine.options import (
    CalculationSystem,
    LetterMarks,
    LifePathMethod,
    MasterPolicy,
    MaturityMethod,
    NameMethod,
    ParticlePolicy,
    PersonalYearMethod,
    SharedLastName,
    UmlautPolicy,
    VowelRule,
)


def hancock(system: CalculationSystem | str = "pythagorean", options: Options | None = None) -> Chart:
    return chart(
        name="Thomas John Hancock",
        birth_date=date(1949, 5, 10),
        on_date=date(2026, 11, 20),
        system=system,
        options=options or Options(),
    )


def test_all_numbers_of_a_chart() -> None:
    values = {number.position.value: number.value for number in hancock().numbers}
    assert values == {
        "life_path": 11,
        "destiny": 7,
        "soul_urge": 2,
        "personality": 5,
        "attitude": 6,
        "maturity": 9,
        "balance": 2,
        "birthday": 1,
        "personal_year": 7,
        "personal_month": 9,
        "personal_day": 2,
    }


def test_the_system_changes_the_numbers_of_the_name_only() -> None:
    pythagorean, chaldean = hancock(), hancock("chaldean")
    assert chaldean.system is CalculationSystem.CHALDEAN
    assert chaldean.destiny.chain == (68, 14, 5)
    assert chaldean.maturity.calculation == "11 + 5 = 16 = 7"
    for position in ("life_path", "attitude", "birthday", "personal_year", "personal_month", "personal_day"):
        assert getattr(chaldean, position) == getattr(pythagorean, position)


def test_options_reach_the_calculators() -> None:
    options = Options(
        life_path=LifePathMethod.ALL_DIGITS_NO_MASTER,
        attitude_masters=MasterPolicy.KEEP,
        name_method=NameMethod.ALL_LETTERS,
        name_masters=MasterPolicy.REDUCE,
        vowels=VowelRule.NEVER,
        maturity=MaturityMethod.ROOTS,
        personal_year=PersonalYearMethod.BIRTHDAY,
        personal_masters=MasterPolicy.KEEP,
        umlauts=UmlautPolicy.EXPANDED,
        particles=ParticlePolicy.JOIN,
    )
    result = chart(name="Jörg van Roy", birth_date=date(1985, 12, 10), on_date=date(2026, 11, 20), options=options)
    assert result.name.words == ("JOERG", "VANROY")
    assert result.life_path.method == "all_digits_no_master"
    assert (result.attitude.value, result.attitude.method) == (22, "keep_master")
    assert result.soul_urge.method == "all_letters+no_master+y_never_vowel"
    assert result.maturity.method == "sum_of_roots"
    assert result.personal_year.components[2].total == 2025
    assert result.personal_month.method == "keep_master"
    changed = {name: value for name, value in options.to_dict().items() if value != Options().to_dict()[name]}
    assert changed == {
        "life_path": "all_digits_no_master",
        "attitude_masters": "keep_master",
        "name_method": "all_letters",
        "name_masters": "no_master",
        "vowels": "y_never_vowel",
        "maturity": "sum_of_roots",
        "personal_year": "birthday_to_birthday",
        "personal_masters": "keep_master",
        "umlauts": "expanded",
        "particles": "join",
    }


def test_every_option_is_reported() -> None:
    assert set(Options().to_dict()) == {field.name for field in dataclasses.fields(Options)}


def test_to_dict_survives_json() -> None:
    content = hancock().to_dict()
    assert json.loads(json.dumps(content)) == content
    assert content["birth_date"] == "1949-05-10"
    assert content["on_date"] == "2026-11-20"
    assert content["system"] == "pythagorean"
    assert content["karmic_debts"] == [{"number": 14, "where": "personality", "chain": [14, 5]}]
    assert content["destiny"] == {
        "value": 7,
        "root": 7,
        "chain": [25, 7],
        "calculation": "22 + 2 + 1 = 25 = 7",
        "components": [
            {
                "label": "THOMAS",
                "total": 22,
                "value": 22,
                "chain": [22],
                "letters": [["T", 2], ["H", 8], ["O", 6], ["M", 4], ["A", 1], ["S", 1]],
            },
            {
                "label": "JOHN",
                "total": 20,
                "value": 2,
                "chain": [20, 2],
                "letters": [["J", 1], ["O", 6], ["H", 8], ["N", 5]],
            },
            {
                "label": "HANCOCK",
                "total": 28,
                "value": 1,
                "chain": [28, 10, 1],
                "letters": [["H", 8], ["A", 1], ["N", 5], ["C", 3], ["O", 6], ["C", 3], ["K", 2]],
            },
        ],
        "method": "per_name+keep_master",
        "karmic_debt": None,
        "reason": None,
        "alternatives": [],
    }


def test_a_chart_cannot_be_changed() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        hancock().life_path = hancock().destiny  # type: ignore[misc]


@pytest.mark.parametrize("system", ["xyz", "", "PYTHAGOREAN", None, 5])
def test_an_unknown_system_is_an_engine_error(system: object) -> None:
    with pytest.raises(UnknownSystemError) as caught:
        hancock(system)  # type: ignore[arg-type]
    assert isinstance(caught.value, EngineError)
    assert (caught.value.code, caught.value.field) == ("system_unknown", "system")
    assert caught.value.message == str(caught.value)


def test_the_cycle_alone_needs_no_name() -> None:
    cycle = personal_cycle(date(1949, 5, 10), date(2026, 11, 20))
    full = hancock()
    assert (cycle.year, cycle.month, cycle.day) == (full.personal_year, full.personal_month, full.personal_day)


def test_minor_numbers_need_the_name_of_today() -> None:
    plain = hancock()
    assert (plain.minor_destiny, plain.minor_soul_urge, plain.minor_personality, plain.current_name) == (None,) * 4
    assert plain.to_dict()["minor_destiny"] is plain.to_dict()["current_name"] is None
    known = chart(
        name="Thomas Cruise Mapother",
        birth_date=date(1962, 7, 3),
        on_date=date(2026, 11, 20),
        current_name="Tom Cruise",
    )
    assert known.minor_destiny is not None
    assert known.minor_soul_urge is not None
    assert known.minor_personality is not None
    assert known.minor_destiny.calculation == "3 + 3 = 6"
    assert known.minor_destiny.position is Position.MINOR_DESTINY
    assert (known.minor_soul_urge.value, known.minor_soul_urge.position) == (5, Position.MINOR_SOUL_URGE)
    assert (known.minor_personality.value, known.minor_personality.position) == (1, Position.MINOR_PERSONALITY)
    assert known.to_dict()["current_name"]["words"] == ["TOM", "CRUISE"]
    # The Chaldean name is that of today, every other number that of birth.
    assert known.chaldean_name.calculation == "15 + 20 = 35 = 8"
    assert plain.chaldean_name.compound == 68
    assert known.destiny.value == 4


def test_a_latin_name_is_calculated_and_the_original_kept() -> None:
    given = chart(name="李明", latin_name="Li Ming", birth_date=date(1990, 5, 1), on_date=date(2026, 1, 1))
    assert (given.name.original, given.name.words) == ("李明", ("LI", "MING"))
    assert given.name.steps == ("latin_name_given",)
    for field, names in (
        ("latin_name", {"name": "李明", "latin_name": "123"}),
        ("current_name", {"name": "Li", "current_name": " "}),
        ("name", {"name": "", "current_name": "Li"}),
    ):
        with pytest.raises(NameWithoutLettersError) as caught:
            chart(**names, birth_date=date(1990, 5, 1), on_date=date(2026, 1, 1))  # type: ignore[arg-type]
        assert caught.value.field == field
    for latin_name in ("Li", None):
        with pytest.raises(InvalidNameError):
            chart(name=None, latin_name=latin_name, birth_date=date(1990, 5, 1), on_date=date(2026, 1, 1))  # type: ignore[arg-type]


def test_equal_inputs_give_equal_bytes() -> None:
    first, second = hancock(), hancock()
    assert first == second
    assert first.to_json() == second.to_json()
    assert first.content_hash == second.content_hash == sha256(first.to_json()).hexdigest()
    assert json.loads(first.to_json()) == first.to_dict()
    assert first.to_json() == json.dumps(first.to_dict(), sort_keys=True, separators=(",", ":")).encode()
    assert b'"engine_version":%d,' % VERSION in first.to_json()


@pytest.mark.parametrize(
    "changed",
    [
        {"name": "Thomas John Hancocks"},
        {"name": "Thomas John  Hancock"},
        {"birth_date": date(1949, 5, 11)},
        {"on_date": date(2026, 11, 21)},
        {"system": "chaldean"},
        {"current_name": "Tom Hancock"},
        {"latin_name": "Thomas John Hancock"},
        {"options": Options(umlauts=UmlautPolicy.EXPANDED)},
    ],
    ids="-".join,
)
def test_every_input_is_part_of_the_hash(changed: dict[str, object]) -> None:
    given: dict[str, object] = {
        "name": "Thomas John Hancock",
        "birth_date": date(1949, 5, 10),
        "on_date": date(2026, 11, 20),
    }
    assert chart(**(given | changed)).content_hash != hancock().content_hash  # type: ignore[arg-type]


def test_names_in_any_encoding_have_a_hash() -> None:
    lone = chart(name="Ann\ud800", birth_date=date(1990, 5, 1), on_date=date(2026, 1, 1))
    assert lone.name.words == ("ANN",)
    assert len(lone.content_hash) == 64


def test_the_dictionary_is_flat_and_complete() -> None:
    content = hancock().to_dict()
    assert list(content)[:8] == [
        "engine_version",
        "name",
        "current_name",
        "birth_date",
        "on_date",
        "age",
        "system",
        "options",
    ]
    assert set(content) - set(list(content)[:8]) == {
        *("life_path", "destiny", "soul_urge", "personality", "attitude", "maturity", "balance", "birthday"),
        *("minor_destiny", "minor_soul_urge", "minor_personality", "hidden_passion", "karmic_lessons", "karmic_debts"),
        *("subconscious_self", "cornerstone", "capstone", "keystone", "first_vowel", "rational_thought", "bridges"),
        *("planes", "period_cycles", "pinnacles", "challenges", "personal_year", "personal_month", "personal_day"),
        *("universal_year", "universal_month", "universal_day", "transits", "essence", "driver", "conductor", "kua"),
        *("lo_shu", "arrows", "chaldean_name", "psychomatrix"),
    }
    assert content["age"] == 77
    assert [each["number"]["value"] for each in content["pinnacles"]] == [6, 6, 3, 1]
    assert content["kua"]["numbers"][0]["gender"] == "male"


def test_digits_planes_and_transits_stay_pythagorean() -> None:
    pythagorean, chaldean = hancock(), hancock("chaldean")
    for field in ("hidden_passion", "karmic_lessons", "subconscious_self", "planes", "transits", "essence"):
        assert getattr(chaldean, field) == getattr(pythagorean, field)
    assert chaldean.cornerstone.value == 4
    assert chaldean.chaldean_name == pythagorean.chaldean_name
    assert chaldean.essence_timeline() == pythagorean.essence_timeline()


def test_the_timeline_follows_the_options() -> None:
    spans = hancock().essence_timeline(last_age=2)
    assert [(span.from_age, span.to_age, span.letters) for span in spans] == [
        (0, 0, "TJH"),
        (1, 1, "TOH"),
        (2, 2, "HOH"),
    ]
    two = chart(
        name="Ann Lee",
        birth_date=date(1990, 5, 1),
        on_date=date(2026, 1, 1),
        options=Options(essence_last_name=SharedLastName.TWICE),
    )
    assert two.essence_timeline(last_age=0)[0].chain == (7,)
    assert two.essence.method == "last_name_twice"


def test_marks_of_the_person_reach_the_numbers() -> None:
    options = Options(letter_marks=LetterMarks.OBEYED)
    found = chart(name="Amy Low*ell", birth_date=date(1990, 5, 1), on_date=date(2026, 1, 1), options=options)
    assert found.soul_urge.components[1].letters[1].character == "W"
    assert found.minor_destiny is None


def test_before_birth_a_chart_has_no_essence() -> None:
    found = chart(name="Ann Lee", birth_date=date(2026, 5, 1), on_date=date(2026, 1, 1))
    assert (found.age, found.essence.value, found.transits.physical) == (-1, None, None)
