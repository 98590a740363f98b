"""A queue for each way out and one for what is critical, so that a slow provider holds up no other's messages and a
crowd of news no code. One worker may serve them all, or several some of them."""

from notifications.models import Delivery
from notifications.tasks import deliver
from notifications.vocabulary import PRIORITY_RANK, Priority
from numerai.common.jobs import enqueue

CRITICAL = "notifications.critical"


def queue_of(channel: str, rank: int) -> str:
    return CRITICAL if rank == PRIORITY_RANK[Priority.CRITICAL] else f"notifications.{channel}"


def start(delivery: Delivery) -> None:
    """Have ``delivery`` sent when the present transaction commits."""
    enqueue(deliver, delivery.pk, queue=queue_of(delivery.channel, delivery.rank))
