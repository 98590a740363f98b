"""The list behind the notification centre: a page and its count in one statement.

Written by hand because every open centre asks for it each ten seconds. The fragments are fixed; whatever a person
typed travels as a parameter.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from numerai.common import clock
from numerai.common.http.pagination import PageRequest

LIST = """
    SELECT public_id::text, kind, notification_type, title, message, data::text, action_url, priority,
           read_at, created_at, (SELECT count(*) FROM notifications_notification WHERE {where})
    FROM notifications_notification WHERE {where}
    ORDER BY id DESC LIMIT %(limit)s OFFSET %(offset)s
"""
VISIBLE = """recipient_id = %(user)s AND in_centre AND deleted_at IS NULL AND archived_at IS NULL
             AND (expires_at IS NULL OR expires_at > %(now)s)"""
OF_TYPE = " AND notification_type = %(type)s"
UNREAD = " AND read_at IS NULL"
WITH_TEXT = " AND (title ILIKE %(text)s OR message ILIKE %(text)s)"
LIKE_ESCAPES = str.maketrans({"\\": r"\\", "%": r"\%", "_": r"\_"})


@dataclass(frozen=True, slots=True)
class Filters:
    """``notification_type`` and ``text`` filter when they are not empty."""

    notification_type: str = ""
    unread: bool = False
    text: str = ""


ALL = Filters()


def list_page(user_id: UUID, filters: Filters, page: PageRequest) -> tuple[int, list[dict[str, Any]]]:
    """How many notifications there are in all (0 past the end), and those of the page as the API shows them."""
    statement, parameters = _statement(user_id, filters, page)
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        rows = cursor.fetchall()
    return (rows[0][-1] if rows else 0), [_shown(row) for row in rows]


def _statement(user_id: UUID, filters: Filters, page: PageRequest) -> tuple[str, dict[str, Any]]:
    where = VISIBLE
    if filters.notification_type:
        where += OF_TYPE
    if filters.unread:
        where += UNREAD
    if filters.text:
        where += WITH_TEXT
    return LIST.format(where=where), {
        "user": user_id,
        "now": clock.now(),
        "type": filters.notification_type,
        "text": f"%{filters.text.translate(LIKE_ESCAPES)}%",
        "limit": page.size,
        "offset": page.offset,
    }


def _shown(row: tuple[Any, ...]) -> dict[str, Any]:
    public_id, kind, notification_type, title, message, data, action_url, priority, read_at, created_at, _ = row
    return {
        "id": public_id,
        "kind": kind,
        "notification_type": notification_type,
        "title": title,
        "message": message,
        "data": json.loads(data),
        "action_url": action_url,
        "priority": priority,
        "is_read": read_at is not None,
        "read_at": read_at and _timestamp(read_at),
        "created_at": _timestamp(created_at),
    }


def _timestamp(moment: datetime) -> str:
    """As REST framework writes it everywhere else."""
    return moment.isoformat().replace("+00:00", "Z")
