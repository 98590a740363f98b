"""What open pages are told, in the order in which it came true.

A person's events are numbered under the lock of their LiveCursor, which is held until the commit: whoever sees a number
sees every lower one. Statements are written by hand, because each is one round trip for any number of people.
"""

import json
import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from notifications.centre.selectors import COUNT_CAP, IS_UNREAD
from notifications.stream.sending import Message, send_on_commit
from numerai.common import clock

DATA_BYTES = 4096
# For how long a page may be away and still be told everything.
LOOK_BACK = timedelta(hours=24)
# By then whoever made a notification has announced it.
PATIENCE = timedelta(seconds=5)
NAME = re.compile(r"[a-z][a-z0-9_]*(\.[a-z0-9_]+)?")
OF_THE_STREAM = frozenset({"hello", "resync", "kick"})

# Counted after the cursor is locked, in a statement of its own: one snapshot for both would be older than the lock.
UNREAD = f"""
    SELECT jsonb_build_object('count', least(count(*), %(cap)s), 'capped', count(*) > %(cap)s) FROM (
        SELECT 1 FROM notifications_notification
        WHERE recipient_id = {{person}} AND {IS_UNREAD}
        LIMIT %(cap)s + 1
    ) AS unread
"""  # noqa: S608 - names of ours
NEXT = """
    INSERT INTO notifications_livecursor AS cursor (user_id, version) VALUES (%(user)s, 1)
    ON CONFLICT (user_id) DO UPDATE SET version = cursor.version + 1 RETURNING version
"""
WRITE = f"""
    INSERT INTO notifications_liveevent (user_id, version, event_type, data)
    SELECT %(user)s, %(version)s, %(type)s,
           %(data)s::jsonb || jsonb_build_object('unread', ({UNREAD.format(person="%(user)s")}))
    RETURNING data::text
"""
# Rows before cursors, each in one order: whoever changes a notification locks its row before publishing, too. A row
# that somebody holds right now is left to the sweeper.
NUMBER = """
    WITH untold AS (
        SELECT id, recipient_id FROM notifications_notification
        WHERE id = ANY(%(ids)s) AND version IS NULL AND in_centre AND deleted_at IS NULL
        ORDER BY id FOR NO KEY UPDATE SKIP LOCKED
    ), counted AS (
        INSERT INTO notifications_livecursor AS cursor (user_id, version)
        SELECT recipient_id, count(*) FROM untold GROUP BY recipient_id ORDER BY recipient_id
        ON CONFLICT (user_id) DO UPDATE SET version = cursor.version + excluded.version
        RETURNING user_id, version
    ), numbered AS (
        SELECT id, version + 1 - row_number() OVER (PARTITION BY recipient_id ORDER BY id DESC) AS version
        FROM untold JOIN counted ON user_id = recipient_id
    )
    UPDATE notifications_notification AS told SET version = numbered.version
    FROM numbered WHERE told.id = numbered.id
    RETURNING told.id
"""
TELL = f"""
    INSERT INTO notifications_liveevent (user_id, version, event_type, data)
    SELECT recipient_id, told.version, 'notification', jsonb_build_object(
        'id', public_id, 'type', notification_type, 'priority', priority, 'unread', unread.held
    )
    FROM notifications_notification AS told
    JOIN (
        SELECT person, ({UNREAD.format(person="person")}) AS held
        FROM (SELECT DISTINCT recipient_id AS person FROM notifications_notification WHERE id = ANY(%(ids)s)) AS people
    ) AS unread ON person = recipient_id
    WHERE told.id = ANY(%(ids)s)
    ORDER BY recipient_id, told.version
    RETURNING user_id::text, version, event_type, data::text
"""  # noqa: S608 - names of ours
# Those to whom a row is told in the transaction that makes it, each one's once.
NEXT_OF_EACH = """
    INSERT INTO notifications_livecursor AS cursor (user_id, version)
    SELECT person, 1 FROM unnest(%s::uuid[]) AS person ORDER BY person
    ON CONFLICT (user_id) DO UPDATE SET version = cursor.version + 1
    RETURNING user_id::text, version
"""
LEFT_BEHIND = """
    SELECT id FROM notifications_notification
    WHERE version IS NULL AND in_centre AND deleted_at IS NULL AND created_at BETWEEN %s AND %s
    ORDER BY created_at LIMIT %s
"""
REMOVE = """
    DELETE FROM notifications_liveevent WHERE id IN (
        SELECT id FROM notifications_liveevent WHERE created_at < %s ORDER BY created_at LIMIT %s
        FOR UPDATE SKIP LOCKED
    )
"""


@dataclass(frozen=True, slots=True)
class Published:
    """The number of an event, and how many were unread when it came true: the two that an answer to the person names
    together, because a page ignores what has a lower number than it knows."""

    version: int
    count: int
    capped: bool


def publish(user_id: UUID, event_type: str, data: dict[str, Any]) -> int:
    """Tell the person's open pages that something happened; answers the event's version. See ``record``."""
    return record(user_id, event_type, data).version


def record(user_id: UUID, event_type: str, data: dict[str, Any]) -> Published:
    """Write an event in the caller's transaction and send it when that commits.

    Call it last in the transaction: it holds the person's cursor until the commit. ``event_type`` is a word for events
    of this app and ``<app>.<what_happened>`` for those of others; ``data`` holds plain JSON of at most DATA_BYTES, to
    which ``unread`` and ``version`` are added. Raises ValueError or TypeError for anything else.
    """
    values: dict[str, Any] = {"user": user_id, "type": _checked(event_type), "data": _plain(data), "cap": COUNT_CAP}
    with transaction.atomic(savepoint=False), connection.cursor() as cursor:
        cursor.execute(NEXT, values)
        (version,) = cursor.fetchone()
        cursor.execute(WRITE, values | {"version": version, "now": clock.now()})
        (written,) = cursor.fetchone()
        send_on_commit([Message(user_id, version, event_type, written)])
    return Published(version, **json.loads(written)["unread"])


def announce(notification_ids: Collection[int]) -> int:
    """Number these notifications among the live events of their recipients and send them; answers how many.

    Call it after the transaction that made them: no long one may hold a person's cursor. Those that were announced, are
    not in the centre, or are locked by somebody at this moment are left out. Any number of people costs two statements.
    """
    if not notification_ids:
        return 0
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(NUMBER, {"ids": list(notification_ids)})
        ids = [row[0] for row in cursor.fetchall()]
        tell_numbered(ids)
    return len(ids)


def next_versions(user_ids: Collection[str]) -> dict[str, int]:
    """By id, the next number of each of these people for a notification that is born with it; then ``tell_numbered``.

    In the caller's transaction, which must be short: it holds their cursors until it commits. One statement.
    """
    with connection.cursor() as cursor:
        cursor.execute(NEXT_OF_EACH, [list(user_ids)])
        return dict(cursor.fetchall())


def tell_numbered(notification_ids: Collection[int]) -> None:
    """Write the events of notifications that have their numbers, and send them on commit. One statement."""
    if notification_ids:
        with connection.cursor() as cursor:
            cursor.execute(TELL, {"ids": list(notification_ids), "cap": COUNT_CAP, "now": clock.now()})
            send_on_commit([Message(*row) for row in cursor])


def announce_left_behind(*, limit: int = 1000) -> int:
    """Announce what a killed process did not, at most ``limit``; answers how many."""
    now = clock.now()
    with connection.cursor() as cursor:
        cursor.execute(LEFT_BEHIND, [now - LOOK_BACK, now - PATIENCE, limit])
        ids = [row[0] for row in cursor.fetchall()]
    return announce(ids)


def remove_old(*, batch: int = 5000, at_most: int = 20) -> int:
    """Delete events that are older than a page may be away, in batches; answers how many."""
    removed = 0
    for _ in range(at_most):
        with connection.cursor() as cursor:
            cursor.execute(REMOVE, [clock.now() - LOOK_BACK, batch])
            removed += cursor.rowcount
            if cursor.rowcount < batch:
                break
    return removed


def current_version(user_id: UUID) -> int:
    """The number of the person's newest event; 0 before the first."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT version FROM notifications_livecursor WHERE user_id = %s", [user_id])
        row = cursor.fetchone()
    return row[0] if row else 0


def _checked(event_type: str) -> str:
    if event_type in OF_THE_STREAM or len(event_type) > 40 or not NAME.fullmatch(event_type):
        raise ValueError(f"{event_type!r} is not the name of an event: <app>.<what_happened>, at most 40 characters.")
    return event_type


def _plain(data: dict[str, Any]) -> str:
    if {"unread", "version"} & data.keys():
        raise ValueError("An event's unread count and version are added to its data.")
    text = json.dumps(data, allow_nan=False)
    if len(text.encode()) > DATA_BYTES:
        raise ValueError(f"The data of an event are at most {DATA_BYTES} bytes; let the page fetch the rest.")
    return text
