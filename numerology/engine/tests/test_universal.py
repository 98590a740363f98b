from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from numerology.engine.errors import OnDateOutOfRangeError
from numerology.engine.from_date.universal_day import universal_day
from numerology.engine.from_date.universal_month import universal_month
from numerology.engine.from_date.universal_year import universal_year
from numerology.engine.options import MasterPolicy
from numerology.engine.reduction import root
from numerology.engine.result import Position

DATES = st.dates(min_value=date(1000, 1, 1), max_value=date(9999, 12, 31))
KEEP = MasterPolicy.KEEP


def test_universal_year() -> None:
    number = universal_year(date(2008, 6, 1))
    assert (number.value, number.chain, number.calculation) == (1, (2008, 10, 1), "2008 = 10 = 1")
    assert (number.position, number.method) == (Position.UNIVERSAL_YEAR, "no_master")
    kept = universal_year(date(2009, 6, 1), masters=KEEP)
    assert (kept.value, kept.root, kept.method) == (11, 2, "keep_master")


def test_universal_month() -> None:
    number = universal_month(7, 11)
    assert (number.value, number.calculation, number.position) == (9, "7 + 11 = 18 = 9", Position.UNIVERSAL_MONTH)
    assert [part.label for part in number.components] == ["universal_year", "month"]
    assert (universal_month(5, 6).value, universal_month(5, 6, masters=KEEP).value) == (2, 11)


def test_universal_day() -> None:
    number = universal_day(date(2017, 11, 8))
    assert (number.value, number.calculation) == (2, "11 + 8 + 2017 = 2036 = 11 = 2")
    assert number.position is Position.UNIVERSAL_DAY
    kept = universal_day(date(2017, 11, 8), masters=KEEP)
    assert (kept.value, kept.root, kept.chain) == (11, 2, (2036, 11))


@given(on=DATES)
def test_universal_numbers_are_one_digit_of_the_same_sum(on: date) -> None:
    year = universal_year(on)
    month = universal_month(year.chain[-1], on.month)
    assert universal_day(on).value == root(month.chain[-1] + on.day)
    assert universal_day(on, masters=KEEP).root == universal_day(on).value
    assert universal_year(on, masters=KEEP).root == year.value == root(on.year)


def test_years_need_four_digits() -> None:
    for calculate in (universal_day, universal_year):
        with pytest.raises(OnDateOutOfRangeError):
            calculate(date(999, 12, 31))


def test_the_parts_are_named() -> None:
    assert [part.label for part in universal_year(date(2017, 11, 8)).components] == ["year"]
    assert [part.label for part in universal_day(date(2017, 11, 8)).components] == ["month", "day", "year"]
