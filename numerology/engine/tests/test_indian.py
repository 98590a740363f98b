"""Driver, conductor and Kua."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from numerology.engine.errors import BirthDateOutOfRangeError
from numerology.engine.from_date.life_path import life_path
from numerology.engine.indian.conductor import conductor
from numerology.engine.indian.driver import driver
from numerology.engine.indian.kua import kua, kua_number
from numerology.engine.indian.lunar_new_year import lunar_new_year, lunar_year
from numerology.engine.options import Gender, KuaYear, MasterPolicy
from numerology.engine.result import MissingReason, Position

DATES = st.dates(min_value=date(1000, 1, 1), max_value=date(9999, 12, 31))
LUNAR = KuaYear.LUNAR_NEW_YEAR


def test_driver() -> None:
    number = driver(date(1971, 4, 16))
    assert (number.value, number.chain, number.position) == (7, (16, 7), Position.DRIVER)
    assert (driver(date(1971, 4, 29)).chain, driver(date(1971, 4, 29), masters=MasterPolicy.KEEP).chain) == (
        (29, 11, 2),
        (29, 11),
    )
    assert driver(date(1971, 4, 29), masters=MasterPolicy.KEEP).root == 2


def test_conductor() -> None:
    number = conductor(date(1965, 7, 12))
    assert (number.value, number.calculation) == (4, "3 + 7 + 21 = 31 = 4")
    assert [part.chain for part in number.components] == [(12, 3), (7,), (1965, 21)]
    assert number.position is Position.CONDUCTOR
    kept = conductor(date(1961, 8, 4), masters=MasterPolicy.KEEP)
    assert (kept.value, kept.root, kept.method) == (11, 2, "keep_master")


@given(born=DATES)
def test_the_conductor_is_the_root_of_the_life_path(born: date) -> None:
    assert conductor(born).value == life_path(born).root
    assert driver(born).root == driver(born).value


@pytest.mark.parametrize(
    ("year", "gender", "expected", "direction", "group"),
    [
        (1976, Gender.MALE, 6, 6, "west"),
        (1959, Gender.FEMALE, 1, 1, "east"),
        (1959, Gender.MALE, 5, 2, "west"),
        (1964, Gender.FEMALE, 6, 6, "west"),
        (1990, Gender.FEMALE, 5, 8, "west"),
        (1990, Gender.MALE, 1, 1, "east"),
        (2009, Gender.MALE, 9, 9, "east"),
        (2003, Gender.MALE, 6, 6, "west"),
    ],
)
def test_kua_of_a_solar_year(year: int, gender: Gender, expected: int, direction: int, group: str) -> None:
    number = kua(date(year, 6, 1), gender=gender).of(gender)
    assert number is not None
    assert (number.number.value, number.direction, number.group) == (expected, direction, group)


def test_both_numbers_without_a_gender() -> None:
    both = kua(date(1976, 2, 1))
    assert [(each.gender, each.number.value) for each in both.numbers] == [("male", 7), ("female", 8)]
    assert (both.solar_year, both.near_boundary) == (1975, False)
    assert kua(date(1976, 2, 1), gender=Gender.MALE).of(Gender.FEMALE) is None


def test_the_calculation_is_shown() -> None:
    assert kua_number(1990, Gender.MALE).calculation == "11 - 1 = 10 = 1"
    assert kua_number(1966, Gender.FEMALE).calculation == "4 + 4 = 8"
    assert kua_number(1966, Gender.FEMALE).components[1].chain == (1966, 22, 4)


@pytest.mark.parametrize(
    ("day", "year", "near"),
    [
        (date(1990, 2, 2), 1989, False),
        (date(1990, 2, 3), 1989, True),
        (date(1990, 2, 4), 1990, True),
        (date(1990, 2, 5), 1990, True),
        (date(1990, 2, 6), 1990, False),
        (date(1990, 1, 4), 1989, False),
        (date(1990, 3, 4), 1990, False),
    ],
)
def test_births_near_the_turn_of_the_solar_year_are_marked(day: date, year: int, near: bool) -> None:
    result = kua(day)
    assert (result.solar_year, result.near_boundary) == (year, near)
    assert not kua(day, year_starts=LUNAR).near_boundary
    assert kua(day, year_starts=KuaYear.CALENDAR).solar_year == 1990


def test_lunar_new_year_moves_the_year() -> None:
    assert kua(date(1982, 1, 24), year_starts=LUNAR).solar_year == 1981
    assert kua(date(1982, 1, 25), year_starts=LUNAR).solar_year == 1982
    number = kua(date(1986, 6, 1), gender=Gender.MALE, year_starts=LUNAR).numbers[0]
    assert (number.number.value, number.number.method) == (5, "lunar_new_year")


@pytest.mark.parametrize(
    ("year", "first"),
    [
        (1900, date(1900, 1, 31)),
        (1906, date(1906, 1, 25)),
        (1949, date(1949, 1, 29)),
        (1985, date(1985, 2, 20)),
        (2000, date(2000, 2, 5)),
        (2024, date(2024, 2, 10)),
        (2025, date(2025, 1, 29)),
        (2026, date(2026, 2, 17)),
        (2033, date(2033, 1, 31)),
        (2034, date(2034, 2, 19)),
        (2100, date(2100, 2, 9)),
        (1899, None),
        (2101, None),
    ],
)
def test_first_day_of_the_lunar_year(year: int, first: date | None) -> None:
    assert lunar_new_year(year) == first


def test_lunar_years_last_twelve_or_thirteen_months() -> None:
    for year in range(1900, 2100):
        first, after = lunar_new_year(year), lunar_new_year(year + 1)
        assert first is not None
        assert after is not None
        assert (after - first).days in {353, 354, 355, 383, 384, 385}


def test_outside_the_table_the_year_is_known_away_from_the_turn_only() -> None:
    assert [lunar_year(date(1850, *day)) for day in ((1, 19), (1, 20), (2, 22), (2, 23))] == [1849, None, None, 1850]
    male = kua(date(1850, 2, 1), gender=Gender.MALE, year_starts=LUNAR).numbers[0]
    assert (male.number.value, male.number.reason, male.direction, male.group) == (
        None,
        MissingReason.YEAR_UNDECIDED,
        None,
        None,
    )
    assert male.to_dict()["number"]["calculation"] == ""


def test_kua_as_plain_values() -> None:
    told = kua(date(1959, 6, 1)).to_dict()
    assert (told["solar_year"], told["near_boundary"], told["year_starts"]) == (1959, False, "li_chun_feb_4")
    assert [(each["gender"], each["direction"], each["group"]) for each in told["numbers"]] == [
        ("male", 2, "west"),
        ("female", 1, "east"),
    ]


@given(born=DATES)
def test_the_two_numbers_of_a_year_belong_together(born: date) -> None:
    male, female = (each.number.value for each in kua(born).numbers)
    assert male is not None
    assert female is not None
    assert (male + female) % 9 == 6
    assert all(each.direction != 5 for each in kua(born).numbers)


def test_years_need_four_digits() -> None:
    for calculate in (conductor, driver, kua):
        with pytest.raises(BirthDateOutOfRangeError):
            calculate(date(999, 12, 31))


def test_the_parts_are_named() -> None:
    born = date(1965, 7, 12)
    assert [part.label for part in driver(born).components] == ["day"]
    assert [part.label for part in conductor(born).components] == ["day", "month", "year"]
    assert [part.label for part in kua_number(1965, Gender.MALE).components] == ["constant", "year"]
