"""What stands in a person's notification centre. Every function takes the person: there is no other way in."""

from dataclasses import dataclass
from uuid import UUID

from django.db import connection
from django.db.models import Q, QuerySet

from notifications.models import Notification
from numerai.common import clock

COUNT_CAP = 1000
# Of one person's rows, those that the badge counts; the partial index has the same words.
IS_UNREAD = """in_centre AND deleted_at IS NULL AND archived_at IS NULL AND read_at IS NULL
          AND (expires_at IS NULL OR expires_at > %(now)s)"""
# Written by hand because every signed-in browser asks for it twice a minute; the partial index answers it alone, and
# the cap keeps it flat for a person with a hundred thousand unread. One statement, so that both are of one moment.
COUNT_UNREAD = f"""
    SELECT count(*), (SELECT version FROM notifications_livecursor WHERE user_id = %(user)s) FROM (
        SELECT 1 FROM notifications_notification
        WHERE recipient_id = %(user)s AND {IS_UNREAD}
        LIMIT %(limit)s
    ) AS unread
"""  # noqa: S608 - words of ours


@dataclass(frozen=True, slots=True)
class UnreadCount:
    """``count`` is exact up to COUNT_CAP; past it ``capped`` is true and there are more. ``version`` is the number of
    the person's newest live event: of two counts the one with the higher version is the newer."""

    count: int
    capped: bool
    version: int


def unread_count(user_id: UUID) -> UnreadCount:
    with connection.cursor() as cursor:
        cursor.execute(COUNT_UNREAD, {"user": user_id, "now": clock.now(), "limit": COUNT_CAP + 1})
        found, version = cursor.fetchone()
    return UnreadCount(count=min(found, COUNT_CAP), capped=found > COUNT_CAP, version=version or 0)


def kept(user_id: UUID) -> QuerySet[Notification]:
    """What the centre shows in its list or its archive: neither deleted nor expired, and made for the centre at all."""
    not_expired = Q(expires_at__isnull=True) | Q(expires_at__gt=clock.now())
    return Notification.objects.filter(not_expired, recipient_id=user_id, in_centre=True, deleted_at__isnull=True)


def unread(user_id: UUID, *, notification_type: str = "") -> QuerySet[Notification]:
    """What the list shows and is not read yet, of one type if one is given."""
    found = kept(user_id).filter(archived_at__isnull=True, read_at__isnull=True)
    return found.filter(notification_type=notification_type) if notification_type else found


def order_of(user_id: UUID, public_id: UUID) -> int | None:
    """Where the person's notification stands in the order of the list, deleted or not; None if it is not theirs."""
    mine = Notification.objects.filter(recipient_id=user_id, public_id=public_id)
    return mine.values_list("id", flat=True).first()
