"""Events: numbered in the order in which they came true, written with what makes them true, sent when it commits."""

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Event
from typing import Any
from uuid import UUID, uuid4

import pytest
import structlog
import time_machine
from django.db import connection, transaction
from pytest_django import DjangoAssertNumQueries, Settings
from redis.client import PubSub

from accounts.models import User
from notifications.centre import selectors
from notifications.models import LiveCursor, LiveEvent, Notification
from notifications.stream import kick, publish, sending
from notifications.stream.events import announce, announce_left_behind, current_version, record, remove_old
from notifications.tasks import remove_old_live_events, sweep_live_events
from notifications.tests.conftest import Tell
from numerai.common import clock
from numerai.common import redis as common_redis

pytestmark = pytest.mark.django_db(transaction=True)

Heard = Callable[[UUID], "Ears"]


class Ears:
    """What comes through Redis for one person."""

    def __init__(self, pubsub: PubSub, user_id: UUID) -> None:
        self._pubsub = pubsub
        pubsub.subscribe(sending.channel_of(user_id))
        assert self._next()["type"] == "subscribe"

    def hear(self) -> dict[str, Any]:
        return dict(json.loads(self._next()["data"]))

    def nothing(self) -> bool:
        """Whether nothing has come: a message that is sent now is the next one."""
        (channel,) = self._pubsub.channels
        common_redis.connection().publish(channel, b'"now"')
        return bool(self._next()["data"] == b'"now"')

    def _next(self) -> dict[str, Any]:
        message = self._pubsub.get_message(timeout=60)
        assert message is not None
        return dict(message)


@pytest.fixture
def heard() -> Iterator[Heard]:
    opened: list[PubSub] = []

    def listen(user_id: UUID) -> Ears:
        opened.append(common_redis.connection().pubsub())  # type: ignore[no-untyped-call]
        return Ears(opened[-1], user_id)

    yield listen
    for pubsub in opened:
        pubsub.close()


def write(user: User, **more: Any) -> Notification:
    return Notification.objects.create(
        recipient=user, kind="sample.note", notification_type="info", title="News", **more
    )


def test_an_event_is_written_with_its_count_and_sent_on_commit(alice: User, heard: Heard) -> None:
    write(alice)
    ears = heard(alice.pk)
    with transaction.atomic():
        assert publish(alice.pk, "numerology.report_progress", {"report": "r1", "percent": 40}) == 1
        assert ears.nothing()
    data = {"report": "r1", "percent": 40, "unread": {"count": 1, "capped": False}}
    assert ears.hear() == {"version": 1, "type": "numerology.report_progress", "data": data}
    assert LiveEvent.objects.values_list("user", "version", "event_type", "data").get() == (
        alice.pk,
        1,
        "numerology.report_progress",
        data,
    )
    assert current_version(alice.pk) == 1


def test_rule_06_what_is_rolled_back_is_neither_numbered_nor_sent(alice: User, heard: Heard) -> None:
    ears = heard(alice.pk)
    with transaction.atomic():
        publish(alice.pk, "read", {})
        transaction.set_rollback(True)
    assert ears.nothing()
    assert (current_version(alice.pk), LiveEvent.objects.count()) == (0, 0)


def test_an_event_costs_two_statements(alice: User, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with transaction.atomic(), django_assert_num_queries(2):
        publish(alice.pk, "read", {"ids": []})


def test_rule_75_versions_grow_by_one_and_the_count_belongs_to_the_version(alice: User, tell: Tell) -> None:
    made = [record(alice.pk, "read", {}) for _ in range(3)]
    assert [(each.version, each.count, each.capped) for each in made] == [(1, 0, False), (2, 0, False), (3, 0, False)]
    write(alice)
    assert record(alice.pk, "read", {}).count == 1


def test_rule_75_the_count_is_the_centres(alice: User, bob: User, monkeypatch: pytest.MonkeyPatch) -> None:
    past, now = clock.now() - timedelta(hours=1), clock.now()
    for more in (
        {},
        {"expires_at": now + timedelta(days=1)},
        {"expires_at": past},
        {"read_at": now},
        {"deleted_at": now},
        {"archived_at": now},
        {"in_centre": False},
    ):
        write(alice, **more)
    write(bob)
    told, asked = record(alice.pk, "read", {}), selectors.unread_count(alice.pk)
    assert (told.count, told.capped) == (asked.count, asked.capped) == (2, False)


def test_rule_74_past_the_cap_a_count_says_so(alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("notifications.stream.events.COUNT_CAP", 2)
    counts = []
    for _ in range(3):
        write(alice)
        told = record(alice.pk, "read", {})
        counts.append((told.count, told.capped))
    assert counts == [(1, False), (2, False), (2, True)]


@pytest.mark.parametrize(
    ("event_type", "data"),
    [
        ("", {}),
        ("Read", {}),
        ("a.b.c", {}),
        ("read\nid: 1", {}),
        ("hello", {}),
        ("kick", {}),
        ("resync", {}),
        ("x" * 41, {}),
        ("read", {"unread": 1}),
        ("read", {"version": 1}),
        ("read", {"text": "é" * 2048}),
        ("read", {"number": float("nan")}),
    ],
    ids=lambda value: str(value)[:20],
)
def test_an_event_that_is_none_is_refused(alice: User, event_type: str, data: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"."):
        publish(alice.pk, event_type, data)
    assert current_version(alice.pk) == 0


def test_an_event_of_the_largest_size_is_told_whole(alice: User) -> None:
    text = "x" * (4096 - len('{"text": ""}'))
    publish(alice.pk, "read", {"text": text})
    assert LiveEvent.objects.get().data["text"] == text


def test_rule_71_announced_notifications_are_numbered_each_person_apart(alice: User, bob: User, heard: Heard) -> None:
    publish(alice.pk, "read", {})
    of_alice, of_bob = heard(alice.pk), heard(bob.pk)
    first, other, second = write(alice), write(bob), write(alice, priority="high")
    assert announce([second.pk, first.pk, other.pk]) == 3
    unread = {"count": 2, "capped": False}
    told = [
        {"version": 2, "type": "notification", "data": event(first, unread)},
        {"version": 3, "type": "notification", "data": event(second, unread)},
    ]
    assert [of_alice.hear(), of_alice.hear()] == told
    assert of_bob.hear() == {"version": 1, "type": "notification", "data": event(other, unread | {"count": 1})}
    assert of_alice.nothing()
    versions = dict(Notification.objects.values_list("pk", "version"))
    assert versions == {first.pk: 2, second.pk: 3, other.pk: 1}
    assert dict(LiveCursor.objects.values_list("user", "version")) == {alice.pk: 3, bob.pk: 1}


def event(notification: Notification, unread: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": str(notification.public_id),
        "type": notification.notification_type,
        "priority": notification.priority,
        "unread": unread,
    }


def test_what_is_announced_is_announced_once(alice: User, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    made = write(alice)
    assert announce([made.pk]) == 1
    with django_assert_num_queries(3):  # BEGIN, one statement, COMMIT
        assert announce([made.pk]) == 0
    with django_assert_num_queries(0):
        assert announce([]) == 0
    assert LiveEvent.objects.count() == 1


def test_what_is_not_in_the_centre_is_not_announced(alice: User) -> None:
    assert announce([write(alice, in_centre=False).pk, write(alice, deleted_at=clock.now()).pk]) == 0
    assert not LiveEvent.objects.exists()


def test_many_people_cost_as_many_statements_as_one(
    alice: User, bob: User, charlie: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    ids = [write(user).pk for user in (alice, bob, charlie) for _ in range(3)]
    with django_assert_num_queries(4):  # BEGIN, two statements, COMMIT
        assert announce(ids) == 9


def test_of_many_people_those_with_an_open_page_hear_it(alice: User, bob: User, heard: Heard) -> None:
    crowd = User.objects.bulk_create(User(email=f"crowd{number}@example.com") for number in range(sending.FEW))
    ids = [write(user).pk for user in (*crowd, alice, bob)]
    ears, other = heard(alice.pk), heard(bob.pk)
    last = f"live:{uuid4()}"
    with common_redis.connection().pubsub() as everything:  # type: ignore[no-untyped-call]
        everything.psubscribe("live:*")
        everything.get_message(timeout=60)
        assert announce(ids) == len(ids)
        said = {ear.hear()["data"]["id"] for ear in (ears, other)}
        common_redis.connection().publish(last, "")
        published = set(iter(lambda: (everything.get_message(timeout=60) or {})["channel"], last.encode()))
    assert said == {str(row.public_id) for row in Notification.objects.filter(recipient__in=(alice, bob))}
    ours = {sending.channel_of(user.pk).encode() for user in (*crowd, alice, bob)}
    assert published & ours == {sending.channel_of(user.pk).encode() for user in (alice, bob)}


def test_a_notification_that_is_being_changed_is_left_to_the_sweeper(alice: User) -> None:
    held, free = write(alice), write(alice)
    with transaction.atomic():
        Notification.objects.select_for_update().get(pk=held.pk)
        with ThreadPoolExecutor(1) as other:
            assert other.submit(elsewhere(lambda: announce([held.pk, free.pk]))).result(60) == 1
    assert announce([held.pk, free.pk]) == 1


def test_rule_79_of_two_open_transactions_the_second_waits_for_the_number_of_the_first(alice: User) -> None:
    numbered, proceed = Event(), Event()

    def slow() -> int:
        with transaction.atomic():
            version = publish(alice.pk, "read", {"who": "slow"})
            numbered.set()
            assert proceed.wait(60)
        return version

    def quick() -> int:
        assert numbered.wait(60)
        return publish(alice.pk, "read", {"who": "quick"})

    with ThreadPoolExecutor(2) as pool:
        first, second = pool.submit(elsewhere(slow)), pool.submit(elsewhere(quick))
        assert numbered.wait(60)
        # Nobody can see a higher number while a lower one is not committed.
        assert current_version(alice.pk) == 0
        proceed.set()
        assert (first.result(60), second.result(60)) == (1, 2)
    told = LiveEvent.objects.order_by("version").values_list("version", "data__who")
    assert list(told) == [(1, "slow"), (2, "quick")]


def test_rule_79_publishers_at_once_leave_no_gap(alice: User) -> None:
    with ThreadPoolExecutor(8) as pool:
        versions = list(pool.map(lambda _: elsewhere(lambda: publish(alice.pk, "read", {}))(), range(40)))
    assert sorted(versions) == list(range(1, 41))
    assert list(LiveEvent.objects.order_by("version").values_list("version", flat=True)) == list(range(1, 41))


def elsewhere(action: Callable[[], int]) -> Callable[[], int]:
    """``action`` on a connection of its own, for another thread."""

    def run() -> int:
        try:
            return action()
        finally:
            connection.close()

    return run


def test_a_kick_names_whose_streams_end_and_waits_for_the_commit(alice: User, heard: Heard) -> None:
    ears, session, kept = heard(alice.pk), uuid4(), uuid4()
    with transaction.atomic():
        kick(alice.pk)
        kick(alice.pk, session)
        kick(alice.pk, except_session=kept)
        assert ears.nothing()
    assert [ears.hear()["kick"] for _ in range(3)] == [
        {"session": None, "except": None},
        {"session": session.hex, "except": None},
        {"session": None, "except": kept.hex},
    ]
    assert current_version(alice.pk) == 0


def test_rule_80_with_redis_away_events_are_kept_and_the_losses_told_once(
    alice: User, settings: Settings, heard: Heard
) -> None:
    address = settings.REDIS_URL
    settings.REDIS_URL = "redis://127.0.0.1:9/0"
    common_redis.connection.cache_clear()
    with structlog.testing.capture_logs() as lines:
        assert [publish(alice.pk, "read", {}), publish(alice.pk, "read", {}), announce([write(alice).pk])] == [1, 2, 1]
    settings.REDIS_URL = address
    common_redis.connection.cache_clear()
    assert [line["event"] for line in lines] == ["live_events_not_sent"]
    assert LiveEvent.objects.count() == 3
    sending.live_pause.end()
    ears = heard(alice.pk)
    with structlog.testing.capture_logs() as lines:
        publish(alice.pk, "read", {})
        publish(alice.pk, "read", {})
    assert [(line["event"], line["lost"]) for line in lines] == [("live_events_sent_again", 3)]
    assert [ears.hear()["version"], ears.hear()["version"]] == [4, 5]


def test_what_a_killed_process_left_is_announced_by_the_sweeper(alice: User) -> None:
    made = write(alice)
    made.refresh_from_db()
    with time_machine.travel(made.created_at + timedelta(seconds=4), tick=False):
        sweep_live_events()
        assert current_version(alice.pk) == 0
    with time_machine.travel(made.created_at + timedelta(seconds=6), tick=False):
        sweep_live_events()
        assert current_version(alice.pk) == 1
        sweep_live_events()
    assert LiveEvent.objects.get().data["id"] == str(made.public_id)


def test_what_was_never_announced_is_let_go_after_a_day(alice: User) -> None:
    write(alice)
    with time_machine.travel(clock.now() + timedelta(hours=25), tick=False):
        assert announce_left_behind() == 0


def test_the_sweeper_takes_no_more_than_it_is_told(alice: User) -> None:
    for _ in range(3):
        write(alice)
    with time_machine.travel(clock.now() + timedelta(minutes=1), tick=False):
        assert [announce_left_behind(limit=2) for _ in range(3)] == [2, 1, 0]


def test_rule_82_events_are_removed_in_batches_after_a_day(alice: User) -> None:
    for _ in range(5):
        publish(alice.pk, "read", {})
    with time_machine.travel(clock.now() + timedelta(hours=23), tick=False):
        remove_old_live_events()
    assert LiveEvent.objects.count() == 5
    with time_machine.travel(clock.now() + timedelta(hours=25), tick=False):
        assert remove_old(batch=2, at_most=2) == 4
        assert remove_old(batch=2, at_most=2) == 1
        assert remove_old(batch=2) == 0
    assert current_version(alice.pk) == 5


def test_a_notification_is_announced_when_it_is_committed(alice: User, tell: Tell) -> None:
    with transaction.atomic():
        made = tell(alice)
        assert current_version(alice.pk) == 0
    made.refresh_from_db()
    assert (made.version, current_version(alice.pk)) == (1, 1)
    tell(alice, dedupe_key="once")
    tell(alice, dedupe_key="once")
    assert current_version(alice.pk) == 2
