"""Rows of the list as the API shows them: without REST framework's serializers, which would take longer than the
query."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from notifications import kinds, wording
from notifications.channels.base import Recipient

COLUMNS = """data::text, id, public_id::text, kind, notification_type, title, message, language, action_url, priority,
           occurrences, read_at, archived_at, expires_at, created_at"""
WIDTH = COLUMNS.count(",") + 1


@dataclass(slots=True)
class Row:
    """COLUMNS, in their order."""

    data: dict[str, Any]
    pk: int
    public_id: str
    kind: str
    notification_type: str
    title: str
    message: str
    language: str
    action_url: str
    priority: str
    occurrences: int
    read_at: datetime | None
    archived_at: datetime | None
    expires_at: datetime | None
    created_at: datetime


def shown(found: Sequence[tuple[Any, ...]], reader: Recipient) -> list[dict[str, Any]]:
    """Each of ``found`` holds COLUMNS, and whatever else after them. What was written in another language than that of
    the reader is told anew."""
    rows = [Row(json.loads(values[0]), *values[1:WIDTH]) for values in found]
    anew = wording.in_app_for(rows, reader)
    return [_shown(row, anew.get(row.pk, {})) for row in rows]


def _shown(row: Row, words: dict[str, str]) -> dict[str, Any]:
    return {
        "id": row.public_id,
        "kind": row.kind,
        "category": _category(row.kind),
        "notification_type": row.notification_type,
        "title": words.get("title", row.title),
        "message": words.get("message", row.message),
        "data": row.data,
        "action_url": row.action_url,
        "priority": row.priority,
        "occurrences": row.occurrences,
        "is_read": row.read_at is not None,
        "read_at": _timestamp(row.read_at),
        "archived_at": _timestamp(row.archived_at),
        "expires_at": _timestamp(row.expires_at),
        "created_at": _timestamp(row.created_at),
    }


def _category(kind: str) -> str:
    try:
        return kinds.get(kind).category
    except kinds.UnknownKind:
        return ""


def _timestamp(moment: datetime | None) -> str | None:
    """As REST framework writes it everywhere else."""
    return None if moment is None else moment.isoformat().replace("+00:00", "Z")
