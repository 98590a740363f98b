"""What a person does in the notification centre. Foreign and missing notifications are the same NotFound."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from notifications.centre import selectors
from notifications.models import Notification
from numerai.common import clock
from numerai.common.errors import NotFound


def mark_read(*, user_id: UUID, public_id: UUID) -> datetime:
    """Answers when it was read first; reading again changes nothing."""
    mine = selectors.visible(user_id).filter(public_id=public_id)
    mine.filter(read_at__isnull=True).update(read_at=clock.now())
    read_at = mine.values_list("read_at", flat=True).first()
    if read_at is None:
        raise NotFound
    return read_at


def mark_all_read(*, user_id: UUID, up_to: UUID | None = None, notification_type: str = "") -> int:
    """Answers how many became read. With ``up_to``, what arrived after that notification stays unread."""
    unread = selectors.unread(user_id, notification_type=notification_type)
    if up_to is not None:
        newest = selectors.order_of(user_id, up_to)
        if newest is None:
            raise NotFound
        unread = unread.filter(id__lte=newest)
    with transaction.atomic():
        # Locked in one order, so that two of these at once wait for one another instead of ending in a deadlock.
        locked = unread.order_by("id").select_for_update(no_key=True).values("id")
        return Notification.objects.filter(id__in=locked, read_at__isnull=True).update(read_at=clock.now())


def delete(*, user_id: UUID, public_id: UUID) -> None:
    """Gone from list, count and search at once; the row is kept until it is purged."""
    if not selectors.visible(user_id).filter(public_id=public_id).update(deleted_at=clock.now()):
        raise NotFound
