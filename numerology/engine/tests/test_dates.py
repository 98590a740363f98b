from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from numerology.engine.errors import BirthDateOutOfRangeError, InvalidDateError, OnDateOutOfRangeError
from numerology.engine.from_date.attitude import attitude
from numerology.engine.from_date.birthday import birthday
from numerology.engine.from_date.life_path import life_path
from numerology.engine.from_date.personal_day import personal_day
from numerology.engine.from_date.personal_month import personal_month
from numerology.engine.from_date.personal_year import personal_year
from numerology.engine.options import LifePathMethod, MasterPolicy, PersonalYearMethod


def test_life_path_shows_how_it_came_about() -> None:
    number = life_path(date(1961, 8, 4))
    assert (number.value, number.root, number.chain, number.karmic_debt) == (2, 2, (20, 2), None)
    assert number.calculation == "8 + 4 + 8 = 20 = 2"
    assert [(part.label, part.total, part.value) for part in number.components] == [
        ("month", 8, 8),
        ("day", 4, 4),
        ("year", 1961, 8),
    ]
    assert number.components[2].chain == (1961, 17, 8)
    assert number.method == "components"


def test_a_master_keeps_its_root() -> None:
    number = life_path(date(1980, 9, 4))
    assert (number.value, number.root, number.chain) == (22, 4, (22,))


@pytest.mark.parametrize(
    ("method", "expected"),
    [
        (LifePathMethod.COMPONENTS, 4),
        (LifePathMethod.DAY_MONTH_WHOLE_YEAR_DIGITS, 22),
        (LifePathMethod.WHOLE_NUMBERS, 4),
        (LifePathMethod.ALL_DIGITS, 4),
    ],
)
def test_methods_of_the_life_path(method: LifePathMethod, expected: int) -> None:
    assert life_path(date(1901, 1, 10), method=method).value == expected


def test_digit_methods_show_the_digit_sums_as_components() -> None:
    number = life_path(date(1985, 6, 14), method=LifePathMethod.ALL_DIGITS)
    assert [part.chain for part in number.components] == [(6,), (14, 5), (1985, 23)]
    assert number.calculation == "6 + 5 + 23 = 34 = 7"


def test_life_path_debt_stands_in_the_chain_of_the_total() -> None:
    assert life_path(date(1962, 7, 3)).karmic_debt == 19
    assert life_path(date(1953, 11, 26)).chain == (28, 10, 1)
    assert life_path(date(1953, 11, 26)).karmic_debt is None


def test_birthday_keeps_the_raw_day() -> None:
    number = birthday(date(1990, 5, 29))
    assert (number.value, number.root, number.chain, number.calculation) == (11, 2, (29, 11), "29 = 11")
    assert birthday(date(1990, 5, 19)).karmic_debt == 19
    assert birthday(date(1990, 5, 28)).karmic_debt is None
    assert birthday(date(1990, 5, 4)).calculation == "4"


def test_attitude_ignores_the_year() -> None:
    assert {attitude(date(year, 4, 18)).value for year in range(1900, 2000)} == {4}
    assert attitude(date(2011, 4, 18), masters=MasterPolicy.KEEP).chain == (22,)


def test_personal_cycle_of_a_birth_on_a_leap_day() -> None:
    born = date(1996, 2, 29)
    by_birthday = PersonalYearMethod.BIRTHDAY
    assert personal_year(born, date(2023, 2, 28), method=by_birthday).components[2].total == 2022
    assert personal_year(born, date(2023, 3, 1), method=by_birthday).components[2].total == 2023
    assert personal_year(born, date(2024, 2, 28), method=by_birthday).components[2].total == 2023
    assert personal_year(born, date(2024, 2, 29), method=by_birthday).components[2].total == 2024
    assert personal_year(born, date(2023, 2, 28)).components[2].total == 2023


def test_personal_numbers_keep_masters_only_on_request() -> None:
    assert personal_year(date(1970, 1, 1), date(2025, 6, 1)).value == 2
    kept = personal_year(date(1970, 1, 1), date(2025, 6, 1), masters=MasterPolicy.KEEP)
    assert (kept.value, kept.root, kept.method) == (11, 2, "calendar_year+keep_master")
    assert personal_month(5, 6, masters=MasterPolicy.KEEP).value == 11
    assert personal_month(5, 6).value == 2
    assert personal_day(3, 8, masters=MasterPolicy.KEEP).value == 11
    assert personal_day(3, 8).calculation == "3 + 8 = 11 = 2"


def test_years_need_four_digits() -> None:
    with pytest.raises(BirthDateOutOfRangeError) as born:
        life_path(date(999, 12, 31))
    assert (born.value.code, born.value.field) == ("birth_date_out_of_range", "birth_date")
    with pytest.raises(OnDateOutOfRangeError) as on:
        personal_year(date(1990, 1, 1), date(999, 1, 1))
    assert (on.value.code, on.value.field) == ("on_date_out_of_range", "on_date")
    assert life_path(date(1000, 1, 1)).value == 3
    assert life_path(date(9999, 12, 31)).value == 7


@pytest.mark.parametrize("value", ["1990-05-15", None, 5, datetime(1990, 5, 15, tzinfo=UTC)])
def test_only_calendar_dates_are_accepted(value: object) -> None:
    with pytest.raises(InvalidDateError) as caught:
        life_path(value)  # type: ignore[arg-type]
    assert (caught.value.code, caught.value.field) == ("date_invalid", "birth_date")
    with pytest.raises(InvalidDateError) as on:
        personal_year(date(1990, 1, 1), value)  # type: ignore[arg-type]
    assert on.value.field == "on_date"
