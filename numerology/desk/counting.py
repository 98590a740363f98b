"""What there is of numerology, and how much of it each day saw: one statement a figure, capped by dates."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.core.cache import cache
from django.db.models import Count, Model, QuerySet
from django.db.models.functions import TruncDate

from numerai.common import clock
from numerology.charts.models import NumerologyProfile
from numerology.compatibility.models import CompatibilityCheck
from numerology.people.imports.models import PeopleImport
from numerology.people.models import Person
from numerology.readings.models import DailyReading
from numerology.readings.rounds.models import ReadingRound
from numerology.remedies.models import RemedyTracking

DAYS = 30
# However many look at the page, a process asks the tables once a minute.
FRESH_SECONDS = 60
KEY = "numerology.desk.counts"
ByKey = dict[Any, int]


@dataclass(frozen=True, slots=True)
class Counts:
    """Of the last ``days``, by day and what else there is: whether a reading was opened, the type of a check, whether
    a remedy was practised. Of all time: ``people`` who are kept, and ``charts`` by system and version of the engine.
    Imports and the rounds of today and yesterday are by state."""

    at: datetime
    days: tuple[date, ...]
    readings: ByKey
    people: int
    new_people: ByKey
    charts: ByKey
    checks: ByKey
    trackings: ByKey
    imports: ByKey
    rounds: ByKey


def counts() -> Counts:
    """As they stood within the last minute."""
    found: Counts | None = cache.get(KEY)
    if found is None:
        found = counted()
        cache.set(KEY, found, FRESH_SECONDS)
    return found


def counted() -> Counts:
    """As they stand. A reading and a tracking are of a day where their person lives, anything else of one in UTC."""
    now = clock.now()
    days = tuple(now.date() - timedelta(days=ago) for ago in range(DAYS - 1, -1, -1))
    span = days[0], days[-1]
    readings = DailyReading.objects.filter(reading_date__range=span).order_by("reading_date")
    return Counts(
        at=now,
        days=days,
        readings=_by_opened(readings.values_list("reading_date").annotate(Count("pk"), Count("opened_at"))),
        people=Person.objects.filter(is_active=True).count(),
        new_people=_by(_since(Person, days[0]), "day"),
        charts=_by(NumerologyProfile.objects.all(), "calculation_system", "engine_version"),
        checks=_by(_since(CompatibilityCheck, days[0]), "day", "relationship_type"),
        trackings=_by(RemedyTracking.objects.filter(date__range=span), "date", "is_completed"),
        imports=_by(PeopleImport.objects.all(), "state"),
        rounds=_by(ReadingRound.objects.filter(reading_date__gte=days[-2]), "state"),
    )


def _since(model: type[Model], day: date) -> "QuerySet[Any]":
    rows = model._default_manager.filter(created_at__gte=datetime.combine(day, time.min, UTC))
    by_day: QuerySet[Any] = rows.annotate(day=TruncDate("created_at", tzinfo=UTC))
    return by_day


def _by(rows: "QuerySet[Any]", *names: str) -> ByKey:
    """How many rows there are of each value of the column, or of each values of several."""
    found = rows.order_by(*names).values_list(*names).annotate(Count("pk"))
    return {key[0] if len(names) == 1 else tuple(key): number for *key, number in found}


def _by_opened(rows: Iterable[tuple[date, int, int]]) -> ByKey:
    return {
        (day, is_opened): number
        for day, made, opened in rows
        for is_opened, number in ((True, opened), (False, made - opened))
    }
