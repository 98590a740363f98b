"""One batch of a round: readings made and people told, by the same number of queries however many they are."""

from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from notifications.broadcasts.each import notify_each
from numerai.common import clock
from numerology.content import loader
from numerology.kinds import DAILY_READING
from numerology.readings.composition import compose
from numerology.readings.models import DailyReading
from numerology.readings.rounds.models import ReadingRound
from numerology.readings.rounds.people import Candidate, candidates

PAGE = "/daily-reading"
# Nobody's telephone is to ring at midnight.
MORNING = time(7)
MIDNIGHT = time(0)


@dataclass(frozen=True, slots=True)
class Given:
    """``seen`` people were looked at, up to ``last``; ``told`` counts those who had a notification made."""

    seen: int
    made: int
    told: int
    last: UUID | None


def give(round_: ReadingRound, size: int) -> Given:
    """Look at the next ``size`` people of the round, in the caller's transaction.

    Who has the day's reading already keeps it and is not told: they have read it, or asked for it before.
    """
    people = candidates(round_, size)
    made = _make([person for person in people if person.is_reader], round_.reading_date)
    told = _tell(made, round_)
    return Given(len(people), len(made), told, people[-1].user_id if people else round_.after)


def dedupe_key(day: date) -> str:
    """Under which a person is told of the reading of ``day`` once."""
    return f"daily_reading:{day.isoformat()}"


def _make(readers: list[Candidate], day: date) -> list[DailyReading]:
    if not readers:
        return []
    drafts = [_draft(reader, day) for reader in readers]
    DailyReading.objects.bulk_create(drafts, ignore_conflicts=True)
    of_readers = DailyReading.objects.filter(user__in=[draft.user_id for draft in drafts], reading_date=day)
    stored = set(of_readers.values_list("pk", flat=True))
    return [draft for draft in drafts if draft.pk in stored]


def _draft(reader: Candidate, day: date) -> DailyReading:
    said = compose(person=reader.user_id, birth_date=reader.birth_date, on_date=day)
    return DailyReading(
        user_id=reader.user_id,
        reading_date=day,
        birth_date=reader.birth_date,
        generated_at=clock.now(),
        **asdict(said),
    )


def _tell(made: list[DailyReading], round_: ReadingRound) -> int:
    if not made:
        return 0
    return notify_each(
        {reading.user_id: _context(reading) for reading in made},
        kind=DAILY_READING,
        dedupe_key=dedupe_key(round_.reading_date),
        action_url=PAGE,
        expires_at=_moment(round_.reading_date + timedelta(days=1), MIDNIGHT, round_.zone),
        not_before=_moment(round_.reading_date, MORNING, round_.zone),
    )


def _context(reading: DailyReading) -> dict[str, Any]:
    return {
        "reading_date": reading.reading_date.isoformat(),
        "personal_day_number": reading.personal_day_number,
        "title": loader.note("personal_day", reading.personal_day_number).title,
        "affirmation": reading.affirmation,
        "lucky_number": reading.lucky_number,
        "lucky_color": reading.lucky_color,
    }


def _moment(day: date, at: time, zone: str) -> datetime:
    """An hour that the clocks leave out is reached when they have moved on."""
    return datetime.combine(day, at, tzinfo=ZoneInfo(zone)).astimezone(UTC)
