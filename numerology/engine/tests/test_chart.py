from __future__ import annotations

import dataclasses
import json
from datetime import date

import pytest

from numerology.engine import Chart, EngineError, Options, chart, personal_cycle
from numerology.engine.errors import UnknownSystemError
from numerology.engine.options import (
    CalculationSystem,
    LifePathMethod,
    MasterPolicy,
    MaturityMethod,
    NameMethod,
    ParticlePolicy,
    PersonalYearMethod,
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
