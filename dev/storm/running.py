"""The storm itself: messages leave while workers and Redis die, then nobody answers for an hour, then all is well."""

import time
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from dev.local_providers import Asked, LocalProviders, Mode
from dev.services import wait_until
from dev.storm.comparing import Account, Taken, compared
from dev.storm.mail import MailServer
from dev.storm.people import WAYS, Message, Way, mail_to, message_of, told
from dev.storm.weather import Broker, Workers, move_clock

# When so much of what a way is to take has been taken, the workers die with the next one in their hands.
KILLED_AT = (0.2, 0.6)
REDIS_DIES_AT = 0.4
REDIS_SECONDS = 3.0
HOUR = timedelta(hours=1)
STEP = timedelta(minutes=2)
# Longer than any of this may wait once everybody answers again.
ENDS_AFTER = timedelta(hours=12)
SWEPT_EVERY = 1.0
PATIENCE_SECONDS = 300.0


class Storm:
    """``providers``, ``mail``, ``broker`` and ``workers`` are running, and the settings lead to them."""

    def __init__(self, providers: LocalProviders, broker: Broker, workers: Workers) -> None:
        self._providers = providers
        self._broker = broker
        self._workers = workers
        self._wanted: dict[int, Message] = {}
        self._taken = Taken()
        self._kills: dict[Way, list[int]] = {way: [] for way in WAYS}
        self.interrupted: set[int] = set()
        self.deaths = 0
        providers.on_taken = self._hear

    def mail_server(self) -> MailServer:
        """To be entered before anybody is told."""
        self._mail = MailServer(lambda address: self._count(mail_to(address)))
        return self._mail

    def rage(self, people: int) -> list[Account]:
        """Of so many people, a fifth are told in the hour in which nobody answers."""
        silenced = max(1, people // 5)
        self._gusts(range(people - silenced))
        self._silence(range(people - silenced, people))
        unanswered = {mail_to(address) for address in self._mail.unanswered}
        self.interrupted |= {delivery for delivery, message in self._wanted.items() if message in unanswered}
        statuses = dict(self._deliveries().values_list("id", "status"))
        return compared(self._wanted, self._taken.counts, statuses, self.interrupted)

    def _gusts(self, numbers: Iterable[int]) -> None:
        """Workers die with messages of each way in their hands, and Redis with all that it held."""
        self._tell(numbers)
        each = len(self._wanted) // len(WAYS)
        self._kills = {way: [max(1, int(each * share)) for share in KILLED_AT] for way in WAYS}
        self._workers.start()
        wait_until(self._has_taken(REDIS_DIES_AT), PATIENCE_SECONDS)
        self._broker.restart_empty(REDIS_SECONDS)
        self._forget_the_queue()
        self._until_nothing_is_left()

    def _silence(self, numbers: Iterable[int]) -> None:
        """For an hour each provider is out of order, and the mail server says nothing to what it is given."""
        self._mail.is_silent, self._providers.mode = True, Mode.UNAVAILABLE
        self._tell(numbers)
        for _ in range(HOUR // STEP):
            self._pass(STEP)
        self._mail.is_silent, self._providers.mode = False, Mode.OK
        self._until_nothing_is_left()

    def _tell(self, numbers: Iterable[int]) -> None:
        self._wanted |= told(numbers, self._providers.url)

    def _hear(self, asked: Asked) -> None:
        message = message_of(asked)
        if message is not None:
            self._count(message)

    def _count(self, message: Message) -> None:
        """In the provider's own thread, which has not answered yet: whoever dies now never hears that it was taken."""
        due, count = self._kills[message[0]], self._taken.add(message)
        if due and count >= due[0] and not self._workers.died.is_set():
            due.pop(0)
            self._workers.kill()

    def _has_taken(self, share: float) -> Any:
        def condition() -> bool:
            self._bury()
            return self._taken.total >= share * len(self._wanted)

        return condition

    def _until_nothing_is_left(self) -> None:
        passed = timedelta()
        while self._deliveries().filter(status__in=["pending", "deferred", "queued", "sending"]).exists():
            if passed > ENDS_AFTER:
                return
            self._pass(STEP)
            passed += STEP

    def _pass(self, span: timedelta) -> None:
        """Let ``span`` pass once nobody is at work."""
        from notifications.deliveries.sweeping import sweep

        left, deadline, next_sweep = -1, 0.0, 0.0
        while True:
            self._bury()
            if time.monotonic() > next_sweep:
                sweep()
                next_sweep = time.monotonic() + SWEPT_EVERY
            now_left = self._deliveries().filter(status__in=["queued", "sending"]).count()
            if not now_left:
                break
            if now_left != left:
                left, deadline = now_left, time.monotonic() + PATIENCE_SECONDS
            if time.monotonic() > deadline:
                raise RuntimeError("The workers do not come to an end; their log says why.")
            time.sleep(0.1)
        move_clock(span)
        sweep()

    def _bury(self) -> None:
        """When workers were killed: what they had in their hands is given up as after its lease, and others come."""
        from numerai.common import clock

        if not self._workers.died.is_set():
            return
        self._workers.reap()
        if not wait_until(lambda: not others_connected(), PATIENCE_SECONDS):
            raise RuntimeError("Somebody else is working on this database.")
        in_hand = self._deliveries().filter(status="sending")
        self.interrupted |= set(in_hand.values_list("id", flat=True))
        in_hand.update(lease_until=clock.now())
        self.deaths += 1
        self._workers.start()

    def _forget_the_queue(self) -> None:
        """What Redis had is given up as after its lease."""
        from numerai.common import clock

        self._deliveries().filter(status="queued").update(lease_until=clock.now())

    def _deliveries(self) -> "QuerySet[Any]":
        from notifications.models import Delivery

        return Delivery.objects.filter(id__in=self._wanted)


def others_connected() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            " AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
        )
        row = cursor.fetchone()
    return bool(row and row[0])
