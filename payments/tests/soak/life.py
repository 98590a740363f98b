"""The time of the soak: people act, the house is kept, workers die; then everything comes to rest and is compared."""

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db import models

from numerai.common import clock
from numerai.common.redis import connection as redis
from payments.models import UNSETTLED, BillingOperation, ReconcileRun, WebhookEvent
from payments.models.webhook_event import OPEN
from payments.reconciling import go_on, start_run
from payments.services import resume_due, sweep_operations
from payments.tasks import sweep_webhook_events
from payments.tests.soak.people import Person
from payments.tests.soak.town import Town, wait_for
from payments.tests.soak.workers import Workers

HOUR = 3600
QUEUE = "celery"


@dataclass(frozen=True)
class Size:
    """``queue`` is how many events may wait before the time stands still until workers have caught up."""

    people: int = 6
    days: int = 120
    seed: int = 20261121
    kills: float = 0.03
    queue: int = 40

    @classmethod
    def from_environment(cls) -> "Size":
        """SOAK_PEOPLE, SOAK_DAYS and SOAK_SEED; small without them."""
        named = {name: os.environ.get(f"SOAK_{name.upper()}") for name in ("people", "days", "seed")}
        return cls(**{name: int(value) for name, value in named.items() if value})

    @property
    def is_small(self) -> bool:
        return self.people <= 10 and self.days <= 150


Progress = Callable[[int], None]


class Life:
    def __init__(self, town: Town, people: list[Person], workers: Workers, size: Size) -> None:
        self.town, self.people, self.workers, self.size = town, people, workers, size
        self.reconcile_seconds = 0.0

    def pass_by(self, on_day: Progress) -> None:
        self.town.server.faults.webhooks(drop=0.1, duplicate=1.0, shuffle=1.0, seed=self.size.seed)
        end, told = clock.now() + timedelta(days=self.size.days), 0
        began = clock.now()
        while clock.now() < end:
            self.town.pass_time(round(self.town.random.uniform(4, 20) * HOUR))
            for person in self.people:
                if person.next_at <= clock.now():
                    person.act()
            self._keep_house()
            days = min((clock.now() - began).days, self.size.days)
            on_day(days - told)
            if told < self.size.days // 2 <= days:
                self.workers.kill_all()
            told = days

    def _keep_house(self) -> None:
        """What beat starts, and the accidents of a data centre."""
        if self.town.random.random() < self.size.kills:
            self.workers.kill_one()
        _sweep_events()
        sweep_operations()
        resume_due()
        wait_for(lambda: waiting().count() <= self.size.queue or _is_queue_empty(), seconds=30)

    def come_to_rest(self) -> None:
        """Nothing goes wrong any more, and enough time passes for whatever was left to be settled."""
        self.town.server.faults.clear()
        for hours in (1, *[6] * 8):
            self.town.pass_time(hours * HOUR)
            resume_due()
            settled = 1
            while settled:
                settled = sweep_operations()
        assert not BillingOperation.objects.filter(state__in=UNSETTLED).exists()
        rounds, is_at_rest = 0, False
        while not is_at_rest:
            rounds += 1
            assert rounds < 200, list(waiting().values("type", "state", "last_error")[:5])
            _sweep_events()
            wait_for(_is_queue_empty, seconds=60)
            is_done = wait_for(lambda: not waiting().exists(), seconds=0.5)
            self.town.pass_time(0 if is_done else settings.JOB_LEASE_SECONDS + HOUR // 4)
            is_at_rest = self._is_at_rest()

    def _is_at_rest(self) -> bool:
        return self.town.server.wait_idle(120) and not waiting().exists()

    def compare(self) -> ReconcileRun:
        began = time.monotonic()
        run = go_on(start_run())
        self.reconcile_seconds = time.monotonic() - began
        return run


def waiting() -> models.QuerySet[WebhookEvent]:
    return WebhookEvent.objects.filter(state__in=OPEN)


def _is_queue_empty() -> bool:
    return redis().llen(QUEUE) == 0


def _sweep_events() -> None:
    """Hours of the soak are moments of its workers, so what waits is put back only when they have nothing to do."""
    if _is_queue_empty():
        sweep_webhook_events()
