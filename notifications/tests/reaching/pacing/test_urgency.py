"""Whatever waits, what is critical is taken first: by the sweep, and by whoever consumes the queues."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from kombu import Message

from accounts.models import User
from notifications.deliveries import sweeping
from notifications.deliveries.claiming import left_behind
from notifications.deliveries.queueing import CRITICAL, MOST_URGENT
from notifications.models import Delivery
from notifications.services import notify
from notifications.tasks import deliver
from notifications.tests.reaching.ways import TOLD
from notifications.vocabulary import DESTINATION_CHANNELS, PRIORITY_RANK, Priority
from numerai.celery import app
from numerai.common import clock
from numerai.common.redis import connection
from numerai.tests.queues import NAMES

pytestmark = pytest.mark.django_db(transaction=True)

MOST = 12
# Which way, how urgent, and how many seconds it has waited already.
WAITING = st.lists(
    st.tuples(st.sampled_from(DESTINATION_CHANNELS), st.sampled_from(Priority), st.integers(0, 86_400)), max_size=MOST
)


def fill(user: User, waiting: list[tuple[str, Priority, int]]) -> None:
    notification = notify(user=user, kind=TOLD.name, context={"text": "news"})
    notification.deliveries.all().delete()
    now = clock.now()
    Delivery.objects.bulk_create(
        Delivery(
            notification=notification,
            channel=channel,
            destination=str(number),
            rank=PRIORITY_RANK[priority],
            next_attempt_at=now - timedelta(seconds=seconds),
        )
        for number, (channel, priority, seconds) in enumerate(waiting)
    )


@settings(max_examples=30, deadline=None, database=None, suppress_health_check=list(HealthCheck))
@given(waiting=WAITING)
def test_rule_87_whatever_waits_the_critical_is_swept_first(
    alice: User, waiting: list[tuple[str, Priority, int]]
) -> None:
    Delivery.objects.all().delete()
    fill(alice, [*waiting, ("email", Priority.CRITICAL, 0)])
    urgent = Delivery.objects.filter(rank=MOST_URGENT).count()
    assert sweeping.sweep(limit=urgent) == urgent
    queued = Delivery.objects.filter(status="queued")
    assert {delivery.rank for delivery in queued} == {MOST_URGENT}
    assert queued.count() == urgent
    assert sweeping.sweep() == len(waiting) + 1 - urgent
    assert not Delivery.objects.filter(left_behind(clock.now())).exists()


def test_rule_87_full_queues_hold_up_nothing_that_is_critical(alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweeping, "FULL", 3)
    for name in DESTINATION_CHANNELS:
        for _ in range(3):
            deliver.apply_async(args=(0,), queue=f"notifications.{name}")
    fill(
        alice, [(name, priority, 60) for name in DESTINATION_CHANNELS for priority in (Priority.LOW, Priority.CRITICAL)]
    )
    assert sweeping.sweep() == len(DESTINATION_CHANNELS)
    assert connection().llen(CRITICAL) == len(DESTINATION_CHANNELS)


def test_rule_87_who_consumes_the_queues_comes_to_the_critical_soon() -> None:
    """However much waits in the others, each is asked in its turn."""
    others = [name for name in NAMES if name != CRITICAL]
    for name in (*others * 20, CRITICAL):
        deliver.apply_async(args=(0,), queue=name)
    taken: list[str] = []
    with app.connection_for_read() as link, link.channel() as channel:

        def take(message: Message) -> None:
            taken.append(message.delivery_info["routing_key"])
            message.ack()

        consumer = app.amqp.TaskConsumer(channel, on_message=take)
        consumer.qos(prefetch_count=2)
        with consumer:
            while CRITICAL not in taken:
                link.drain_events(timeout=60)
    assert len(taken) <= len(NAMES)
