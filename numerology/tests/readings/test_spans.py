from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from numerology.readings.periods.spans import Span, birthday_in, day_of, month_of, week_of, year_of

DAYS = st.dates(date(1000, 1, 1), date(9999, 12, 20))


@given(DAYS)
def test_every_day_lies_in_its_periods(day: date) -> None:
    week, month, year = week_of(day), month_of(day), year_of(day)
    assert (week.first.isoweekday(), week.last.isoweekday(), len(week.days)) == (1, 7, 7)
    assert day in week.days
    assert (month.first.day, (month.last + timedelta(days=1)).day, month.first.month) == (1, 1, day.month)
    assert month.last.month == day.month
    assert (year.first, year.last) == (date(day.year, 1, 1), date(day.year, 12, 31))
    assert week.distance(day) == month.distance(day) == year.distance(day) == day_of(day).distance(day) == 0


@given(DAYS)
def test_the_weeks_of_a_month_are_all_of_its_days(day: date) -> None:
    month = month_of(day)
    weeks = list(month.weeks())
    assert [each for week in weeks for each in week.days] == list(month.days)
    assert all(week.first.isoweekday() == 1 for week in weeks[1:])
    assert all(week.last.isoweekday() == 7 for week in weeks[:-1])


def test_the_distance_is_that_of_the_nearest_day() -> None:
    span = Span(date(2026, 11, 16), date(2026, 11, 22))
    assert [span.distance(day) for day in (date(2026, 11, 13), date(2026, 11, 22), date(2026, 11, 25))] == [3, 0, 3]


def test_the_calendar_ends() -> None:
    with pytest.raises(OverflowError):
        week_of(date.max)
    assert month_of(date.max).last == date.max


@pytest.mark.parametrize(
    ("year", "born", "expected"),
    [
        (2026, date(1985, 3, 17), date(2026, 3, 17)),
        (2026, date(2000, 2, 29), date(2026, 3, 1)),
        (2028, date(2000, 2, 29), date(2028, 2, 29)),
    ],
)
def test_a_leap_day_has_its_birthday_in_march(year: int, born: date, expected: date) -> None:
    assert birthday_in(year, born) == expected
