"""Whom a round gives the reading of the day without being asked for it."""

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.db.models import Exists, OuterRef, Q

from accounts.models import Profile
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
    """The next ``limit`` people of the zone who could be given a reading, in the order of ids. One query.

    They are active, have proved an address or a number, and are born. Readers are those of them who have joined or
    opened a daily reading within LAPSES, or have asked to be told of it.
    """
    since = clock.now() - LAPSES
    opened = DailyReading.objects.filter(
        user=OuterRef("user"), reading_date__gte=round_.reading_date - LAPSES, opened_at__gte=since
    )
    wanting = Preference.objects.filter(user=OuterRef("user"), kind=DAILY_READING, is_on=True)
    rows = Profile.objects.filter(
        Q(user__email_verified_at__isnull=False) | Q(user__phone_verified_at__isnull=False),
        timezone=round_.zone,
        date_of_birth__lte=round_.reading_date,
        user__is_active=True,
    )
    if round_.after is not None:
        rows = rows.filter(user__gt=round_.after)
    is_reader = Q(user__created_at__gte=since) | Exists(opened) | Exists(wanting)
    found = rows.annotate(is_reader=is_reader).order_by("user_id")
    return [
        Candidate(user_id, birth_date, is_reader)
        for user_id, birth_date, is_reader in found.values_list("user_id", "date_of_birth", "is_reader")[:limit]
        if birth_date is not None
    ]
