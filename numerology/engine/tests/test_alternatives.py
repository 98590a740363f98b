"""Every result lists what other methods give: no more than the options say, and no less."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from enum import StrEnum
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from numerology.engine import MAINSTREAM, Chart, Options, chart
from numerology.engine.options import (
    ChaldeanCompound,
    KuaYear,
    LifePathMethod,
    MasterPolicy,
    MaturityMethod,
    NameMethod,
    PersonalYearMethod,
    PinnacleMethod,
    SharedLastName,
    VowelRule,
)
from numerology.engine.result import Alternative

NAMES = st.sampled_from(
    [
        "Thomas Cruise Mapother",
        "Amy Lowell",
        "Carolyn Sylvia Young",
        "Lynn",
        "Ann Lee",
        "Aoi",
        "Ray Ng",
        "Wyatt Bo Yves",
    ]
)
DATES = st.dates(min_value=date(1000, 1, 1), max_value=date(9999, 12, 31))
CENTURY = st.dates(min_value=date(1920, 1, 1), max_value=date(2030, 12, 31))
TODAY = date(2026, 11, 20)

# For every field, the options on which its number depends, each with its methods.
POINTS: dict[str, dict[str, type[StrEnum]]] = {
    "life_path": {"life_path": LifePathMethod},
    "attitude": {"attitude_masters": MasterPolicy},
    "maturity": {"maturity": MaturityMethod},
    "destiny": {"name_method": NameMethod, "name_masters": MasterPolicy},
    "soul_urge": {"name_method": NameMethod, "name_masters": MasterPolicy, "vowels": VowelRule},
    "personality": {"name_method": NameMethod, "name_masters": MasterPolicy, "vowels": VowelRule},
    "first_vowel": {"vowels": VowelRule},
    "personal_year": {"personal_year": PersonalYearMethod, "personal_masters": MasterPolicy},
    "universal_year": {"universal_masters": MasterPolicy},
    "universal_day": {"universal_masters": MasterPolicy},
    "driver": {"indian_masters": MasterPolicy},
    "conductor": {"indian_masters": MasterPolicy},
    "essence": {"essence_last_name": SharedLastName},
    "chaldean_name": {"chaldean_compound": ChaldeanCompound, "chaldean_masters": MasterPolicy},
}


def of(name: str, born: date, options: Options = MAINSTREAM, system: str = "pythagorean") -> Chart:
    return chart(name=name, birth_date=born, on_date=TODAY, options=options, system=system)


def others_of(name: str, born: date, field: str, options: Options) -> Iterator[Any]:
    for option, methods in POINTS[field].items():
        for method in methods:
            changed: dict[str, Any] = {option: method}
            yield getattr(of(name, born, replace(options, **changed)), field)


def shown(number: Any) -> tuple[Any, ...]:
    if hasattr(number, "compound"):
        return (number.method, number.compound, number.value, number.root)
    return (number.method, number.value, number.root)


@settings(max_examples=25)
@pytest.mark.parametrize("field", list(POINTS))
@given(name=NAMES, born=CENTURY)
def test_alternatives_are_what_the_other_methods_give(field: str, name: str, born: date) -> None:
    # The system's own way of adding names, said aloud so that single points of it can be changed.
    options = Options(name_method=NameMethod.PER_NAME, name_masters=MasterPolicy.KEEP)
    number = getattr(of(name, born, options), field)
    expected = {
        shown(other) for other in others_of(name, born, field, options) if shown(other)[1:] != shown(number)[1:]
    }
    found = [shown(each) for each in number.alternatives]
    assert len(set(found)) == len(found)
    if field == "first_vowel":
        # Another letter of the same value is another vowel as well.
        assert expected <= set(found)
    else:
        assert set(found) == expected


@given(born=DATES)
def test_pinnacles_and_challenges_list_the_other_treatment_of_masters(born: date) -> None:
    chosen = of("Ann", born)
    other = of("Ann", born, Options(pinnacles=PinnacleMethod.ROOTS, challenge_masters=MasterPolicy.KEEP))
    pairs: list[tuple[Any, Any]] = [
        *zip(chosen.pinnacles, other.pinnacles, strict=True),
        *zip(chosen.challenges, other.challenges, strict=True),
    ]
    for one, two in pairs:
        for number, against in ((one.number, two.number), (two.number, one.number)):
            expected = (
                () if number.value == against.value else (Alternative(against.method, against.value, against.root),)
            )
            assert number.alternatives == expected


@settings(max_examples=40)
@given(born=st.dates(min_value=date(1890, 1, 1), max_value=date(2110, 12, 31)))
def test_kua_lists_the_other_beginnings_of_the_year(born: date) -> None:
    for year_starts in KuaYear:
        chosen = of("Ann", born, Options(kua_year=year_starts)).kua
        assert len(chosen.numbers) == 2
        for number in chosen.numbers:
            expected = []
            for other_start in KuaYear:
                other = of("Ann", born, Options(kua_year=other_start, gender=number.gender)).kua
                if other.solar_year != chosen.solar_year:
                    value = other.numbers[0].number.value
                    expected.append(Alternative(method=other_start, value=value, root=value))
            assert list(number.number.alternatives) == expected


def listed(number: Any) -> dict[str, int | None]:
    return {each.method: each.value for each in number.alternatives}


def test_alternatives_of_known_dates() -> None:
    twin = of("Ann Lee", date(1960, 12, 12)).life_path
    assert (twin.value, twin.karmic_debt) == (4, 13)
    assert listed(twin) == {"all_digits": 22, "whole_numbers": 22}
    master = of("Ann Lee", date(1970, 11, 12)).life_path
    assert master.value == 22
    assert listed(master) == {"component_no_master": 4, "all_digits_no_master": 4, "day_month_whole_year_digits": 4}
    assert {each.root for each in master.alternatives} == {4}
    found = of("Ann Lee", date(1992, 12, 29))
    assert listed(found.birthday) == {"no_master": 2}
    assert listed(found.driver) == {"keep_master": 11}
    assert listed(found.attitude) == {}
    assert listed(found.personal_year) == {"birthday_to_birthday+no_master": 5}
    assert listed(of("Ann Lee", date(1985, 12, 10)).attitude) == {"keep_master": 22}


def test_a_birth_in_january_has_two_solar_years() -> None:
    assert [listed(each.number) for each in of("Ann Lee", date(1990, 1, 30)).kua.numbers] == [
        {"lunar_new_year": 1, "calendar_year": 1},
        {"lunar_new_year": 5, "calendar_year": 5},
    ]
