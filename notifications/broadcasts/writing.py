"""Rows of many people, written by one statement each."""

from typing import Any
from uuid import UUID

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

from notifications.deliveries.planning import Row
from notifications.kinds import Kind
from notifications.models import Broadcast

FIX = """
    INSERT INTO notifications_broadcastrecipient (broadcast_id, user_id)
    SELECT %s, people.id FROM ({people}) AS people (id)
    ON CONFLICT DO NOTHING
"""
# In the order of people, whose index is read from where the last batch ended.
TAKE = """
    DELETE FROM notifications_broadcastrecipient WHERE id IN (
        SELECT id FROM notifications_broadcastrecipient
        WHERE broadcast_id = %s AND user_id > %s ORDER BY user_id LIMIT %s
    ) RETURNING user_id
"""
TELL = """
    INSERT INTO notifications_notification (
        public_id, recipient_id, kind, notification_type, title, message, language, data, action_url, priority,
        in_centre, dedupe_key, occurrences, version
    )
    SELECT gen_random_uuid(), person, %(kind)s, %(type)s, title, message, language, %(data)s::jsonb, %(action_url)s,
           %(priority)s, version IS NOT NULL, %(key)s, 1, version
    FROM unnest(%(people)s::uuid[], %(titles)s::text[], %(messages)s::text[], %(languages)s::text[],
                %(versions)s::bigint[]) AS told (person, title, message, language, version)
    ON CONFLICT (recipient_id, dedupe_key) WHERE dedupe_key IS NOT NULL DO NOTHING
    RETURNING id, recipient_id
"""
DELIVER = """
    INSERT INTO notifications_delivery (
        notification_id, channel, destination, status, reason, rank, next_attempt_at, sent_at, deferrals,
        attempts, last_error_code, last_error, provider, provider_message_id
    )
    SELECT made.*, 0, '', '', '', ''
    FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::text[], %s::text[], %s::smallint[], %s::timestamptz[],
                %s::timestamptz[], %s::smallint[]) AS made
"""
# Title, message, language, and its number among the person's live events; None if it does not stand in the centre.
Line = tuple[str, str, str, int | None]


def fix(broadcast_id: int, people: "QuerySet[Any]") -> int:
    """Write down everybody in ``people``, who are never loaded; answers how many they are."""
    try:
        sql, values = people.values("pk").query.sql_with_params()
    except EmptyResultSet:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(FIX.format(people=sql), [broadcast_id, *values])
        return int(cursor.rowcount)


def take(broadcast_id: int, *, after: UUID, limit: int) -> list[UUID]:
    """Take the next people off the list; their order is that of ids."""
    with connection.cursor() as cursor:
        cursor.execute(TAKE, [broadcast_id, after, limit])
        return sorted(row[0] for row in cursor.fetchall())


def tell(broadcast: Broadcast, kind: Kind, dedupe_key: str, lines: dict[UUID, Line]) -> dict[UUID, int]:
    """Make a notification of each line whose person has none of that key yet; answers the new ids by person."""
    titles, messages, languages, versions = (list(column) for column in zip(*lines.values(), strict=True))
    values = {
        "kind": kind.name,
        "type": kind.notification_type,
        "data": Broadcast._meta.get_field("context").get_db_prep_save(broadcast.context, connection),
        "action_url": broadcast.action_url,
        "priority": str(broadcast.priority),
        "key": dedupe_key,
        "people": list(lines),
        "titles": titles,
        "messages": messages,
        "languages": languages,
        "versions": versions,
    }
    with connection.cursor() as cursor:
        cursor.execute(TELL, values)
        return {person: made for made, person in cursor.fetchall()}


def deliver(notifications: list[int], rows: list[Row]) -> None:
    """Write planned deliveries, each of the notification whose id stands in its place."""
    if rows:
        columns = zip(*rows, strict=True)
        # Members of an enumeration are no strings to the driver.
        plain = [[str(value) if isinstance(value, str) else value for value in column] for column in columns]
        with connection.cursor() as cursor:
            cursor.execute(DELIVER, [notifications, *plain])
