"""What people have said about being told things, fetched for many of them in one query."""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, time
from functools import cache
from typing import Any, Self
from uuid import UUID

from django.contrib.auth import get_user_model
from django.contrib.postgres.expressions import ArraySubquery
from django.db import connection
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.expressions import RawSQL
from django.db.models.functions import JSONObject

from notifications.kinds import Kind
from notifications.models import Destination, DigestChoice, Preference, Schedule
from notifications.preferences.persons import Person, paths

Cells = Mapping[tuple[str, str], bool]
Said = Iterable[Mapping[str, Any]]

# Where values are to be bound in a statement that is kept.
PEOPLE, KINDS = "people to be asked about", "kinds to be asked about"
CELL = JSONObject(kind="kind", channel="channel", is_on="is_on")
SCHEDULE = JSONObject(
    muted_until=F("muted_until"),
    is_quiet=F("is_quiet"),
    days=F("quiet_days"),
    start=F("quiet_start"),
    end=F("quiet_end"),
    timezone=F("timezone"),
)
DEVICE = JSONObject(channel=F("channel"), id=F("public_id"), zone=F("timezone"))


@dataclass(frozen=True, slots=True)
class Hours:
    """A person's Schedule as plain values. ``timezone`` is empty for the person's own."""

    muted_until: datetime | None = None
    is_quiet: bool = False
    days: tuple[int, ...] = ()
    start: time | None = None
    end: time | None = None
    timezone: str = ""

    @classmethod
    def read(cls, found: Mapping[str, Any] | None) -> Self | None:
        if found is None:
            return None
        start, end, until = found["start"], found["end"], found["muted_until"]
        return cls(
            muted_until=until and datetime.fromisoformat(until),
            is_quiet=found["is_quiet"],
            days=tuple(found["days"]),
            start=start and time.fromisoformat(start),
            end=end and time.fromisoformat(end),
            timezone=found["timezone"],
        )

    def elsewhere(self) -> Self:
        """The same wall times by the clock of a device that knows where it is."""
        return replace(self, timezone="")


@dataclass(frozen=True, slots=True)
class Wishes:
    """One person's: their grid by kind and channel, how often they want which category, when they want to be left
    alone, and their zone. ``reachable`` are the channels on which they have registered something, ``device_zones``
    the zones of what has its own, by its public id."""

    cells: Cells = field(default_factory=dict)
    cadences: Mapping[str, str] = field(default_factory=dict)
    schedule: Hours | None = None
    timezone: str = "UTC"
    reachable: frozenset[str] = frozenset()
    device_zones: Mapping[str, str] = field(default_factory=dict)


def wishes_of(user_ids: Collection[UUID], kinds: Iterable[Kind] | None = None) -> dict[UUID, Wishes]:
    """What each of ``user_ids`` has said about ``kinds``, or about all of them; for whom nobody knows, nothing."""
    return dict.fromkeys(user_ids, Wishes()) | {person.pk: said for person, said in people_of(user_ids, kinds)}


def people_of(user_ids: Collection[UUID], kinds: Iterable[Kind] | None = None) -> Iterator[tuple[Person, Wishes]]:
    """Those of ``user_ids`` who exist, each with what they have said. One query."""
    sql, places = _statement(of_all_kinds=kinds is None)
    values: dict[str, Any] = {PEOPLE: list(user_ids), KINDS: ["", *(kind.name for kind in kinds or ())]}
    own = len(paths())
    with connection.cursor() as cursor:
        cursor.execute(sql, [values.get(place, place) for place in places])
        for row in cursor.fetchall():
            person = Person(*row[:own])
            yield person, _read(person, *(_parsed(said) for said in row[own:]))


@cache
def _statement(*, of_all_kinds: bool) -> tuple[str, tuple[str, ...]]:
    """SQL, with PEOPLE and KINDS where they are to be bound. Kept, because to put it together takes longer than to
    run it."""
    wanted = Q() if of_all_kinds else Q(kind__in=RawSQL("SELECT unnest(%s::text[])", [KINDS]))
    rows = (
        get_user_model()
        ._default_manager.filter(pk__in=RawSQL("SELECT unnest(%s::uuid[])", [PEOPLE]))
        .order_by()
        .annotate(
            said_cells=ArraySubquery(_mine(Preference).filter(wanted).values(json=CELL)),
            said_cadences=ArraySubquery(_mine(DigestChoice).values(json=JSONObject(key="category", value="cadence"))),
            said_schedule=Subquery(_mine(Schedule).values(json=SCHEDULE)),
            said_devices=ArraySubquery(_mine(Destination).values(json=DEVICE)),
        )
        .values_list(*paths(), "said_cells", "said_cadences", "said_schedule", "said_devices")
    )
    return rows.query.sql_with_params()


def _parsed(said: Any) -> Any:
    if isinstance(said, list):
        return [json.loads(one) for one in said]
    return said and json.loads(said)


def silent(kind: Kind) -> "QuerySet[Any]":
    """People who have said nothing about ``kind`` and when, and have registered nothing: what their Wishes hold is
    their zone, and cadences, which count when something is sent."""
    said = (_mine(Preference).filter(kind__in=["", kind.name]), _mine(Schedule), _mine(Destination))
    return get_user_model()._default_manager.filter(*(~Exists(rows) for rows in said))


def _mine(model: Any) -> "QuerySet[Any]":
    mine: QuerySet[Any] = model.objects.filter(user=OuterRef("pk")).order_by()
    return mine


def _read(person: Person, cells: Said, cadences: Said, schedule: Mapping[str, Any] | None, devices: Said) -> Wishes:
    return Wishes(
        cells={(said["kind"], said["channel"]): said["is_on"] for said in cells},
        cadences={said["key"]: said["value"] for said in cadences},
        schedule=Hours.read(schedule),
        timezone=person.timezone,
        reachable=frozenset(device["channel"] for device in devices),
        device_zones={device["id"]: device["zone"] for device in devices if device["zone"]},
    )
