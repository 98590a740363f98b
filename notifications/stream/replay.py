"""What a page that comes back has missed, and where things stand."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection

from notifications.centre.selectors import COUNT_CAP
from notifications.stream.events import UNREAD
from numerai.common import clock

# A page that has missed more fetches its list anew.
MOST = 500
# One statement, hence one snapshot: the count belongs to the version, or to a later moment.
STATE = """
    SELECT coalesce((SELECT version FROM notifications_livecursor WHERE user_id = %(user)s), 0),
           ({unread})::text
""".format(unread=UNREAD.format(person="%(user)s"))  # noqa: S608 - names of ours
# Whoever deleted a notification is not told of it again.
SINCE = """
    SELECT version, event_type, told.data::text, CASE WHEN event_type = 'notification' THEN NOT EXISTS (
        SELECT 1 FROM notifications_notification
        WHERE public_id = (told.data ->> 'id')::uuid AND deleted_at IS NULL
    ) ELSE false END
    FROM notifications_liveevent AS told WHERE user_id = %s AND version > %s ORDER BY version LIMIT %s
"""


@dataclass(frozen=True, slots=True)
class State:
    version: int
    unread: dict[str, Any]

    @property
    def data(self) -> dict[str, Any]:
        return {"unread": self.unread, "version": self.version}


@dataclass(frozen=True, slots=True)
class Missed:
    version: int
    event_type: str
    data: dict[str, Any]
    is_hidden: bool


def state(user_id: UUID) -> State:
    with connection.cursor() as cursor:
        cursor.execute(STATE, {"user": user_id, "cap": COUNT_CAP, "now": clock.now()})
        version, unread = cursor.fetchone()
    return State(version, json.loads(unread))


def since(user_id: UUID, version: int) -> tuple[State, list[Missed] | None]:
    """Where things stand, and every event after ``version``; None when some of them are gone, are too many to send, or
    ``version`` is none that the person had."""
    now = state(user_id)
    with connection.cursor() as cursor:
        cursor.execute(SINCE, [user_id, version, MOST + 1])
        missed = [Missed(number, kind, json.loads(data), hidden) for number, kind, data, hidden in cursor]
    reached = version + len(missed)
    is_whole = reached >= now.version if missed else version == now.version
    if not is_whole or (missed and missed[-1].version != reached) or len(missed) > MOST:
        return now, None
    return now, missed


def versions(user_ids: Iterable[UUID]) -> dict[UUID, int]:
    """The newest event of each of these people who ever had one."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT user_id, version FROM notifications_livecursor WHERE user_id = ANY(%s)", [list(user_ids)]
        )
        return dict(cursor.fetchall())
