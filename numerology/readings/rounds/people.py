"""Whom a round gives the reading of the day without being asked for it."""

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.db.models import Q

from accounts.models import Profile, User
from notifications.models import Preference
from numerai.common import clock
from numerology.kinds import DAILY_READING
from numerology.readings.models import DailyReading
from numerology.readings.rounds.models import ReadingRound

# Who has not opened one for so long is left in peace, and the house spared a row a day for them.
LAPSES = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Candidate:
    user_id: UUID
    birth_date: date
    is_reader: bool


def candidates(round_: ReadingRound, limit: int) -> list[Candidate]:
    """The next ``limit`` people of the zone who have a date of birth, in the order of ids.

    Readers are those of them who are born, active, have proved an address or a number, and have joined or opened a
    daily reading within LAPSES, or asked to be told of it. Four queries, each along an index for these people alone:
    as one, the database would go through everybody's readings for every batch.
    """
    rows = Profile.objects.filter(timezone=round_.zone, date_of_birth__isnull=False)
    if round_.after is not None:
        rows = rows.filter(user__gt=round_.after)
    page = list(rows.order_by("user_id").values_list("user_id", "date_of_birth")[:limit])
    readers = _readers([user_id for user_id, _ in page], round_.reading_date)
    return [
        Candidate(user_id, birth_date, user_id in readers and birth_date <= round_.reading_date)
        for user_id, birth_date in page
        if birth_date is not None
    ]


def _readers(user_ids: list[UUID], day: date) -> set[UUID]:
    since = clock.now() - LAPSES
    reachable = Q(email_verified_at__isnull=False) | Q(phone_verified_at__isnull=False)
    people = User.objects.filter(reachable, pk__in=user_ids, is_active=True)
    joined = dict(people.values_list("pk", "created_at"))
    opened = DailyReading.objects.filter(user__in=user_ids, reading_date__gte=day - LAPSES, opened_at__gte=since)
    wanting = Preference.objects.filter(user__in=user_ids, kind=DAILY_READING, is_on=True)
    found = {user_id for user_id, moment in joined.items() if moment >= since}
    found.update(opened.values_list("user", flat=True), wanting.values_list("user", flat=True))
    return found & set(joined)
