"""How much one person is sent."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import structlog
import time_machine
from pytest_django import Settings

from accounts.models import User
from dev.mailbox import Mailbox
from dev.services import free_port
from notifications.deliveries import caps
from notifications.deliveries.circuit import FAILURES
from notifications.digests.closing import close_due
from notifications.models import Delivery, DigestWindow, ProviderHealth
from notifications.tasks import deliver
from notifications.tests.preferences.test_holding import mail_to, state
from notifications.tests.test_races import at_once
from notifications.vocabulary import DeliveryStatus, Reason
from numerai.common import clock
from numerai.common.redis import connection as redis_connection

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
SENT = DeliveryStatus.SENT


@pytest.fixture(autouse=True)
def _counted(settings: Settings) -> None:
    settings.RATE_LIMIT_ENABLED = True
    settings.NOTIFICATIONS_AN_HOUR = 3


@pytest.fixture
def _without_redis(settings: Settings) -> Iterator[None]:
    settings.REDIS_URL = settings.CELERY_BROKER_URL = f"redis://127.0.0.1:{free_port()}/0"
    redis_connection.cache_clear()
    yield
    redis_connection.cache_clear()


def sent(user: User, *, priority: str = "normal") -> Delivery:
    mail = mail_to(user, priority=priority)
    deliver(mail.pk)
    mail.refresh_from_db()
    return mail


def test_rule_67_past_the_cap_it_stays_in_the_centre_and_leaves_as_a_summary(
    alice: User, bob: User, mailbox: Mailbox
) -> None:
    with time_machine.travel(NOON, tick=False) as hand:
        assert [sent(alice).status for _ in range(3)] == [SENT] * 3
        hand.shift(timedelta(minutes=10))
        with structlog.testing.capture_logs() as lines:
            past = [sent(alice) for _ in range(2)]
        assert {state(mail) for mail in past} == {(DeliveryStatus.DEFERRED, Reason.THROTTLED, 0, 0)}
        assert all(mail.notification.in_centre for mail in past)
        assert DigestWindow.objects.get().closes_at == NOON + HOUR
        assert [line["event"] for line in lines].count("person_is_told_too_much") == 1
        assert sent(alice, priority="critical").status == SENT
        assert sent(bob).status == SENT
        hand.move_to(NOON + HOUR)
        assert close_due() == 1
        summary = Delivery.objects.get(notification__kind="notifications.summary")
        deliver(summary.pk)
        assert sent(alice).status == SENT
    assert state(summary)[0] == SENT
    assert {state(mail)[:2] for mail in past} == {(DeliveryStatus.SKIPPED, Reason.THROTTLED)}
    assert len(mailbox.messages()) == 7


def test_rule_67_operators_hear_of_a_person_once_a_day(alice: User) -> None:
    with time_machine.travel(NOON, tick=False) as hand, structlog.testing.capture_logs() as lines:
        for hours in (0, 1, 25):
            hand.move_to(NOON + hours * HOUR)
            for _ in range(5):
                caps.past(alice.pk, "email")
    told = [line for line in lines if line["event"] == "person_is_told_too_much"]
    assert [(line["user_id"], line["channel"]) for line in told] == [(str(alice.pk), "email")] * 2


def test_rule_67_texts_have_a_cap_of_a_day(alice: User, settings: Settings) -> None:
    settings.TEXTS_A_DAY = 2
    with time_machine.travel(NOON, tick=False) as hand:
        assert [caps.past(alice.pk, "sms") for _ in range(2)] == [None, None]
        hand.shift(2 * HOUR)
        assert caps.past(alice.pk, "sms") == pytest.approx(22 * 3600, abs=1)
        assert caps.past(alice.pk, "email") is None


def test_a_second_try_is_not_counted_again(alice: User, settings: Settings) -> None:
    settings.NOTIFICATIONS_AN_HOUR = 1
    settings.EMAIL_PORT = free_port()
    mail = sent(alice)
    assert (mail.status, mail.last_error_code) == (DeliveryStatus.PENDING, "smtp_connection")
    Delivery.objects.filter(pk=mail.pk).update(next_attempt_at=NOON)
    deliver(mail.pk)
    assert state(mail)[:3] == (DeliveryStatus.PENDING, "", 2)


def test_what_found_its_provider_failing_is_not_counted_again(
    alice: User, settings: Settings, mailbox: Mailbox
) -> None:
    settings.NOTIFICATIONS_AN_HOUR = 1
    left_alone_until = clock.now() + timedelta(seconds=30)
    ProviderHealth.objects.create(provider="smtp", failures=FAILURES, open_until=left_alone_until)
    mail = sent(alice)
    assert state(mail)[:3] == (DeliveryStatus.PENDING, Reason.CIRCUIT_OPEN, 0)
    ProviderHealth.objects.update(failures=0, open_until=None)
    Delivery.objects.filter(pk=mail.pk).update(next_attempt_at=NOON)
    deliver(mail.pk)
    assert state(mail)[:3] == (SENT, "", 1)
    assert len(mailbox.messages()) == 1


@pytest.mark.usefixtures("_without_redis")
def test_with_redis_away_everything_is_sent(alice: User, mailbox: Mailbox) -> None:
    assert [sent(alice).status for _ in range(5)] == [SENT] * 5


@pytest.mark.django_db(transaction=True)
def test_rule_68_those_who_count_at_once_are_all_counted(alice: User) -> None:
    assert at_once(lambda _: caps.past(alice.pk, "email")).count(None) == 3
