"""A broadcast that is stopped, killed, raced for, or fails."""

import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
import time_machine
from django.conf import settings as django_settings
from django.db import connection
from pytest_django import Settings

from accounts.models import User
from notifications import tasks
from notifications.broadcasts import running, services, writing
from notifications.broadcasts.services import cancel, notify_many, resume
from notifications.models import Broadcast, Delivery, LiveEvent, Notification
from notifications.services import notify
from notifications.tests.broadcasts.crowd import crowd
from numerai.common import clock


@pytest.fixture(autouse=True)
def ten_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "BATCH", 10)


def waiting(broadcast: Broadcast) -> int:
    return sum(len(batch.people) for batch in broadcast.batches.all())


def begin() -> Broadcast:
    return notify_many(User.objects.all(), kind="sample.note", context={"text": "x"}, dedupe_key="news")


def fresh(broadcast: Broadcast) -> Broadcast:
    return Broadcast.objects.get(pk=broadcast.pk)


@pytest.mark.django_db
def test_rule_69_a_task_works_for_a_while_and_another_goes_on() -> None:
    crowd(25)
    made = begin()
    for told in (10, 20, 25):
        running.run(made.pk, seconds=0)
        assert (fresh(made).told, fresh(made).lease_until) == (told, None)
    running.run(made.pk, seconds=0)
    assert (fresh(made).state, Notification.objects.count()) == ("done", 25)
    running.run(made.pk)
    assert Notification.objects.count() == 25


@pytest.mark.django_db(transaction=True)
def test_rule_69_a_batch_that_fails_leaves_nothing_and_is_told_later(monkeypatch: pytest.MonkeyPatch) -> None:
    crowd(25)
    made = begin()
    deliver = writing.deliver
    calls: list[int] = []

    def fail_once(*args: Any) -> None:
        calls.append(1)
        if len(calls) == 2:
            raise ConnectionError("the words of an error may tell too much")
        deliver(*args)

    monkeypatch.setattr(writing, "deliver", fail_once)
    running.run(made.pk)
    assert (fresh(made).state, fresh(made).told, fresh(made).last_error) == ("waiting", 10, "ConnectionError")
    assert (Notification.objects.count(), waiting(made)) == (10, 15)
    running.run(made.pk)
    assert (fresh(made).state, fresh(made).told, fresh(made).last_error) == ("done", 25, "")
    assert Delivery.objects.count() == LiveEvent.objects.count() == 25


@pytest.mark.django_db
def test_what_fails_every_time_is_given_up_until_an_operator_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    crowd(1)
    made = begin()
    with monkeypatch.context() as patched:
        patched.setattr(writing, "tell", lambda *_: 1 / 0)
        for attempt in range(1, running.MAX_ATTEMPTS + 1):
            assert fresh(made).state == "waiting"
            running.run(made.pk)
            assert fresh(made).attempts == attempt
    assert (fresh(made).state, fresh(made).last_error, running.sweep()) == ("failed", "ZeroDivisionError", 0)
    assert resume(made.pk)
    assert not resume(made.pk)
    running.run(made.pk)
    assert (fresh(made).state, fresh(made).told) == ("done", 1)


@pytest.mark.django_db
def test_what_kills_its_workers_every_time_is_given_up() -> None:
    made = begin()
    Broadcast.objects.update(state="running", lease_until=clock.now(), attempts=running.MAX_ATTEMPTS)
    tasks.sweep_broadcasts()
    assert (fresh(made).state, fresh(made).last_error) == ("failed", "lease_expired")


@pytest.mark.django_db
def test_rule_70_it_is_cancelled_midway(alice: User) -> None:
    crowd(30)
    made = notify_many(
        User.objects.all(), kind="sample.plan_changed", context={"plan": "x"}, dedupe_key="k", priority="low"
    )
    other = notify_many(
        User.objects.filter(pk=alice.pk), kind="sample.plan_changed", context={"plan": "x"}, dedupe_key="o"
    )
    running.run(other.pk)
    running.run(made.pk, seconds=0)
    Delivery.objects.filter(notification__dedupe_key=running.dedupe_key(made), channel="email").update(
        status="queued", lease_until=clock.now()
    )
    assert cancel(made.pk)
    assert not cancel(made.pk)
    running.run(made.pk)
    assert (fresh(made).state, fresh(made).told) == ("cancelled", 10)
    assert fresh(made).finished_at is not None
    assert running.sweep() == 0
    mails = Delivery.objects.filter(channel="email")
    stopped = mails.filter(notification__dedupe_key=running.dedupe_key(made))
    assert set(stopped.values_list("status", "reason")) == {("cancelled", "cancelled_by_admin")}
    assert mails.filter(status="pending").count() == 1
    assert not cancel(other.pk)


@pytest.mark.django_db
def test_whoever_was_told_already_is_not_told_again(alice: User, bob: User) -> None:
    made = begin()
    key = running.dedupe_key(made)
    for person in (alice, bob):
        notify(user=person, kind="sample.note", context={"text": "first"}, dedupe_key=key)
    running.run(made.pk)
    assert (fresh(made).state, fresh(made).told, fresh(made).known) == ("done", 0, 2)
    assert set(Notification.objects.values_list("title", flat=True)) == {"first"}


@pytest.mark.django_db
def test_whoever_lost_the_lease_stops(monkeypatch: pytest.MonkeyPatch) -> None:
    crowd(30)
    made = begin()
    batch = running._batch

    def lose(*args: Any, **more: Any) -> Any:
        last = batch(*args, **more)
        monkeypatch.setattr(running, "lease_from", lambda now: now + timedelta(hours=1))
        return last

    monkeypatch.setattr(running, "_batch", lose)
    original = time.monotonic

    def steal() -> float:
        Broadcast.objects.filter(told=10).update(lease_until=clock.now() + timedelta(hours=2))
        return original()

    monkeypatch.setattr(time, "monotonic", steal)
    running.run(made.pk)
    assert (fresh(made).state, fresh(made).told) == ("running", 10)


@pytest.mark.django_db(transaction=True)
def test_of_many_workers_one_tells() -> None:
    crowd(40)
    made = begin()
    barrier = Barrier(4)

    def work(_: int) -> None:
        try:
            connection.ensure_connection()
            barrier.wait(timeout=60)
            running.run(made.pk)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(4)))
    assert (fresh(made).state, fresh(made).told, Notification.objects.count()) == ("done", 40, 40)


@pytest.mark.serial
@pytest.mark.django_db(transaction=True)
def test_rule_69_a_killed_worker_is_replaced_and_each_person_is_told_once(settings: Settings) -> None:
    crowd(60)
    made = begin()
    worker = subprocess.Popen(
        [sys.executable, "-c", WORKER, str(made.pk), django_settings.DATABASES["default"]["NAME"]],
        cwd=Path(__file__).parents[3],
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "numerai.settings.test"},
        stdout=subprocess.PIPE,
    )
    assert worker.stdout is not None
    assert worker.stdout.readline() == b"in the third batch\n"
    worker.send_signal(signal.SIGKILL)
    worker.communicate()
    assert (fresh(made).state, fresh(made).told) == ("running", 20)
    assert Notification.objects.count() == LiveEvent.objects.count() == 20
    running.run(made.pk)
    assert (fresh(made).told, running.sweep()) == (20, 0)
    with time_machine.travel(clock.now() + timedelta(seconds=settings.JOB_LEASE_SECONDS + 1)):
        assert running.sweep() == 1
        running.run(made.pk)
    assert (fresh(made).state, fresh(made).told, fresh(made).known) == ("done", 60, 0)
    people = Notification.objects.filter(dedupe_key=running.dedupe_key(made)).values_list("recipient", flat=True)
    assert (len(people), len(set(people))) == (60, 60)
    assert Delivery.objects.count() == LiveEvent.objects.count() == 60


WORKER = """
import sys, time
import django
from django.conf import settings
django.setup()
from notifications import kinds
from notifications.broadcasts import running, services, writing
from notifications.tests.conftest import NOTE
settings.DATABASES["default"]["NAME"] = sys.argv[2]
kinds.register(NOTE)
deliver, calls = running.writing.deliver, []
def hang(*args):
    deliver(*args)
    calls.append(1)
    if len(calls) == 3:
        print("in the third batch", flush=True)
        time.sleep(600)
running.writing.deliver = hang
running.run(int(sys.argv[1]))
"""
