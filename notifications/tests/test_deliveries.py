import random
import statistics
from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from pytest_django import Settings

from accounts.models import User
from dev.mailbox import Mailbox
from notifications.channels.base import DeliveryError, ErrorClass, Sent
from notifications.deliveries import backoff, dispatch, sweeping
from notifications.deliveries.circuit import LeftAlone
from notifications.deliveries.claiming import claim
from notifications.deliveries.recording import record
from notifications.models import Delivery
from notifications.tasks import HARD_LIMIT, SOFT_LIMIT, sweep_deliveries
from notifications.tests.conftest import email_delivery
from notifications.vocabulary import DeliveryStatus, Reason
from numerai.common import clock
from numerai.common.redis import connection as redis_connection
from numerai.tests.queues import waiting


def claimed(delivery: Delivery) -> Delivery:
    found = claim(delivery.pk)
    assert found is not None
    return found


def test_a_claim_is_a_lease(alice: User, settings: Settings) -> None:
    mine = claimed(email_delivery(alice))
    assert (mine.status, mine.attempts) == (DeliveryStatus.SENDING, 1)
    assert mine.lease_until is not None
    assert abs(mine.lease_until - clock.now() - timedelta(seconds=settings.JOB_LEASE_SECONDS)) < timedelta(seconds=5)
    assert claim(mine.pk) is None


@pytest.mark.parametrize("status", [DeliveryStatus.SENT, DeliveryStatus.SKIPPED, DeliveryStatus.FAILED])
def test_what_has_ended_is_not_claimed(alice: User, status: DeliveryStatus) -> None:
    delivery = email_delivery(alice)
    Delivery.objects.filter(pk=delivery.pk).update(status=status, reason=Reason.NO_DESTINATION, sent_at=clock.now())
    assert claim(delivery.pk) is None


def test_work_of_a_lost_worker_is_taken_over_when_its_lease_ends(alice: User, mailbox: Mailbox) -> None:
    lost = claimed(email_delivery(alice))
    assert sweeping.sweep() == 0
    with time_machine.travel(clock.now() + timedelta(minutes=2)):
        assert sweeping.sweep() == 1
        dispatch.deliver(lost.pk)
    lost.refresh_from_db()
    assert (lost.status, lost.attempts) == (DeliveryStatus.SENT, 2)
    assert len(mailbox.messages()) == 1


def test_a_worker_that_lost_its_lease_changes_nothing(alice: User) -> None:
    slow = claimed(email_delivery(alice))
    with time_machine.travel(clock.now() + timedelta(minutes=2)):
        quick = claimed(slow)
        record(slow, DeliveryError(ErrorClass.PERMANENT, "too_late"))
        quick.refresh_from_db()
        assert (quick.status, quick.last_error_code) == (DeliveryStatus.SENDING, "")
        record(quick, Sent("<id>"))
    quick.refresh_from_db()
    assert (quick.status, quick.provider_message_id) == (DeliveryStatus.SENT, "<id>")


def test_an_id_that_the_provider_has_given_out_before_loses_no_success(alice: User, bob: User) -> None:
    first, second = (claimed(email_delivery(person)) for person in (alice, bob))
    for delivery in (first, second):
        delivery.provider = "postmark"
        record(delivery, Sent("the same"))
        delivery.refresh_from_db()
    assert (second.status, second.sent_at is None, second.lease_until) == (DeliveryStatus.SENT, False, None)
    assert [(each.provider, each.provider_message_id) for each in (first, second)] == [
        ("postmark", "the same"),
        ("postmark", ""),
    ]


def test_what_is_wrong_with_a_row_is_not_taken_for_a_repeated_id(alice: User) -> None:
    delivery = claimed(email_delivery(alice))
    delivery.attempts = 0
    with pytest.raises(IntegrityError), transaction.atomic():
        record(delivery, LeftAlone(clock.now()))


@pytest.mark.parametrize(
    ("outcome", "status"),
    [
        (Sent("an\0id"), DeliveryStatus.SENT),
        (DeliveryError(ErrorClass.PERMANENT, "smtp_550", "no\0body"), DeliveryStatus.FAILED),
    ],
    ids=["sent", "refused"],
)
def test_what_the_database_cannot_hold_is_left_out(
    alice: User, outcome: Sent | DeliveryError, status: DeliveryStatus
) -> None:
    delivery = claimed(email_delivery(alice))
    record(delivery, outcome)
    delivery.refresh_from_db()
    assert delivery.status == status
    assert (delivery.provider_message_id, delivery.last_error) in {("anid", ""), ("", "nobody")}


def test_what_kills_every_worker_is_given_up(alice: User) -> None:
    delivery = email_delivery(alice)
    moment = clock.now()
    for number in range(backoff.MAX_ATTEMPTS):
        with time_machine.travel(moment + timedelta(minutes=2 * number)):
            assert sweeping.sweep() == 1
            claimed(delivery)
    with time_machine.travel(moment + timedelta(minutes=20)):
        assert claim(delivery.pk) is None
        assert sweeping.sweep() == 0
    delivery.refresh_from_db()
    assert (delivery.status, delivery.reason) == (DeliveryStatus.FAILED, Reason.PROVIDER_EXHAUSTED)
    assert delivery.last_error_code == "lease_expired"


@pytest.mark.django_db(transaction=True)
def test_the_sweeper_finds_what_the_broker_lost(alice: User, mailbox: Mailbox) -> None:
    deliveries = [email_delivery(alice) for _ in range(3)]
    redis_connection().flushdb()
    sweep_deliveries()
    assert waiting() == 3
    sweep_deliveries()
    assert waiting() == 3  # queued ones are not queued again while the broker holds them
    redis_connection().flushdb()
    with time_machine.travel(clock.now() + timedelta(minutes=2)):
        sweep_deliveries()
        assert waiting() == 3
        for delivery in deliveries:
            dispatch.deliver(delivery.pk)
    assert len(mailbox.messages()) == 3


def test_a_sweep_takes_the_oldest_up_to_its_limit(alice: User) -> None:
    late, early = email_delivery(alice), email_delivery(alice)
    Delivery.objects.filter(pk=early.pk).update(next_attempt_at=clock.now() - timedelta(minutes=1))
    assert sweeping.sweep(limit=1) == 1
    early.refresh_from_db()
    late.refresh_from_db()
    assert (early.status, late.status) == (DeliveryStatus.QUEUED, DeliveryStatus.PENDING)


@pytest.mark.parametrize(
    ("status", "again"),
    [
        (DeliveryStatus.FAILED, True),
        (DeliveryStatus.BOUNCED, True),
        (DeliveryStatus.CANCELLED, True),
        (DeliveryStatus.EXPIRED, True),
        (DeliveryStatus.SENT, False),
        (DeliveryStatus.PENDING, False),
    ],
)
def test_an_operator_starts_over_what_did_not_arrive(
    alice: User, mailbox: Mailbox, status: DeliveryStatus, again: bool
) -> None:
    delivery = email_delivery(alice)
    Delivery.objects.filter(pk=delivery.pk).update(
        status=status, reason=Reason.PROVIDER_EXHAUSTED, attempts=8, sent_at=clock.now()
    )
    assert sweeping.send_again([delivery.pk]) == again
    delivery.refresh_from_db()
    assert delivery.attempts == (0 if again else 8)
    if again:
        dispatch.deliver(delivery.pk)
        assert len(mailbox.messages()) == 1


def test_what_never_had_an_address_is_not_started_over(bob: User) -> None:
    User.objects.filter(pk=bob.pk).update(email=None, phone="+14155550123")
    bob.refresh_from_db()
    assert sweeping.send_again([email_delivery(bob).pk]) == 0


def test_waiting_grows_and_is_spread() -> None:
    random.seed(20)
    for attempts, ceiling in ((1, 5.0), (2, 10.0), (4, 40.0), (8, 600.0), (30, 600.0)):
        waits = [backoff.delay(attempts) for _ in range(400)]
        assert 0 <= min(waits) < ceiling * 0.05
        assert ceiling * 0.95 < max(waits) <= ceiling
        assert ceiling * 0.4 < statistics.mean(waits) < ceiling * 0.6


@pytest.mark.parametrize(("hint", "seconds"), [(7.0, 7.0), (0.0, 0.0), (-5.0, 0.0), (90_000.0, 3600.0)])
def test_what_the_provider_asks_for_wins(hint: float, seconds: float) -> None:
    assert backoff.delay(1, retry_after=hint) == seconds


def test_a_throttled_delivery_waits_as_long_as_it_was_told(alice: User) -> None:
    mine = claimed(email_delivery(alice))
    record(mine, DeliveryError(ErrorClass.THROTTLED, "slow_down", retry_after=1800))
    mine.refresh_from_db()
    assert mine.next_attempt_at is not None
    assert abs(mine.next_attempt_at - clock.now() - timedelta(minutes=30)) < timedelta(seconds=5)


def test_an_attempt_ends_before_its_lease(settings: Settings) -> None:
    assert settings.EMAIL_TIMEOUT < SOFT_LIMIT < HARD_LIMIT < settings.JOB_LEASE_SECONDS


@pytest.mark.django_db(transaction=True)
def test_a_delivery_held_by_another_sweep_is_left_to_it(alice: User) -> None:
    delivery = email_delivery(alice)
    with transaction.atomic():
        Delivery.objects.select_for_update().get(pk=delivery.pk)
        other = connection.copy()
        try:
            with other.cursor() as cursor:
                cursor.execute(
                    "SELECT id FROM notifications_delivery WHERE status = 'pending' FOR NO KEY UPDATE SKIP LOCKED"
                )
                assert cursor.fetchall() == []
        finally:
            other.close()
