"""The list behind the notification centre: some rows and how many there are in all, in one statement.

Written by hand because every open centre asks for it each ten seconds. The fragments are fixed; whatever a person
asks for travels as a parameter. What no index serves is looked for among the newest SEARCHED alone, and nothing is
counted past COUNT_CAP, so that no request takes longer because a person has a hundred thousand rows.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.db import connection

from notifications import kinds
from notifications.centre.selectors import COUNT_CAP, order_of
from notifications.centre.showing import COLUMNS, shown
from notifications.channels.base import Recipient
from numerai.common import clock
from numerai.common.errors import NotFound

# As many as cleaning keeps of one person's.
SEARCHED = 5000
# Ids first, which an index alone knows, and each only once, to count and to show: the rows of a page are then fetched
# by their ids.
STATEMENT = """
    WITH newest AS MATERIALIZED (SELECT ARRAY({ids}) AS ids)
    SELECT {columns}, cardinality(ids)
    FROM newest JOIN notifications_notification ON id = ANY({page})
    ORDER BY id {order}
"""
SERVED = """
    SELECT id FROM notifications_notification WHERE {where} ORDER BY id DESC LIMIT greatest(%(cap)s, %(end)s)
"""
LOOKED_THROUGH = """
    SELECT id FROM (
        SELECT id, kind, notification_type, priority, title, message, read_at FROM notifications_notification
        WHERE {where} ORDER BY id DESC LIMIT %(searched)s
    ) AS candidates WHERE {wanted} ORDER BY id DESC
"""
NUMBERED = "ids[%(start)s:%(end)s]"
BESIDE = """ARRAY(
    SELECT id FROM {source} WHERE {where} AND id {than} (
        SELECT id FROM notifications_notification WHERE public_id = %(beside)s AND recipient_id = %(user)s
    ) ORDER BY id {order} LIMIT %(limit)s
)"""
KEPT = """recipient_id = %(user)s AND in_centre AND deleted_at IS NULL
          AND (expires_at IS NULL OR expires_at > %(now)s)"""
ONE = "SELECT {columns} FROM notifications_notification WHERE {where} AND public_id = %(one)s"
IN_LIST, IN_ARCHIVE = " AND archived_at IS NULL", " AND archived_at IS NOT NULL"
WANTED = {
    "notification_type": "notification_type = %(type)s",
    "unread": "read_at IS NULL",
    "priority": "priority = %(priority)s",
    "kind": "kind = %(kind)s",
    "category": "kind = ANY(%(kinds)s)",
    "text": "(title ILIKE %(text)s OR message ILIKE %(text)s)",
}
INDEXED = {"notification_type", "unread"}
LIKE_ESCAPES = str.maketrans({"\\": r"\\", "%": r"\%", "_": r"\_"})


@dataclass(frozen=True, slots=True)
class Filters:
    """Each filters when it is not empty; the list is what is not ``archived``, or what is."""

    notification_type: str = ""
    unread: bool = False
    text: str = ""
    priority: str = ""
    kind: str = ""
    category: str = ""
    archived: bool = False


class Direction(StrEnum):
    """Which way to go from a row: to ``BEFORE`` it was made, or to what came ``AFTER``."""

    BEFORE = "before"
    AFTER = "after"


@dataclass(frozen=True, slots=True)
class Place:
    """``size`` rows after ``offset`` others; or those next to the notification ``beside``."""

    size: int
    offset: int = 0
    beside: UUID | None = None
    direction: Direction = Direction.BEFORE


@dataclass(frozen=True, slots=True)
class Listed:
    """``count`` is exact up to COUNT_CAP. ``has_more`` says whether more follow in the direction of the place."""

    count: int
    capped: bool
    rows: list[dict[str, Any]]
    has_more: bool


ALL = Filters()


def listed(reader: Recipient, filters: Filters, place: Place) -> Listed:
    """The reader's rows at ``place``, newest first, as the API shows them; count is 0 where there are none. Raises
    NotFound for a place beside what is not theirs."""
    statement, parameters = statement_for(reader.pk, filters, place)
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        found = cursor.fetchall()
    if not found and place.beside is not None and order_of(reader.pk, place.beside) is None:
        raise NotFound
    rows = shown(found[: place.size], reader)
    if place.beside and place.direction == Direction.AFTER:
        rows.reverse()
    count = found[0][-1] if found else 0
    return Listed(min(count, COUNT_CAP), count > COUNT_CAP, rows, has_more=len(found) > place.size)


def one(reader: Recipient, public_id: UUID) -> dict[str, Any]:
    """The reader's notification as the API shows it, archived or not. Raises NotFound."""
    with connection.cursor() as cursor:
        cursor.execute(
            ONE.format(columns=COLUMNS, where=KEPT), {"user": reader.pk, "now": clock.now(), "one": public_id}
        )
        found = cursor.fetchall()
    if not found:
        raise NotFound
    return shown(found, reader)[0]


def statement_for(user_id: UUID, filters: Filters, place: Place) -> tuple[str, dict[str, Any]]:
    """The statement and its parameters."""
    asked = [name for name in WANTED if getattr(filters, name)]
    served = set() if filters.archived else INDEXED
    where = KEPT + (IN_ARCHIVE if filters.archived else IN_LIST)
    where += "".join(f" AND {WANTED[name]}" for name in asked if name in served)
    wanted = " AND ".join(WANTED[name] for name in asked if name not in served)
    to_newer = place.beside is not None and place.direction == Direction.AFTER
    than, order = (">", "ASC") if to_newer else ("<", "DESC")
    page = NUMBERED
    if place.beside is not None:
        source, among = ("unnest(ids) AS id", "true") if wanted else ("notifications_notification", where)
        page = BESIDE.format(source=source, where=among, than=than, order=order)
    ids = (LOOKED_THROUGH if wanted else SERVED).format(where=where, wanted=wanted)
    statement = STATEMENT.format(ids=ids, columns=COLUMNS, page=page, order=order)
    return statement, _parameters(user_id, filters, place)


def _parameters(user_id: UUID, filters: Filters, place: Place) -> dict[str, Any]:
    return {
        "user": user_id,
        "now": clock.now(),
        "type": filters.notification_type,
        "priority": filters.priority,
        "kind": filters.kind,
        "kinds": [kind.name for kind in kinds.registered() if kind.category == filters.category],
        "text": f"%{filters.text.translate(LIKE_ESCAPES)}%",
        "searched": SEARCHED,
        "cap": COUNT_CAP + 1,
        "limit": place.size + 1,
        "start": place.offset + 1,
        "end": place.offset + place.size + 1,
        "beside": place.beside,
    }
