"""How far from today a person may read."""

from datetime import date

from accounts.models import User
from numerology.errors import ReadingDateOutOfRange
from numerology.readings.periods.spans import Span
from payments import entitlements

DAYS = "reading_days_from_today"


def require_within_reach(user: User, span: Span, *, birth_date: date, today: date) -> None:
    """Raises ReadingDateOutOfRange for what ends before birth or is farther from today than any plan grants, and
    PlanLimitReached for what is farther than the person's own does. The nearest day of ``span`` counts."""
    distance, furthest = span.distance(today), entitlements.most(DAYS)
    if span.last < birth_date or (furthest is not None and distance > furthest):
        raise ReadingDateOutOfRange(field="date")
    entitlements.require_within(user, DAYS, used=distance - 1)
