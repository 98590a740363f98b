"""What waits to be sent at this moment."""

from dataclasses import dataclass

from django.db import connection

from numerai.common import clock

# By the partial indexes of what waits and of what is leased. Queued is due since a worker was to have it.
WAITING = """
    SELECT channel, count(*), count(*) FILTER (WHERE is_due),
           coalesce(percentile_cont(0.95) WITHIN GROUP (ORDER BY age) FILTER (WHERE is_due), 0)
    FROM (
        SELECT channel, next_attempt_at <= %(now)s AS is_due,
               extract(epoch FROM greatest(%(now)s - next_attempt_at, interval '0')) AS age
        FROM notifications_delivery WHERE status IN ('pending', 'deferred') AND digest_id IS NULL
        UNION ALL
        SELECT channel, true, extract(epoch FROM greatest(%(now)s - next_attempt_at, interval '0'))
        FROM notifications_delivery WHERE status IN ('queued', 'sending')
        UNION ALL
        SELECT channel, false, 0 FROM notifications_delivery
        WHERE status IN ('pending', 'deferred') AND digest_id IS NOT NULL
    ) AS waiting
    GROUP BY channel ORDER BY channel
"""


@dataclass(frozen=True, slots=True)
class Queue:
    """``due`` of those ``waiting`` should have left; 95 % of them for less than ``age_p95`` seconds."""

    channel: str
    waiting: int
    due: int
    age_p95: float


def queues() -> list[Queue]:
    with connection.cursor() as cursor:
        cursor.execute(WAITING, {"now": clock.now()})
        return [Queue(channel, waiting, due, float(age or 0)) for channel, waiting, due, age in cursor.fetchall()]
