"""Stretches of the calendar: weeks from Monday to Sunday, months and years."""

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

DAY = timedelta(days=1)
SUNDAY = timedelta(days=6)


@dataclass(frozen=True, slots=True)
class Span:
    """From ``first`` to ``last``, both days included."""

    first: date
    last: date

    @property
    def days(self) -> tuple[date, ...]:
        return tuple(self.first + DAY * ahead for ahead in range((self.last - self.first).days + 1))

    def distance(self, day: date) -> int:
        """How many days ``day`` is away from the nearest day of the span; 0 within it."""
        return max((self.first - day).days, (day - self.last).days, 0)

    def weeks(self) -> Iterator["Span"]:
        """The weeks that it touches, cut off at its ends."""
        day = self.first
        while day <= self.last:
            end = min(day + DAY * (7 - day.isoweekday()), self.last)
            yield Span(day, end)
            day = end + DAY


def day_of(day: date) -> Span:
    return Span(day, day)


def week_of(day: date) -> Span:
    """The ISO week. Raises OverflowError in the last days of the year 9999."""
    monday = day - DAY * day.weekday()
    return Span(monday, monday + SUNDAY)


def month_of(day: date) -> Span:
    return Span(day.replace(day=1), day.replace(day=monthrange(day.year, day.month)[1]))


def year_of(day: date) -> Span:
    return Span(date(day.year, 1, 1), date(day.year, 12, 31))


def birthday_in(year: int, birth_date: date) -> date:
    """The day of ``year`` on which somebody grows older: 1 March for 29 February in common years."""
    try:
        return birth_date.replace(year=year)
    except ValueError:
        return date(year, 3, 1)
