"""Beginning a round for each time zone in which another day has begun."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

from accounts.profiles.selectors import zones_of_people
from notifications.preferences.quiet import zone_of
from numerai.common import clock
from numerai.common.jobs import enqueue
from numerology.readings.rounds import working
from numerology.readings.rounds.models import ReadingRound
from numerology.tasks import make_readings

DAY = timedelta(days=1)
AT_ONCE = 100


def sweep() -> int:
    """Begin the rounds of the days that have begun, and enqueue those that wait; answers how many it enqueued.

    Zones are asked for each time, which costs two queries when no day has begun anywhere.
    """
    _begin()
    working.give_up()
    rounds = ReadingRound.objects.filter(working.free()).order_by("created_at", "pk")
    ids = list(rounds.values_list("pk", flat=True)[:AT_ONCE])
    for round_id in ids:
        enqueue(make_readings, str(round_id))
    return len(ids)


def _begin() -> None:
    days = {zone: _today(found) for zone in zones_of_people() if (found := zone_of(zone)) is not None}
    recent = ReadingRound.objects.filter(reading_date__gte=clock.now().date() - DAY)
    known = set(recent.values_list("zone", "reading_date"))
    new = [ReadingRound(zone=zone, reading_date=day) for zone, day in days.items() if (zone, day) not in known]
    ReadingRound.objects.bulk_create(new, ignore_conflicts=True)


def _today(zone: ZoneInfo) -> date:
    return clock.now().astimezone(zone).date()
