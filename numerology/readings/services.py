from dataclasses import asdict
from datetime import date, timedelta
from typing import Any

from accounts.models import User
from numerai.common import clock
from numerology.charts.services import birth_date_of, today_of
from numerology.errors import ReadingDateOutOfRange
from numerology.readings.composition import compose
from numerology.readings.models import DailyReading
from numerology.readings.selectors import stored_reading
from payments import entitlements

FURTHEST_AHEAD = timedelta(days=366)


def daily_reading(*, user: User, on_date: date | None = None) -> DailyReading:
    """A person's reading for `on_date`, by default their own today.

    Made when first asked for and the same ever after; only a corrected date of birth has it made anew. Every plan
    includes today's reading, other dates need `reading_any_date` (PlanRequired). Also raises BirthDateRequired and
    ReadingDateOutOfRange.
    """
    today = today_of(user)
    on_date = on_date or today
    birth_date = birth_date_of(user)
    if on_date != today:
        _require_in_range(on_date, birth_date=birth_date, today=today)
        entitlements.require(user, "reading_any_date")
    reading = stored_reading(user, on_date)
    if reading is not None and reading.birth_date == birth_date:
        return reading
    return _store(user, on_date=on_date, birth_date=birth_date)


def _require_in_range(on_date: date, *, birth_date: date, today: date) -> None:
    if not birth_date <= on_date <= today + FURTHEST_AHEAD:
        raise ReadingDateOutOfRange(field="date")


def _store(user: User, *, on_date: date, birth_date: date) -> DailyReading:
    composition = compose(person=user.pk, birth_date=birth_date, on_date=on_date)
    values: dict[str, Any] = {"birth_date": birth_date, "generated_at": clock.now(), **asdict(composition)}
    reading, _ = DailyReading.objects.update_or_create(user=user, reading_date=on_date, defaults=values)
    return reading
