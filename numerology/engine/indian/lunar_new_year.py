"""The day of the Chinese lunar new year, 1900 to 2100."""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache
from string import ascii_lowercase, digits

FIRST_YEAR = 1900
# One character a year: the days after 20 January, 0-9 and then a-z. Worked out from new moons and the sun's
# longitude at Beijing (local mean time before 1929, UTC+8 since).
_DAYS = (
    "buj9rf5od2lath6pe3mcvj8rg4od3lash6pf4mbuj7qg5od2l9sh7pe4nbtj8qg5od1k"
    "ash7qe3mbti8rg5odvk9sh7qf3lbui8rg4nc2k9ti6pe3lbuj8rg5nc2l9sh6oe3mbuj"
    "8qf4nc2lash6pd3mcuj8qf4nd1k9sg6pe3mbui7qg4nd2k9sh6pe4lati7qg5nc1k"
)
_EARLIEST = (1, 20)
_LATEST = (2, 22)


@lru_cache(maxsize=512)
def lunar_new_year(year: int) -> date | None:
    """The first day of the lunar year that begins in `year`, or None outside the table."""
    if not 0 <= year - FIRST_YEAR < len(_DAYS):
        return None
    return date(year, 1, 20) + timedelta(days=(digits + ascii_lowercase).index(_DAYS[year - FIRST_YEAR]))


def lunar_year(day: date) -> int | None:
    """The lunar year `day` belongs to. None where the table ends and the day is too near the turn to tell."""
    first = lunar_new_year(day.year)
    if first is not None:
        return day.year if day >= first else day.year - 1
    if (day.month, day.day) < _EARLIEST:
        return day.year - 1
    return day.year if (day.month, day.day) > _LATEST else None
