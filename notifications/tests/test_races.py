"""Threads on real PostgreSQL: what two do at once has the effect of one."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
import time_machine
from django.conf import settings as django_settings
from django.db import connection, transaction
from pytest_django import Settings

from accounts.models import User
from dev.mailbox import Mailbox
from notifications.centre import services
from notifications.deliveries import dispatch, sweeping
from notifications.models import Delivery, LiveEvent, Notification
from notifications.services import notify
from notifications.tests.conftest import Tell, email_delivery
from notifications.tests.smtp_peers import silent
from notifications.vocabulary import DeliveryStatus
from numerai.common import clock

pytestmark = pytest.mark.django_db(transaction=True)

THREADS = 8


def at_once(action: Callable[[int], Any]) -> list[Any]:
    """``action(0)`` to ``action(7)`` started together, each on a connection of its own; their answers."""
    barrier = Barrier(THREADS)

    def run(number: int) -> Any:
        try:
            connection.ensure_connection()
            barrier.wait(timeout=60)
            return action(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(run, range(THREADS)))


def test_one_key_makes_one_notification_and_no_error(alice: User) -> None:
    def tell_twice(number: int) -> tuple[int, int]:
        with transaction.atomic():
            own = notify(user=alice, kind="sample.note", context={"text": str(number)})
            shared = notify(user=alice, kind="sample.plan_changed", context={"plan": str(number)}, dedupe_key="k")
        return own.pk, shared.pk

    answers = at_once(tell_twice)
    assert len({own for own, _ in answers}) == THREADS
    assert len({shared for _, shared in answers}) == 1
    assert Notification.objects.filter(dedupe_key="k").count() == 1
    assert Delivery.objects.filter(notification__dedupe_key="k").count() == 2


def test_rule_04_of_many_workers_one_sends(alice: User, mailbox: Mailbox) -> None:
    delivery = email_delivery(alice)
    at_once(lambda _: dispatch.deliver(delivery.pk))
    assert len(mailbox.messages()) == 1
    delivery.refresh_from_db()
    assert (delivery.status, delivery.attempts) == (DeliveryStatus.SENT, 1)


def test_sweeps_at_once_take_each_delivery_once(alice: User) -> None:
    for _ in range(20):
        email_delivery(alice)
    assert sum(at_once(lambda _: sweeping.sweep(limit=5))) == 20
    assert Delivery.objects.filter(status=DeliveryStatus.QUEUED).count() == 20


def test_reading_at_once_keeps_one_moment(alice: User, tell: Tell) -> None:
    made = tell(alice)
    read = at_once(lambda _: services.act(user_id=alice.pk, public_id=made.public_id, action=services.Action.READ))
    assert len({row.read_at for row, _ in read}) == 1
    assert len({unread.version for _, unread in read}) == 1
    assert LiveEvent.objects.filter(user=alice, event_type="read").count() == 1


def test_reading_all_in_two_ways_at_once_ends_without_a_deadlock(alice: User) -> None:
    for number in range(60):
        kind, context = ("sample.note", {"text": "x"}) if number % 2 else ("sample.plan_changed", {"plan": "x"})
        notify(user=alice, kind=kind, context=context)
    updated = at_once(
        lambda number: services.mark_all_read(user_id=alice.pk, notification_type=("", "info", "payment")[number % 3])
    )
    assert sum(done.updated for done in updated) == 60
    newest = max(updated, key=lambda done: done.unread.version)
    assert newest.unread.count == 0


@pytest.mark.serial
def test_rule_05_a_worker_killed_while_sending_is_replaced(alice: User, mailbox: Mailbox, settings: Settings) -> None:
    delivery = email_delivery(alice)
    with silent() as port:
        worker = subprocess.Popen(
            [sys.executable, "-c", WORKER, str(delivery.pk), str(port), django_settings.DATABASES["default"]["NAME"]],
            cwd=Path(__file__).parents[2],
            env=os.environ | {"DJANGO_SETTINGS_MODULE": "numerai.settings.test"},
            stdout=subprocess.PIPE,
        )
        assert worker.stdout is not None
        assert worker.stdout.readline() == b"connected\n"
        worker.send_signal(signal.SIGKILL)
        worker.communicate()
    delivery.refresh_from_db()
    assert (delivery.status, delivery.attempts) == (DeliveryStatus.SENDING, 1)
    dispatch.deliver(delivery.pk)
    assert (sweeping.sweep(), mailbox.messages()) == (0, [])
    with time_machine.travel(clock.now() + timedelta(seconds=settings.JOB_LEASE_SECONDS + 1)):
        assert sweeping.sweep() == 1
        dispatch.deliver(delivery.pk)
    delivery.refresh_from_db()
    assert (delivery.status, delivery.attempts, len(mailbox.messages())) == (DeliveryStatus.SENT, 2, 1)


WORKER = """
import socket, sys
import django
from django.conf import settings
django.setup()
from dataclasses import replace
from notifications import kinds
from notifications.deliveries import dispatch
from notifications.tests.conftest import PLAN_CHANGED
delivery_id, port, database = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
settings.DATABASES["default"]["NAME"] = database
settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", port, 30
settings.TEMPLATES[0]["DIRS"] = ["notifications/tests/templates"]
kinds.register(PLAN_CHANGED)
connect = socket.create_connection
def announce(*args, **kwargs):
    made = connect(*args, **kwargs)
    print("connected", flush=True)
    return made
socket.create_connection = announce
dispatch.deliver(delivery_id)
"""
