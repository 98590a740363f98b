"""When a person may be disturbed: not while everything is muted, and not in quiet hours."""

from datetime import datetime
from zoneinfo import ZoneInfo

from notifications.preferences.quiet import Window, quiet_until, zone_of
from notifications.preferences.wishes import Hours

# Where the clock skips the only minutes that are not quiet, one window follows upon the other; never many of them.
WINDOWS_IN_A_ROW = 8


def opens_at(hours: Hours | None, own_zone: str, at: datetime) -> datetime | None:
    """The first moment from ``at`` on at which the person may be disturbed; None if that is ``at`` itself.

    ``own_zone`` is where the clock is that counts unless the schedule names another; what is no zone counts as UTC.
    """
    if hours is None:
        return None
    moment = max(at, hours.muted_until) if hours.muted_until else at
    window = _window(hours)
    if window is not None:
        zone = zone_of(hours.timezone or own_zone) or ZoneInfo("UTC")
        for _ in range(WINDOWS_IN_A_ROW):
            moment = quiet_until(window, zone, moment) or moment
    return moment if moment > at else None


def _window(hours: Hours) -> Window | None:
    if not hours.is_quiet or hours.start is None or hours.end is None:
        return None
    return Window(hours.days, hours.start, hours.end)
