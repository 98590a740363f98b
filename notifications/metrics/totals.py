"""Every delivery there ever was, counted: by hour in DeliveryTotal once it has settled, in its row before that."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction

from notifications.models import TotalsMark
from notifications.vocabulary import DeliveryStatus
from numerai.common import clock

# What is younger may still change.
SETTLED = timedelta(days=2)

COLUMNS = """
    count(*) AS deliveries, count(*) FILTER (WHERE attempts > 0 OR sent_at IS NOT NULL) AS attempted,
    count(*) FILTER (WHERE sent_at IS NOT NULL) AS accepted
"""
ROLL_UP = f"""
    INSERT INTO notifications_deliverytotal AS total
        (hour, kind, channel, status, reason, deliveries, attempted, accepted)
    SELECT date_trunc('hour', delivery.created_at, 'UTC'), told.kind, channel, status, reason, {COLUMNS}
    FROM notifications_delivery AS delivery
    JOIN notifications_notification AS told ON told.id = delivery.notification_id
    WHERE delivery.created_at >= %s AND delivery.created_at < %s
    GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4, 5
    ON CONFLICT (hour, kind, channel, status, reason) DO UPDATE SET
        deliveries = total.deliveries + excluded.deliveries,
        attempted = total.attempted + excluded.attempted,
        accepted = total.accepted + excluded.accepted
"""  # noqa: S608 - columns of ours
COUNT = f"""
    SELECT {{bucket}}, kind, channel, status, reason, sum(deliveries), sum(attempted), sum(accepted)
    FROM (
        SELECT hour, kind, channel, status, reason, deliveries, attempted, accepted
        FROM notifications_deliverytotal WHERE hour >= %(since)s
        UNION ALL
        SELECT date_trunc('hour', delivery.created_at, 'UTC'), told.kind, channel, status, reason, {COLUMNS}
        FROM notifications_delivery AS delivery
        JOIN notifications_notification AS told ON told.id = delivery.notification_id
        WHERE delivery.created_at >= greatest(%(since)s, (SELECT until FROM notifications_totalsmark))
        GROUP BY 1, 2, 3, 4, 5
    ) AS counted
    GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4, 5
"""  # noqa: S608 - columns of ours
EVER = datetime.min.replace(tzinfo=clock.now().tzinfo)

# By which channels a provider can tell that a message arrived; of the others it is known at most that it was taken.
CONFIRMABLE = ("email", "sms")
FAILED = (DeliveryStatus.FAILED, DeliveryStatus.BOUNCED)
STOPPED = (DeliveryStatus.SKIPPED, DeliveryStatus.CANCELLED, DeliveryStatus.EXPIRED)


@dataclass(frozen=True, slots=True)
class Count:
    """``deliveries`` that ended, or stand, alike. ``day`` is None when it is of all time."""

    day: datetime | None
    kind: str
    channel: str
    status: str
    reason: str
    deliveries: int
    attempted: int
    accepted: int


def roll_up(until: datetime) -> int:
    """Count what was made before the hour of ``until``, which may not be of the last two days; answers how many totals
    were written. What is counted is never counted again."""
    until = min(until, clock.now() - SETTLED).replace(minute=0, second=0, microsecond=0)
    with transaction.atomic(), connection.cursor() as cursor:
        TotalsMark.objects.bulk_create([TotalsMark(until=EVER)], ignore_conflicts=True)
        # Waits for whoever is removing rows that are not counted yet, and makes them wait.
        mark = TotalsMark.objects.select_for_update().get()
        if until <= mark.until:
            return 0
        cursor.execute(ROLL_UP, [mark.until, until])
        written = int(cursor.rowcount)
        mark.until = until
        mark.save()
    return written


def counted() -> list[Count]:
    """Of all time."""
    return _counts("NULL::timestamptz", EVER)


def counted_by_day(since: datetime) -> list[Count]:
    """Of each day in UTC from the hour of ``since`` on."""
    return _counts("date_trunc('day', hour, 'UTC')", since.replace(minute=0, second=0, microsecond=0))


def rate(channel: str, counts: Iterable[Count]) -> float | None:
    """What part arrived, from 0 to 1: of what a provider confirms that which is delivered, of the rest of what was
    attempted that which was accepted; None without any. What was skipped lowers nothing."""
    own = [count for count in counts if count.channel == channel]
    if channel in CONFIRMABLE:
        good = sum(count.deliveries for count in own if count.status == DeliveryStatus.DELIVERED)
        of = good + sum(count.deliveries for count in own if count.status in FAILED)
    else:
        good = sum(count.accepted for count in own)
        of = sum(count.attempted for count in own)
    return good / of if of else None


def _counts(bucket: str, since: datetime) -> list[Count]:
    with connection.cursor() as cursor:
        cursor.execute(COUNT.format(bucket=bucket), {"since": since})
        return [
            Count(day, kind, channel, status, reason, int(deliveries), int(attempted), int(accepted))
            for day, kind, channel, status, reason, deliveries, attempted, accepted in cursor.fetchall()
        ]
