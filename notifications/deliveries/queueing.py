"""A queue for each way out and one for what is critical, so that a slow provider holds up no other's messages and a
crowd of news no code. One worker may serve them all, or several some of them."""

from collections import Counter
from typing import Any, cast

import redis

from notifications.models import Delivery
from notifications.tasks import deliver
from notifications.vocabulary import DESTINATION_CHANNELS, PRIORITY_RANK, Priority
from numerai.common.jobs import enqueue
from numerai.common.redis import connection

CRITICAL = "notifications.critical"
MOST_URGENT = PRIORITY_RANK[Priority.CRITICAL]


def queue_of(channel: str, rank: int) -> str:
    return CRITICAL if rank == MOST_URGENT else f"notifications.{channel}"


def lengths() -> Counter[str]:
    """How many messages the broker has for the workers of each channel; none are known while it is away."""
    try:
        return Counter(
            {name: int(cast(Any, connection().llen(queue_of(name, MOST_URGENT + 1)))) for name in DESTINATION_CHANNELS}
        )
    except redis.RedisError:
        return Counter()


def start(delivery: Delivery) -> None:
    """Have ``delivery`` sent when the present transaction commits."""
    enqueue(deliver, delivery.pk, queue=queue_of(delivery.channel, delivery.rank))
