"""Mail servers that are away, refuse, hesitate, hang up or say nothing: real sockets, nothing lost, nothing twice."""

import asyncio
import time
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from aiosmtpd.smtp import SMTP, Envelope, Session
from celery.exceptions import SoftTimeLimitExceeded
from pytest_django import Settings

from accounts.models import User
from dev.mailbox import Mailbox
from notifications import kinds
from notifications.deliveries import dispatch, sweeping
from notifications.deliveries.backoff import MAX_ATTEMPTS
from notifications.deliveries.circuit import FAILURES
from notifications.kinds import Kind
from notifications.models import Delivery, Notification
from notifications.services import notify
from notifications.tests.conftest import email_delivery
from notifications.tests.smtp_peers import OK, Script, free_port, scripted, silent
from notifications.vocabulary import DeliveryStatus, Reason
from numerai.common import clock
from numerai.settings import base


def attempt(delivery: Delivery, settings: Settings, port: int) -> Delivery:
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    dispatch.deliver(delivery.pk)
    delivery.refresh_from_db()
    return delivery


def assert_waits(delivery: Delivery, *, code: str) -> None:
    assert (delivery.status, delivery.last_error_code, delivery.lease_until) == (DeliveryStatus.PENDING, code, None)
    assert delivery.next_attempt_at is not None
    assert delivery.next_attempt_at > delivery.created_at
    assert delivery.sent_at is None


def test_rule_40_a_server_that_is_down_costs_a_delay_and_not_a_mail(
    alice: User, mailbox: Mailbox, settings: Settings
) -> None:
    delivery = attempt(email_delivery(alice), settings, free_port())
    assert_waits(delivery, code="smtp_connection")
    assert delivery.attempts == 1
    settings.EMAIL_PORT = mailbox.smtp_port
    with time_machine.travel(clock.now() + timedelta(minutes=1)):
        assert sweeping.sweep() == 1
        dispatch.deliver(delivery.pk)
    delivery.refresh_from_db()
    assert (delivery.status, delivery.attempts) == (DeliveryStatus.SENT, 2)
    assert len(mailbox.messages()) == 1


def test_before_its_time_a_retry_is_not_made(alice: User, mailbox: Mailbox, settings: Settings) -> None:
    delivery = attempt(email_delivery(alice), settings, free_port())
    later = clock.now() + timedelta(minutes=5)
    Delivery.objects.filter(pk=delivery.pk).update(next_attempt_at=later)
    attempt(delivery, settings, mailbox.smtp_port)
    assert (sweeping.sweep(), delivery.attempts, mailbox.messages()) == (0, 1, [])


def test_it_gives_up_after_eight_attempts(alice: User, settings: Settings) -> None:
    delivery = email_delivery(alice)
    with scripted(Script().but(rcpt="451 4.7.1 greylisted, come back later")) as port:
        for number in range(1, MAX_ATTEMPTS + 1):
            with time_machine.travel(clock.now() + timedelta(hours=number)):
                attempt(delivery, settings, port)
            assert delivery.attempts == number
    assert (delivery.status, delivery.reason) == (DeliveryStatus.FAILED, Reason.PROVIDER_EXHAUSTED)


def test_rule_45_a_server_that_is_down_for_everybody_is_waited_for_three_days(alice: User, settings: Settings) -> None:
    delivery = email_delivery(alice)
    for hour in range(71):
        with time_machine.travel(clock.now() + timedelta(hours=hour)):
            attempt(delivery, settings, free_port())
        assert_waits(delivery, code="smtp_connection")
    assert delivery.attempts == FAILURES - 1
    with time_machine.travel(clock.now() + timedelta(hours=73)):
        attempt(delivery, settings, free_port())
    assert (delivery.status, delivery.reason) == (DeliveryStatus.FAILED, Reason.PROVIDER_EXHAUSTED)


class HangsUp(Script):
    """Takes the mail and is gone before it says so."""

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        self.taken.append(envelope)
        assert isinstance(server.transport, asyncio.Transport)
        server.transport.abort()
        return OK


def test_rule_45_what_may_have_arrived_is_tried_seldom_and_not_for_ever(alice: User, settings: Settings) -> None:
    delivery, script = email_delivery(alice), HangsUp()
    with scripted(script) as port:
        for day in range(MAX_ATTEMPTS):
            moment = clock.now() + timedelta(days=day)
            with time_machine.travel(moment):
                attempt(delivery, settings, port)
            assert (delivery.attempts, delivery.last_error_code) == (day + 1, "smtp_connection")
            if FAILURES <= delivery.attempts < MAX_ATTEMPTS:
                assert delivery.next_attempt_at is not None
                assert delivery.next_attempt_at - moment >= timedelta(minutes=30)
    assert (delivery.status, len(script.taken)) == (DeliveryStatus.FAILED, MAX_ATTEMPTS)


@pytest.mark.parametrize(
    ("script", "ending"),
    [
        ({"rcpt": "550 5.1.1 no such user"}, (DeliveryStatus.BOUNCED, "smtp_550")),
        ({"rcpt": "553 mailbox name not allowed"}, (DeliveryStatus.BOUNCED, "smtp_553")),
        ({"data": "554 5.7.1 looks like spam"}, (DeliveryStatus.FAILED, "smtp_554")),
        ({"mail": "552 too big"}, (DeliveryStatus.FAILED, "smtp_552")),
    ],
)
def test_a_refusal_for_good_is_final(
    alice: User, settings: Settings, script: dict[str, str], ending: tuple[str, str]
) -> None:
    with scripted(Script().but(**script)) as port:
        delivery = attempt(email_delivery(alice), settings, port)
    assert (delivery.status, delivery.last_error_code) == ending
    assert delivery.reason == Reason.PROVIDER_PERMANENT
    assert delivery.last_error in next(iter(script.values()))
    with time_machine.travel(clock.now() + timedelta(days=1)):
        assert sweeping.sweep() == 0


@pytest.mark.parametrize(
    ("script", "code"),
    [
        ({"rcpt": "451 4.7.1 greylisted, come back later"}, "smtp_451"),
        ({"rcpt": "452 mailbox full"}, "smtp_452"),
        ({"data": "421 4.3.2 shutting down"}, "smtp_421"),
        ({"mail": "450 busy"}, "smtp_450"),
    ],
)
def test_a_refusal_for_now_is_tried_again(alice: User, settings: Settings, script: dict[str, str], code: str) -> None:
    with scripted(Script().but(**script)) as port:
        delivery = attempt(email_delivery(alice), settings, port)
    assert_waits(delivery, code=code)
    assert delivery.attempts == 1
    with scripted(Script()) as port, time_machine.travel(clock.now() + timedelta(minutes=1)):
        assert attempt(delivery, settings, port).status == DeliveryStatus.SENT


def test_a_retry_keeps_its_message_id(alice: User, settings: Settings) -> None:
    delivery = email_delivery(alice)
    half_deaf = Script(data="451 try again")
    whole = Script()
    with scripted(half_deaf) as port:
        attempt(delivery, settings, port)
    with scripted(whole) as port, time_machine.travel(clock.now() + timedelta(minutes=1)):
        attempt(delivery, settings, port)
    (envelope,) = whole.taken
    assert f"Message-ID: {delivery.provider_message_id}".encode() in (envelope.content or b"")
    assert str(delivery.notification.public_id) in delivery.provider_message_id


def test_our_own_misconfiguration_costs_no_attempt(alice: User, mailbox: Mailbox, settings: Settings) -> None:
    settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "numerai", "wrong"
    delivery = email_delivery(alice)
    for number in range(1, 12):
        with time_machine.travel(clock.now() + timedelta(hours=number)):
            attempt(delivery, settings, mailbox.smtp_port)
            assert_waits(delivery, code="smtp_not_supported")  # the mailbox offers no AUTH
    assert delivery.attempts == 0
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    with time_machine.travel(clock.now() + timedelta(hours=13)):
        assert attempt(delivery, settings, mailbox.smtp_port).status == DeliveryStatus.SENT


def test_a_misconfiguration_that_lasts_ends_the_delivery(alice: User, settings: Settings) -> None:
    with scripted(Script(mail="550 not your domain")) as port, time_machine.travel(clock.now() + timedelta(hours=73)):
        delivery = attempt(email_delivery(alice), settings, port)
        Delivery.objects.filter(pk=delivery.pk).update(created_at=clock.now() - timedelta(hours=73))
        Delivery.objects.filter(pk=delivery.pk).update(next_attempt_at=clock.now())
        attempt(delivery, settings, port)
    assert (delivery.status, delivery.reason) == (DeliveryStatus.FAILED, Reason.CONFIG_ERROR)


def test_a_silent_server_is_waited_for_only_so_long(alice: User, settings: Settings) -> None:
    settings.EMAIL_TIMEOUT = 0.3
    delivery = email_delivery(alice)
    with silent() as port:
        started = time.monotonic()
        attempt(delivery, settings, port)
    assert time.monotonic() - started < base.EMAIL_TIMEOUT
    assert_waits(delivery, code="smtp_timeout")


def test_a_clumsy_goodbye_does_not_send_the_mail_again(alice: User, settings: Settings) -> None:
    script = Script(quit="554 go away")
    with scripted(script) as port:
        delivery = attempt(email_delivery(alice), settings, port)
        attempt(delivery, settings, port)
    assert delivery.status == DeliveryStatus.SENT
    assert len(script.taken) == 1


def test_one_refused_address_does_not_touch_another(alice: User, bob: User, settings: Settings) -> None:
    script = Script(rcpt="550 no such user")
    with scripted(script) as port:
        refused = attempt(email_delivery(alice), settings, port)
        script.rcpt = "250 OK"
        taken = attempt(email_delivery(bob), settings, port)
    assert (refused.status, taken.status) == (DeliveryStatus.BOUNCED, DeliveryStatus.SENT)


def test_an_address_that_no_header_can_hold_is_malformed(alice: User, mailbox: Mailbox, settings: Settings) -> None:
    User.objects.filter(pk=alice.pk).update(email="alice@exa\nmple.com")
    alice.refresh_from_db()
    delivery = attempt(email_delivery(alice), settings, mailbox.smtp_port)
    assert (delivery.status, delivery.last_error_code) == (DeliveryStatus.FAILED, "mail_malformed")
    assert mailbox.messages() == []


@pytest.mark.parametrize(
    ("change", "ending"),
    [
        ({"email": "new@example.com"}, (DeliveryStatus.CANCELLED, Reason.DESTINATION_DISABLED)),
        ({"email": None, "phone": "+14155550123"}, (DeliveryStatus.CANCELLED, Reason.NO_DESTINATION)),
        ({"email_verified_at": None}, (DeliveryStatus.CANCELLED, Reason.UNVERIFIED_DESTINATION)),
        ({"is_active": False}, (DeliveryStatus.CANCELLED, Reason.SOURCE_GONE)),
    ],
)
def test_what_changed_since_is_asked_before_sending(
    alice: User, mailbox: Mailbox, settings: Settings, change: dict[str, Any], ending: tuple[str, str]
) -> None:
    delivery = email_delivery(alice)
    User.objects.filter(pk=alice.pk).update(**change)
    attempt(delivery, settings, mailbox.smtp_port)
    assert (delivery.status, delivery.reason) == ending
    assert mailbox.messages() == []


def test_what_expired_is_not_sent(alice: User, mailbox: Mailbox, settings: Settings) -> None:
    delivery = email_delivery(alice)
    Notification.objects.update(expires_at=clock.now())
    attempt(delivery, settings, mailbox.smtp_port)
    assert (delivery.status, delivery.reason) == (DeliveryStatus.EXPIRED, Reason.EXPIRED)
    assert mailbox.messages() == []


def test_a_kind_that_was_withdrawn_fails_visibly(
    alice: User, mailbox: Mailbox, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    delivery = email_delivery(alice)
    monkeypatch.setattr(kinds, "_kinds", {})
    attempt(delivery, settings, mailbox.smtp_port)
    assert (delivery.status, delivery.reason) == (DeliveryStatus.FAILED, Reason.CONFIG_ERROR)


def test_a_template_that_lacks_a_value_fails_visibly(bob: User, mailbox: Mailbox, settings: Settings) -> None:
    kinds.register(Kind("sample.code", "info", "security", ("email",), critical=True))
    delivery = attempt(notify(user=bob, kind="sample.code").deliveries.get(), settings, mailbox.smtp_port)
    assert (delivery.status, delivery.reason) == (DeliveryStatus.FAILED, Reason.TEMPLATE_ERROR)
    assert "has no code" in delivery.last_error


@pytest.mark.parametrize(
    ("error", "ending"), [(KeyError("secret"), ("unexpected", 3)), (SoftTimeLimitExceeded(), ("time_limit", 8))]
)
def test_an_unexpected_error_is_tried_again_a_few_times(
    bob: User,
    mailbox: Mailbox,
    settings: Settings,
    caplog: pytest.LogCaptureFixture,
    error: Exception,
    ending: tuple[str, int],
) -> None:
    def resolve(user_id: object, context: dict[str, object]) -> dict[str, object]:
        raise error

    kinds.register(Kind("sample.code", "info", "security", ("email",), critical=True, resolve_context=resolve))
    delivery = notify(user=bob, kind="sample.code").deliveries.get()
    while delivery.status == DeliveryStatus.PENDING:
        with time_machine.travel(clock.now() + timedelta(hours=1 + delivery.attempts)):
            attempt(delivery, settings, mailbox.smtp_port)
    assert (delivery.status, delivery.reason) == (DeliveryStatus.FAILED, Reason.PROVIDER_EXHAUSTED)
    assert (delivery.last_error_code, delivery.attempts) == ending
    assert "secret" not in delivery.last_error
    assert "secret" not in caplog.text
