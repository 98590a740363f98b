from dataclasses import asdict
from datetime import date
from typing import Any

from accounts.models import User
from numerai.common import clock
from numerology.charts.services import birth_date_of, today_of
from numerology.readings.composition import compose
from numerology.readings.models import DailyReading
from numerology.readings.periods.spans import day_of
from numerology.readings.reach import require_within_reach
from numerology.readings.selectors import stored_reading
from payments import entitlements


def daily_reading(*, user: User, on_date: date | None = None) -> DailyReading:
    """A person's reading for `on_date`, by default their own today.

    Made when first asked for and the same ever after; only a corrected date of birth has it made anew. Every plan
    includes today's reading, other dates need `reading_any_date` (PlanRequired) and lie within as many days from today
    as the plan grants (PlanLimitReached). Also raises BirthDateRequired and ReadingDateOutOfRange.
    """
    today = today_of(user)
    on_date = on_date or today
    birth_date = birth_date_of(user)
    if on_date != today:
        entitlements.require(user, "reading_any_date")
        require_within_reach(user, day_of(on_date), birth_date=birth_date, today=today)
    reading = stored_reading(user, on_date)
    if reading is None or reading.birth_date != birth_date:
        return _store(user, on_date=on_date, birth_date=birth_date)
    if reading.opened_at is None:
        _note_opened(reading)
    return reading


def _note_opened(reading: DailyReading) -> None:
    """The first time counts."""
    reading.opened_at = clock.now()
    DailyReading.objects.filter(pk=reading.pk, opened_at__isnull=True).update(opened_at=reading.opened_at)


def _store(user: User, *, on_date: date, birth_date: date) -> DailyReading:
    composition = compose(person=user.pk, birth_date=birth_date, on_date=on_date)
    now = clock.now()
    values: dict[str, Any] = {"birth_date": birth_date, "generated_at": now, "opened_at": now, **asdict(composition)}
    reading, _ = DailyReading.objects.update_or_create(user=user, reading_date=on_date, defaults=values)
    return reading
