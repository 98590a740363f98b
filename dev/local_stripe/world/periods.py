"""Calendar arithmetic of billing periods: always from the anchor, so that 31 January, 28 February, 31 March."""

import calendar
from datetime import UTC, datetime

from dev.local_stripe.world.storage import Document

MONTHS = {"month": 1, "year": 12}


def add_intervals(anchor: int, recurring: Document, count: int) -> int:
    """Unix time of the anchor plus `count` billing intervals, on the month's last day where it is too short."""
    start = datetime.fromtimestamp(anchor, UTC)
    steps = recurring["interval_count"] * count
    month = start.year * 12 + start.month - 1 + MONTHS[recurring["interval"]] * steps
    year, index = divmod(month, 12)
    day = min(start.day, calendar.monthrange(year, index + 1)[1])
    return int(start.replace(year=year, month=index + 1, day=day).timestamp())


def _count_until(anchor: int, recurring: Document, moment: int) -> int:
    """How many intervals after the anchor the first boundary later than the moment lies."""
    count = 1
    while add_intervals(anchor, recurring, count) <= moment:
        count += 1
    return count


def period_end(anchor: int, recurring: Document, moment: int) -> int:
    """End of the period that contains the moment."""
    return add_intervals(anchor, recurring, _count_until(anchor, recurring, moment))


def period_start(anchor: int, recurring: Document, moment: int) -> int:
    return add_intervals(anchor, recurring, _count_until(anchor, recurring, moment) - 1)
