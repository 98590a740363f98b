"""Days in a row and shares, from the days on which a remedy was practised. Pure functions of dates."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Progress:
    """``current_streak`` and ``longest_streak`` are days in a row; ``completion_rate`` is a share of 0 to 1 of the
    ``days`` looked at."""

    current_streak: int
    longest_streak: int
    completed: int
    days: int

    @property
    def completion_rate(self) -> float:
        return round(self.completed / self.days, 3) if self.days else 0.0


def progress(done: Collection[date], *, first: date, last: date, today: date) -> Progress:
    """Of the days from ``first`` to ``last``; streaks look at all of ``done``."""
    days = max((last - first).days + 1, 0)
    return Progress(
        current_streak=current_streak(done, today),
        longest_streak=longest_streak(done),
        completed=sum(first <= day <= last for day in set(done)),
        days=days,
    )


def current_streak(done: Collection[date], today: date) -> int:
    """Days in a row until today, or until yesterday while today is still open."""
    days = set(done)
    day = today if today in days else today - DAY
    streak = 0
    while day in days:
        streak += 1
        day -= DAY
    return streak


def longest_streak(done: Collection[date]) -> int:
    longest = run = 0
    before: date | None = None
    for day in sorted(set(done)):
        run = run + 1 if before is not None and day - before == DAY else 1
        longest, before = max(longest, run), day
    return longest
