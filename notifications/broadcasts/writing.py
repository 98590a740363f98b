"""Rows of many people, written by one statement each."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

from notifications.deliveries.planning import Row
from notifications.kinds import Kind
from notifications.models import Broadcast

# In the order of ids: neighbours in a batch are neighbours in every index that leads with a person.
FIX = """
    INSERT INTO notifications_broadcastbatch (broadcast_id, people)
    SELECT %s, array_agg(id ORDER BY id)
    FROM (
        SELECT id, (row_number() OVER (ORDER BY id) - 1) / %s AS batch
        FROM (SELECT DISTINCT id FROM ({people}) AS people (id)) AS each_once
    ) AS numbered
    GROUP BY batch ORDER BY batch
    RETURNING cardinality(people)
"""
TAKE = """
    DELETE FROM notifications_broadcastbatch WHERE id = (
        SELECT id FROM notifications_broadcastbatch WHERE broadcast_id = %s ORDER BY id LIMIT 1
    ) RETURNING people::text[]
"""
FORGET = """
    UPDATE notifications_broadcastbatch SET people = array_remove(people, %(person)s) WHERE %(person)s = ANY(people)
"""
TELL = """
    INSERT INTO notifications_notification (
        public_id, recipient_id, kind, notification_type, title, message, language, data, action_url, priority,
        in_centre, dedupe_key, occurrences, version
    )
    SELECT gen_random_uuid(), person, %(kind)s, %(type)s, title, message, language, %(data)s::jsonb, %(action_url)s,
           %(priority)s, version IS NOT NULL, %(key)s, 1, version
    FROM unnest(%(people)s::uuid[], %(places)s::integer[], %(versions)s::bigint[]) AS told (person, place, version)
    JOIN unnest(%(titles)s::text[], %(messages)s::text[], %(languages)s::text[])
         WITH ORDINALITY AS line (title, message, language, number) ON number = place + 1
    ON CONFLICT (recipient_id, dedupe_key) DO NOTHING
    RETURNING recipient_id::text, id
"""
DELIVER = """
    INSERT INTO notifications_delivery (
        notification_id, channel, destination, status, reason, rank, next_attempt_at, sent_at, deferrals,
        attempts, last_error_code, last_error, provider, provider_message_id
    )
    SELECT notification, channel, made.destination, status, reason, rank, next_attempt_at, sent_at, deferrals,
           0, '', '', '', ''
    FROM unnest(%s::bigint[], %s::integer[], %s::text[]) AS made (notification, place, destination)
    JOIN unnest(%s::text[], %s::text[], %s::text[], %s::text[], %s::smallint[], %s::timestamptz[], %s::timestamptz[],
                %s::smallint[])
         WITH ORDINALITY AS planned (
             channel, anywhere, status, reason, rank, next_attempt_at, sent_at, deferrals, number
         )
         ON number = place + 1
"""
# Title, message and language.
Line = tuple[str, str, str]


@dataclass(slots=True)
class Lines:
    """What each person is told: their line is the one at their place. ``versions`` are their numbers among each one's
    live events; who has none does not find it in the centre."""

    people: list[str] = field(default_factory=list)
    places: list[int] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    versions: dict[str, int] = field(default_factory=dict)

    def add(self, people: list[str], line: Line) -> None:
        self.people += people
        self.places += [len(self.lines)] * len(people)
        self.lines.append(line)


@dataclass(slots=True)
class Deliveries:
    """What goes where: of each delivery the notification, the place of its plan and the destination."""

    notifications: list[int] = field(default_factory=list)
    places: list[int] = field(default_factory=list)
    destinations: list[str] = field(default_factory=list)
    plans: list[Row] = field(default_factory=list)

    def add(self, notifications: list[int], destinations: list[str], plan: Row) -> None:
        self.notifications += notifications
        self.places += [len(self.plans)] * len(notifications)
        self.destinations += destinations
        self.plans.append(plan)


def fix(broadcast_id: int, people: "QuerySet[Any]", *, size: int) -> int:
    """Write down everybody in ``people``, who are never loaded, in batches of ``size``; answers how many they are."""
    try:
        sql, values = people.values("pk").query.sql_with_params()
    except EmptyResultSet:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(FIX.format(people=sql), [broadcast_id, size, *values])
        return sum(row[0] for row in cursor)


def take(broadcast_id: int) -> list[str] | None:
    """Take the next batch of people off the list, in the order of ids; None when there is none left."""
    with connection.cursor() as cursor:
        cursor.execute(TAKE, [broadcast_id])
        row = cursor.fetchone()
    return row[0] if row else None


def forget(user_id: UUID) -> int:
    """Take a person off all lists; answers off how many. Waits for a batch that is being told at this moment."""
    with connection.cursor() as cursor:
        cursor.execute(FORGET, {"person": user_id})
        return int(cursor.rowcount)


def tell(broadcast: Broadcast, kind: Kind, dedupe_key: str, told: Lines) -> dict[str, int]:
    """Make a notification for each person who has none of that key yet; answers the new ids by person."""
    titles, messages, languages = (list(column) for column in zip(*told.lines, strict=True))
    values = {
        "kind": kind.name,
        "type": kind.notification_type,
        "data": Broadcast._meta.get_field("context").get_db_prep_save(broadcast.context, connection),
        "action_url": broadcast.action_url,
        "priority": str(broadcast.priority),
        "key": dedupe_key,
        "people": told.people,
        "places": told.places,
        "versions": [told.versions.get(person) for person in told.people],
        "titles": titles,
        "messages": messages,
        "languages": languages,
    }
    with connection.cursor() as cursor:
        cursor.execute(TELL, values)
        return dict(cursor.fetchall())


def deliver(planned: Deliveries) -> None:
    if planned.notifications:
        columns = zip(*planned.plans, strict=True)
        # Members of an enumeration are no strings to the driver.
        plain = [[str(value) if isinstance(value, str) else value for value in column] for column in columns]
        with connection.cursor() as cursor:
            cursor.execute(DELIVER, [planned.notifications, planned.places, planned.destinations, *plain])
