"""Codes and warnings while thousands of news wait: what is critical leaves at once all the same."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event
from typing import Any
from uuid import uuid4

import django
from django.conf import settings
from django.core.management import call_command

from bench.measure import Measure, measure
from bench.telling.broadcast import crowd
from dev.run import WORKER
from dev.services import ROOT, wait_until
from dev.storm.mail import MailServer

GOAL_SECONDS = 5.0
# Of the time that all the others take.
GOAL_SHARE = 0.1
TRIED = 20
PATIENCE_SECONDS = 600.0


class Arrivals:
    """What the mail server took: how many, and whether it is whom one waits for."""

    def __init__(self) -> None:
        self.number = 0
        self._awaited = ""
        self._came = Event()

    def take(self, address: str) -> None:
        self.number += 1
        if address == self._awaited:
            self._came.set()

    def seconds_to(self, person: Any) -> float:
        """From telling ``person`` something critical to its being taken."""
        from notifications.broadcasts.announcing import ANNOUNCEMENT
        from notifications.services import notify

        self._awaited = person.email
        self._came.clear()
        started = time.perf_counter()
        context = {"title": "Look here", "message": "This cannot wait."}
        notify(user=person, kind=ANNOUNCEMENT.name, context=context, priority="critical")
        if not self._came.wait(PATIENCE_SECONDS):
            raise RuntimeError("What is critical did not leave.")
        return time.perf_counter() - started


def critical_leaves_first(others: int) -> list[Measure]:
    """The worst of some critical mails, alone and behind so many of low priority that one worker is busy with."""
    django.setup()
    call_command("migrate", verbosity=0, interactive=False)
    from accounts.models import User

    name, arrivals = uuid4().hex, Arrivals()
    crowd(others + 1, name)
    person = User.objects.get(email=f"{name}0@example.com")
    with MailServer(arrivals.take) as server:
        with a_worker(server):
            arrivals.seconds_to(person)
            alone = max(arrivals.seconds_to(person) for _ in range(TRIED))
        tell(User.objects.filter(email__startswith=name).exclude(pk=person.pk), name)
        before = arrivals.number
        with a_worker(server):
            wait_until(lambda: arrivals.number > before, PATIENCE_SECONDS)
            started = time.perf_counter()
            waited = [arrivals.seconds_to(person) for _ in range(TRIED)]
            left = others - (arrivals.number - before - TRIED)
            drained(arrivals, before + others + TRIED)
            seconds = time.perf_counter() - started
    title = f"critical mail behind {left} of low priority"
    return [
        measure(name="critical mail, alone", value=alone * 1000, unit="ms"),
        measure(name=title, value=max(waited) * 1000, unit="ms", limit=GOAL_SECONDS * 1000, goal=1.0),
        measure(name="the same, of what the others take", value=max(waited), unit="s", limit=seconds, goal=GOAL_SHARE),
    ]


def tell(people: Any, name: str) -> None:
    """News for ``people``, all of it due, and as much of it in the broker as goes there at once."""
    from notifications.broadcasts import running
    from notifications.broadcasts.announcing import ANNOUNCEMENT
    from notifications.broadcasts.services import notify_many
    from notifications.deliveries.sweeping import sweep

    news = {"title": "A new page", "message": "From today on you can compare two charts."}
    made = notify_many(people, kind=ANNOUNCEMENT.name, context=news, dedupe_key=name, priority="low")
    running.run(made.pk, seconds=PATIENCE_SECONDS)
    sweep()


def drained(arrivals: Arrivals, expected: int) -> None:
    """Come back when so many have been taken, swept meanwhile as beat would."""
    from notifications.deliveries.sweeping import sweep

    deadline, next_sweep = time.monotonic() + PATIENCE_SECONDS, 0.0
    while arrivals.number < expected:
        if time.monotonic() > deadline:
            raise RuntimeError(f"{expected - arrivals.number} mails are left.")
        if time.monotonic() > next_sweep:
            sweep()
            next_sweep = time.monotonic() + settings.SWEEP_SECONDS
        time.sleep(0.05)


@contextmanager
def a_worker(server: MailServer) -> Iterator[None]:
    """As ``make run`` starts it: one for all queues."""
    process = subprocess.Popen(
        (sys.executable, *WORKER),
        cwd=ROOT,
        env=os.environ | {"EMAIL_URL": f"smtp://127.0.0.1:{server.port}"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield
    finally:
        process.terminate()
        process.wait(60)
