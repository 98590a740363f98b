"""Two workers, and people who come while they work."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
import time_machine
from django.db import connection

from accounts.models import User
from notifications.models import Notification
from numerai.common import clock
from numerology.models import DailyReading, ReadingRound
from numerology.readings.rounds import opening, working
from numerology.readings.rounds.models import RoundState
from numerology.readings.services import daily_reading
from numerology.tests.cast import NOON
from numerology.tests.readings.people import crowd

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _no_midnight() -> Iterator[None]:
    # It goes on from noon: workers tell their leases apart by the moments they got them.
    with time_machine.travel(NOON, tick=True):
        yield


def at_once(*acts: Callable[[], object]) -> None:
    """Each in a thread with a connection of its own, all beginning together."""
    barrier = Barrier(len(acts))

    def run(act: Callable[[], object]) -> None:
        try:
            barrier.wait()
            act()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as threads:
        for done in [threads.submit(run, act) for act in acts]:
            done.result()


def everybody_has_one(people: list[User]) -> None:
    assert DailyReading.objects.count() == len(people)
    assert Notification.objects.count() == len(people)
    assert set(DailyReading.objects.values_list("user", flat=True)) == {user.pk for user in people}


def test_two_workers_on_one_round_make_each_reading_once() -> None:
    people = crowd(12, joined=clock.now())
    opening.sweep()
    round_ = ReadingRound.objects.get()
    at_once(*[lambda: working.work(round_.pk, batch=2)] * 4)
    round_.refresh_from_db()
    assert (round_.state, round_.seen, round_.made, round_.told) == (RoundState.DONE, 12, 12, 12)
    everybody_has_one(people)


def test_a_worker_thought_dead_and_its_successor_make_each_reading_once() -> None:
    people = crowd(12, joined=clock.now())
    opening.sweep()
    round_ = ReadingRound.objects.get()

    def takes_over() -> None:
        ReadingRound.objects.filter(state=RoundState.RUNNING).update(lease_until=clock.now() - timedelta(seconds=1))
        working.work(round_.pk, batch=2)

    at_once(lambda: working.work(round_.pk, batch=2), takes_over)
    # Whoever was left with the lease may have found it gone; the sweep brings the rest.
    ReadingRound.objects.filter(state=RoundState.RUNNING).update(lease_until=clock.now() - timedelta(seconds=1))
    working.work(round_.pk)
    everybody_has_one(people)


def test_sweeps_at_the_same_moment_begin_a_day_once() -> None:
    crowd(1, joined=clock.now())
    at_once(*[opening.sweep] * 4)
    assert ReadingRound.objects.count() == 1


def test_who_opens_theirs_while_it_is_made_has_one() -> None:
    people = crowd(8, joined=clock.now())
    opening.sweep()
    round_ = ReadingRound.objects.get()

    def opens() -> None:
        for user in reversed(people):
            daily_reading(user=User.objects.select_related("profile").get(pk=user.pk))

    at_once(lambda: working.work(round_.pk, batch=3), opens)
    assert DailyReading.objects.count() == 8
    assert not DailyReading.objects.filter(opened_at=None).exists()
    round_.refresh_from_db()
    assert (round_.state, round_.seen) == (RoundState.DONE, 8)
    assert round_.made == Notification.objects.count()
