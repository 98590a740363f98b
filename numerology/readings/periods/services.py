"""The readings of a week, a month and a year. They are computed each time, from the person, the period and the texts.

Nothing of them is stored: the same three give the same reading, and ``content_version`` says which texts they were.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

from accounts.models import User
from numerology.charts.services import birth_date_of, own, today_of, whole_chart
from numerology.errors import LatinNameRequired, NameRequired, NameWithoutLetters, ReadingDateOutOfRange
from numerology.readings.periods import monthly, weekly, yearly
from numerology.readings.periods.monthly import MonthlyReading
from numerology.readings.periods.spans import Span, month_of, week_of, year_of
from numerology.readings.periods.weekly import WeeklyReading
from numerology.readings.periods.yearly import YearlyReading
from numerology.readings.reach import require_within_reach
from payments import entitlements


def weekly_reading(*, user: User, on_date: date | None = None) -> WeeklyReading:
    """A person's reading for the week that ``on_date`` lies in, by default the one of their own today.

    Raises PlanRequired, BirthDateRequired, ReadingDateOutOfRange and PlanLimitReached, as the others do.
    """
    birth_date, span = _asked(user, on_date, week_of, feature="weekly_reading")
    return weekly.compose(person=user.pk, birth_date=birth_date, span=span)


def monthly_reading(*, user: User, on_date: date | None = None) -> MonthlyReading:
    """The same for a month."""
    birth_date, span = _asked(user, on_date, month_of, feature="monthly_reading")
    return monthly.compose(person=user.pk, birth_date=birth_date, span=span)


def yearly_reading(*, user: User, on_date: date | None = None) -> YearlyReading:
    """The same for a year. Without a name that can be counted it says nothing of the Essence."""
    birth_date, span = _asked(user, on_date, year_of, feature="yearly_reading")
    essence_at = _essence(user, span.last)
    return yearly.compose(person=user.pk, birth_date=birth_date, span=span, essence_at=essence_at)


def _asked(user: User, on_date: date | None, spanning: Callable[[date], Span], *, feature: str) -> tuple[date, Span]:
    entitlements.require(user, feature)
    birth_date, today = birth_date_of(user), today_of(user)
    try:
        span = spanning(on_date or today)
    except OverflowError:
        raise ReadingDateOutOfRange(field="date") from None
    require_within_reach(user, span, birth_date=birth_date, today=today)
    return birth_date, span


def _essence(user: User, last_day: date) -> Callable[[int], int | None]:
    try:
        chart = whole_chart(replace(own(user), today=last_day))
    except (NameRequired, NameWithoutLetters, LatinNameRequired):
        return lambda _: None
    spans = chart.essence_timeline(last_age=chart.age)
    return lambda age: next((each.value for each in spans if each.from_age <= age <= each.to_age), None)
