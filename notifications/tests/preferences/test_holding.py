"""What may not leave yet: quiet hours, and what becomes of what waited for their end."""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import uuid4

import pytest
import structlog
import time_machine

from accounts.models import User
from dev.mailbox import Mailbox
from notifications import kinds
from notifications.deliveries import sweeping
from notifications.deliveries.claiming import claim
from notifications.deliveries.holding import Deferred, held, next_daily
from notifications.deliveries.planning import SPREAD_SECONDS
from notifications.digests.closing import close_due
from notifications.kinds import Kind
from notifications.models import Delivery, Destination, DigestWindow, Notification, Preference, Schedule
from notifications.preferences.wishes import wishes_of
from notifications.services import notify
from notifications.tasks import deliver
from notifications.tests.conftest import PLAN_CHANGED
from notifications.vocabulary import DeliveryStatus, Priority, Reason
from numerai.tests.queues import waiting

NIGHT = datetime(2026, 11, 20, 23, tzinfo=UTC)
MORNING = datetime(2026, 11, 21, 7, tzinfo=UTC)
SPREAD = timedelta(seconds=SPREAD_SECONDS)
SHUT = Kind("sample.plan_changed", "payment", "billing", ("in_app", "email"), can_be_muted=False)


@pytest.fixture
def clock_hand() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NIGHT, tick=False) as hand:
        yield hand


@pytest.fixture
def alice(alice: User) -> User:
    Schedule.objects.create(
        user=alice, is_quiet=True, quiet_days=list(range(7)), quiet_start=time(22), quiet_end=time(7)
    )
    return alice


def mail_to(user: User, plan: str = "premium", **more: Any) -> Delivery:
    made: Notification = notify(user=user, kind="sample.plan_changed", context={"plan": plan}, **more)
    return made.deliveries.get(channel="email")


def state(delivery: Delivery) -> tuple[str, str, int, int]:
    delivery.refresh_from_db()
    return delivery.status, delivery.reason, delivery.attempts, delivery.deferrals


DEFERRED = (DeliveryStatus.DEFERRED, Reason.QUIET_HOURS, 0, 1)


@pytest.mark.usefixtures("clock_hand")
def test_rule_28_at_night_it_stands_in_the_centre_and_its_mail_waits(alice: User) -> None:
    mail = mail_to(alice)
    assert state(mail) == DEFERRED
    assert mail.next_attempt_at is not None
    assert MORNING <= mail.next_attempt_at <= MORNING + SPREAD
    assert mail.notification.deliveries.get(channel="in_app").status == DeliveryStatus.DELIVERED
    assert mail.notification.in_centre


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("clock_hand")
def test_what_waits_is_given_to_no_worker(alice: User) -> None:
    mail_to(alice)
    assert waiting() == 0
    assert sweeping.sweep() == 0


def test_in_the_morning_it_is_sent(alice: User, mailbox: Mailbox, clock_hand: time_machine.Traveller) -> None:
    mail = mail_to(alice)
    clock_hand.move_to(MORNING + SPREAD)
    assert sweeping.sweep() == 1
    deliver(mail.pk)
    assert state(mail) == (DeliveryStatus.SENT, "", 1, 1)
    assert len(mailbox.messages()) == 1


def test_rule_26_the_hours_that_count_are_those_at_the_moment_of_sending(
    alice: User, mailbox: Mailbox, clock_hand: time_machine.Traveller
) -> None:
    clock_hand.move_to(NIGHT - timedelta(hours=2))
    mail = mail_to(alice)
    assert state(mail) == (DeliveryStatus.PENDING, "", 0, 0)
    clock_hand.move_to(NIGHT)
    deliver(mail.pk)
    assert state(mail) == DEFERRED
    assert mail.next_attempt_at is not None
    assert MORNING <= mail.next_attempt_at <= MORNING + SPREAD
    alice.profile.timezone = "Asia/Kathmandu"
    alice.profile.save()
    Delivery.objects.filter(pk=mail.pk).update(next_attempt_at=NIGHT)
    deliver(mail.pk)
    assert state(mail) == (DeliveryStatus.DEFERRED, Reason.QUIET_HOURS, 0, 2)
    assert mail.next_attempt_at >= datetime(2026, 11, 21, 1, 15, tzinfo=UTC)
    assert mail.next_attempt_at < MORNING
    assert mailbox.messages() == []


def test_rule_29_while_everything_is_muted_nothing_leaves(alice: User, clock_hand: time_machine.Traveller) -> None:
    Schedule.objects.update(is_quiet=False, muted_until=MORNING)
    mail = mail_to(alice)
    assert state(mail) == DEFERRED
    Schedule.objects.update(muted_until=MORNING - timedelta(hours=2), is_quiet=True)
    clock_hand.move_to(mail.next_attempt_at)
    other = mail_to(alice)
    assert state(other)[0] == DeliveryStatus.PENDING


@pytest.mark.usefixtures("clock_hand")
@pytest.mark.parametrize(("priority", "waits"), [("critical", False), ("high", True), ("normal", True), ("low", True)])
def test_rule_27_what_is_critical_leaves_at_any_hour(alice: User, mailbox: Mailbox, priority: str, waits: bool) -> None:
    mail = mail_to(alice, priority=priority)
    deliver(mail.pk)
    assert len(mailbox.messages()) == (0 if waits else 1)
    assert mail.rank == {"critical": 0, "high": 1, "normal": 2, "low": 3}[priority]


def test_rule_30_what_was_held_back_three_times_is_sent(
    alice: User, mailbox: Mailbox, clock_hand: time_machine.Traveller
) -> None:
    mail = mail_to(alice)
    for _ in range(2):
        clock_hand.shift(timedelta(days=1))
        deliver(mail.pk)
    assert state(mail) == (DeliveryStatus.DEFERRED, Reason.QUIET_HOURS, 0, 3)
    clock_hand.shift(timedelta(days=1))
    with structlog.testing.capture_logs() as lines:
        deliver(mail.pk)
    assert state(mail)[0] == DeliveryStatus.SENT
    assert [line["event"] for line in lines if line["log_level"] == "warning"] == ["deferred_too_often"]
    assert len(mailbox.messages()) == 1


@pytest.mark.parametrize("column", ["read_at", "archived_at", "deleted_at"])
def test_rule_29_what_was_seen_in_the_centre_meanwhile_is_not_sent(
    alice: User, mailbox: Mailbox, clock_hand: time_machine.Traveller, column: str
) -> None:
    mail = mail_to(alice)
    Notification.objects.update(**{column: NIGHT})
    clock_hand.move_to(MORNING + SPREAD)
    deliver(mail.pk)
    assert state(mail)[:2] == (DeliveryStatus.SKIPPED, Reason.ALREADY_READ)
    assert mailbox.messages() == []


def test_rule_29_what_expired_meanwhile_is_not_sent(
    alice: User, mailbox: Mailbox, clock_hand: time_machine.Traveller
) -> None:
    mail = mail_to(alice, expires_at=MORNING)
    clock_hand.move_to(MORNING + SPREAD)
    deliver(mail.pk)
    assert state(mail)[:2] == (DeliveryStatus.EXPIRED, Reason.EXPIRED)
    assert mailbox.messages() == []


def test_rule_15_what_was_switched_off_meanwhile_is_not_sent(
    alice: User, mailbox: Mailbox, clock_hand: time_machine.Traveller
) -> None:
    mail = mail_to(alice)
    Preference.objects.create(user=alice, kind="", channel="email", is_on=False)
    clock_hand.move_to(MORNING + SPREAD)
    deliver(mail.pk)
    assert state(mail)[:2] == (DeliveryStatus.CANCELLED, Reason.PREFERENCE_CHANGED)
    assert mailbox.messages() == []


def test_what_is_locked_waits_for_the_morning_but_is_sent_although_it_was_seen(
    alice: User, mailbox: Mailbox, clock_hand: time_machine.Traveller
) -> None:
    kinds._kinds["sample.plan_changed"] = SHUT
    mails = [mail_to(alice, plan=str(number)) for number in range(5)]
    assert state(mails[0]) == DEFERRED
    Notification.objects.update(read_at=NIGHT)
    clock_hand.move_to(MORNING + SPREAD)
    for mail in mails:
        deliver(mail.pk)
    assert [state(mail)[0] for mail in mails] == [DeliveryStatus.SENT] * 5
    assert len(mailbox.messages()) == 5


def test_rule_29_more_than_three_that_waited_become_one_summary(
    alice: User, mailbox: Mailbox, clock_hand: time_machine.Traveller
) -> None:
    mails = [mail_to(alice, plan=f"plan {number}") for number in range(4)]
    high = mail_to(alice, plan="plan high", priority="high")
    clock_hand.move_to(MORNING)
    later = mail_to(alice, plan="plan later")
    Delivery.objects.filter(pk=mails[0].pk).update(next_attempt_at=MORNING)
    deliver(mails[0].pk)
    assert {state(mail)[:2] for mail in (*mails, high)} == {(DeliveryStatus.DEFERRED, Reason.DIGESTED)}
    assert state(later)[:2] == (DeliveryStatus.PENDING, "")
    window = DigestWindow.objects.get()
    assert window.deliveries.count() == 5
    for mail in mails:
        deliver(mail.pk)
    assert mailbox.messages() == []
    clock_hand.move_to(window.closes_at)
    assert close_due() == 1
    deliver(Delivery.objects.get(notification__kind="notifications.summary").pk)
    (sent,) = mailbox.messages()
    assert sent.subject == "5 things that are new"
    assert all(f"plan {name}" in sent.text for name in (0, 1, 2, 3, "high"))
    assert {state(mail)[:2] for mail in mails} == {(DeliveryStatus.SKIPPED, Reason.DIGESTED)}


def test_rule_29_three_that_waited_come_one_by_one(
    alice: User, mailbox: Mailbox, clock_hand: time_machine.Traveller
) -> None:
    mails = [mail_to(alice, plan=f"plan {number}") for number in range(3)]
    clock_hand.move_to(MORNING + SPREAD)
    for mail in mails:
        deliver(mail.pk)
    assert len(mailbox.messages()) == 3
    assert not DigestWindow.objects.exists()


@pytest.mark.usefixtures("clock_hand")
def test_rule_31_a_device_knows_where_it_is(alice: User) -> None:
    Schedule.objects.update(timezone="Asia/Tokyo")  # where it is eight in the morning
    found = []
    for zone in ("", "America/New_York", "Europe/Berlin"):
        device = Destination.objects.create(
            user=alice,
            channel="web_push",
            sealed_address=b"x",
            address_digest=uuid4().hex,
            timezone=zone,
            registered_at=NIGHT,
        )
        made = notify(user=alice, kind="sample.plan_changed", context={"plan": "x"})
        delivery = Delivery(notification=made, channel="web_push", destination=str(device.public_id))
        found.append(held(delivery, PLAN_CHANGED, wishes_of([alice.pk])[alice.pk]))
    nowhere, new_york, berlin = found
    assert (nowhere, new_york) == (None, None)
    assert isinstance(berlin, Deferred)
    assert MORNING - timedelta(hours=1) <= berlin.until <= MORNING - timedelta(hours=1) + SPREAD


def test_rule_30_mornings_are_spread(alice: User, clock_hand: time_machine.Traveller) -> None:
    moments = {mail_to(alice).next_attempt_at for _ in range(20)}
    assert len(moments) > 1
    assert all(moment and MORNING <= moment <= MORNING + SPREAD for moment in moments)
    clock_hand.move_to(MORNING)
    assert state(mail_to(alice))[0] == DeliveryStatus.PENDING


@pytest.mark.parametrize(
    ("zone", "now", "morning"),
    [
        ("UTC", "2026-11-20T07:59:59", "2026-11-20T08:00"),
        ("UTC", "2026-11-20T08:00", "2026-11-21T08:00"),
        ("Asia/Kathmandu", "2026-11-20T23:00", "2026-11-21T02:15"),
        ("America/New_York", "2026-03-08T06:30", "2026-03-08T12:00"),
        ("America/New_York", "2026-11-01T05:30", "2026-11-01T13:00"),
        ("Pacific/Apia", "2011-12-30T09:00", "2011-12-30T18:00"),
        ("no zone", "2026-11-20T23:00", "2026-11-21T08:00"),
    ],
)
def test_a_day_begins_at_eight_where_the_person_is(zone: str, now: str, morning: str) -> None:
    found = next_daily(zone, datetime.fromisoformat(now).replace(tzinfo=UTC))
    assert found == datetime.fromisoformat(morning).replace(tzinfo=UTC)


@pytest.mark.usefixtures("clock_hand")
def test_rule_87_the_most_urgent_is_swept_first(alice: User) -> None:
    Schedule.objects.all().delete()
    mails = [mail_to(alice, priority=priority) for priority in ("low", "normal", "high", "critical")]
    for expected in reversed(mails):
        assert sweeping.sweep(limit=1) == 1
        assert state(expected)[0] == DeliveryStatus.QUEUED


@pytest.mark.usefixtures("clock_hand")
def test_what_waits_for_a_digest_is_claimed_by_nobody(alice: User) -> None:
    Schedule.objects.all().delete()
    mail = mail_to(alice)
    window = DigestWindow.objects.create(
        user=alice, channel="email", key="billing", opened_at=NIGHT - timedelta(hours=1), closes_at=NIGHT
    )
    Delivery.objects.filter(pk=mail.pk).update(
        status=DeliveryStatus.DEFERRED, reason=Reason.DIGESTED, digest=window, next_attempt_at=NIGHT
    )
    assert claim(mail.pk) is None
    assert sweeping.sweep() == 0


@pytest.mark.usefixtures("clock_hand")
def test_rule_27_a_critical_one_of_a_kind_that_may_be_muted_is_off_where_it_is_switched_off(alice: User) -> None:
    Preference.objects.create(user=alice, kind="sample.plan_changed", channel="email", is_on=False)
    assert state(mail_to(alice, priority=Priority.CRITICAL))[:2] == (DeliveryStatus.SKIPPED, Reason.PREFERENCE_OFF)


def test_rule_29_what_was_read_does_not_count_among_those_that_waited(
    alice: User, mailbox: Mailbox, clock_hand: time_machine.Traveller
) -> None:
    mails = [mail_to(alice) for _ in range(4)]
    Notification.objects.filter(deliveries=mails[3]).update(read_at=NIGHT)
    clock_hand.move_to(MORNING + SPREAD)
    for mail in mails:
        deliver(mail.pk)
    assert [state(mail)[0] for mail in mails] == [DeliveryStatus.SENT] * 3 + [DeliveryStatus.SKIPPED]
    assert len(mailbox.messages()) == 3
