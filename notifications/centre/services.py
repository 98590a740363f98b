"""What a person does in the notification centre. Foreign and missing notifications are the same NotFound.

Every act is true of the row, not of the call: to do it again changes nothing, tells nobody, and answers the same. What
changed is told to the person's open pages in the same transaction.
"""

from collections.abc import Collection
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from notifications.centre import selectors
from notifications.centre.selectors import UnreadCount
from notifications.models import Notification
from notifications.stream import events
from numerai.common import clock
from numerai.common.errors import NotFound


class Action(StrEnum):
    READ = "read"
    UNREAD = "unread"
    ARCHIVE = "archive"
    UNARCHIVE = "unarchive"
    DELETE = "delete"


@dataclass(frozen=True, slots=True)
class Effect:
    """An action fills or empties a moment of the row, and open pages are told it as ``event``."""

    column: str
    fills: bool
    event: str


EFFECTS = {
    Action.READ: Effect("read_at", fills=True, event="read"),
    Action.UNREAD: Effect("read_at", fills=False, event="unread"),
    Action.ARCHIVE: Effect("archived_at", fills=True, event="archived"),
    Action.UNARCHIVE: Effect("archived_at", fills=False, event="unarchived"),
    Action.DELETE: Effect("deleted_at", fills=True, event="deleted"),
}


@dataclass(frozen=True, slots=True)
class Done:
    """How many rows changed, and what is unread since."""

    updated: int
    unread: UnreadCount


def act(*, user_id: UUID, public_id: UUID, action: Action) -> tuple[Notification, UnreadCount]:
    """The notification as it is now, and what is unread. To read again keeps the first moment."""
    mine = selectors.kept(user_id).filter(public_id=public_id)
    done = _apply(user_id, mine, action)
    found = Notification.objects.filter(recipient_id=user_id, public_id=public_id) if done.updated else mine
    row = found.first()
    if row is None:
        raise NotFound
    return row, done.unread


def act_on_many(*, user_id: UUID, public_ids: Collection[UUID], action: Action) -> Done:
    """Only the person's own are touched; the others are as if they were not named."""
    return _apply(user_id, selectors.kept(user_id).filter(public_id__in=public_ids), action)


def mark_all_read(*, user_id: UUID, up_to: UUID | None = None, notification_type: str = "") -> Done:
    """Everything unread in the list. With ``up_to``, what arrived after that notification stays unread."""
    unread = selectors.unread(user_id, notification_type=notification_type)
    if up_to is not None:
        newest = selectors.order_of(user_id, up_to)
        if newest is None:
            raise NotFound
        unread = unread.filter(id__lte=newest)
    with transaction.atomic():
        # Locked in one order, so that two of these at once wait for one another instead of ending in a deadlock.
        locked = unread.order_by("id").select_for_update(no_key=True).values("id")
        updated = Notification.objects.filter(id__in=locked, read_at__isnull=True).update(read_at=clock.now())
        told = {"up_to_id": str(up_to) if up_to else None, "type": notification_type}
        return _done(user_id, updated, Action.READ, told)


def _apply(user_id: UUID, rows: "QuerySet[Notification]", action: Action) -> Done:
    effect = EFFECTS[action]
    with transaction.atomic():
        due = rows.filter(**{f"{effect.column}__isnull": effect.fills}).order_by("id")
        changing = list(due.select_for_update(no_key=True).values_list("id", "public_id"))
        if changing:
            moment = clock.now() if effect.fills else None
            Notification.objects.filter(id__in=[row[0] for row in changing]).update(**{effect.column: moment})
        return _done(user_id, len(changing), action, {"ids": [str(row[1]) for row in changing]})


def _done(user_id: UUID, updated: int, action: Action, told: dict[str, Any]) -> Done:
    if not updated:
        return Done(0, selectors.unread_count(user_id))
    return Done(updated, UnreadCount(**asdict(events.record(user_id, EFFECTS[action].event, told))))
