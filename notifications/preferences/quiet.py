"""Quiet hours, as pure functions: wall times of a zone on one side, moments in UTC on the other.

A window is half-open: it begins with ``start`` and is over at ``end``. One that ends before it starts ends on the next
day and belongs to the day that it starts on: Monday 22:00-06:00 holds Tuesday 05:59, and neither Monday 02:00 nor
Tuesday 23:00. A start that the clock shows twice is the first of the two, an end the second; one that the clock skips
is as much later as it skipped.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

DAY = timedelta(days=1)
# A zone that crossed the date line skipped a day, so that a window which began two days ago may hold now.
LOOKS_BACK = 2


@dataclass(frozen=True, slots=True)
class Window:
    """From ``start`` to ``end`` by the wall clock, on the weekdays that it begins on: Monday is 0. They are unlike."""

    days: Collection[int]
    start: time
    end: time


def zone_of(name: str) -> ZoneInfo | None:
    """The IANA zone of that name, or None if there is none. A name that is a path is none either."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def quiet_until(window: Window, zone: ZoneInfo, at: datetime) -> datetime | None:
    """When the quiet that ``at`` (aware) lies in ends, in UTC and later than ``at``; None if it lies in none."""
    moment = at.astimezone(UTC)
    today = at.astimezone(zone).date()
    ends = [
        end
        for day in (today - back * DAY for back in range(LOOKS_BACK + 1))
        if day.weekday() in window.days
        for start, end in (_span(window, zone, day),)
        if start <= moment < end
    ]
    return max(ends, default=None)


def _span(window: Window, zone: ZoneInfo, day: date) -> tuple[datetime, datetime]:
    """When the window that begins on ``day`` begins and ends, in UTC; empty if the clock skipped all of it."""
    last = day if window.end > window.start else day + DAY
    start = datetime.combine(day, window.start, zone).astimezone(UTC)
    end = datetime.combine(last, window.end, zone)
    # Of a time that is shown twice fold=1 is the later; of one that is skipped fold=0 is.
    return start, max(end.replace(fold=fold).astimezone(UTC) for fold in (0, 1))
