"""What is gathered to leave as one message."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import structlog
import time_machine
from django.db import transaction

from accounts.models import User
from dev.mailbox import Mailbox
from notifications import kinds
from notifications.digests.closing import TRIES_AGAIN_AFTER, close_due
from notifications.digests.gathering import Gathered, join
from notifications.digests.summary import SUMMARY
from notifications.kinds import Kind
from notifications.models import Delivery, DigestChoice, DigestWindow, Notification, Preference, Schedule
from notifications.services import notify
from notifications.tasks import close_digests, deliver
from notifications.tests.preferences.interleaving import before
from notifications.tests.preferences.test_holding import mail_to, state
from notifications.tests.test_races import at_once
from notifications.vocabulary import DeliveryStatus, Reason
from notifications.wording import render
from numerai.common import clock

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
WAITS = (DeliveryStatus.DEFERRED, Reason.DIGESTED, 0, 0)


def hourly(user: User, category: str = "billing") -> None:
    DigestChoice.objects.create(user=user, category=category, cadence="hourly")


def gathered(user: User, plan: str = "premium", **more: Any) -> Delivery:
    """A mail that waits for the hour to be over."""
    mail = mail_to(user, plan, **more)
    deliver(mail.pk)
    mail.refresh_from_db()
    return mail


def summaries() -> list[Delivery]:
    return list(Delivery.objects.filter(notification__kind=SUMMARY.name).order_by("id"))


def test_rule_32_the_first_opens_the_window_and_the_others_do_not_move_it(alice: User, mailbox: Mailbox) -> None:
    hourly(alice)
    with time_machine.travel(NOON, tick=False) as hand:
        first = gathered(alice)
        hand.shift(timedelta(minutes=40))
        second = gathered(alice)
        window = DigestWindow.objects.get()
        assert (window.opened_at, window.closes_at, window.key) == (NOON, NOON + HOUR, "billing")
        assert [state(mail) for mail in (first, second)] == [WAITS, WAITS]
        assert set(window.deliveries.all()) == {first, second}
        assert close_due() == 0
        hand.move_to(window.closes_at)
        assert close_due() == 1
        assert close_due() == 0
        third = gathered(alice)
        assert third.digest != window
    assert mailbox.messages() == []


def test_a_window_whose_end_came_while_it_was_opened_is_opened_all_the_same(alice: User) -> None:
    mail = mail_to(alice, "premium")
    with time_machine.travel(NOON, tick=False), transaction.atomic():
        window = join(mail, Gathered("billing", NOON - timedelta(milliseconds=1), Reason.DIGESTED))
    assert window.opened_at == NOON < window.closes_at <= NOON + timedelta(seconds=1)


def test_a_day_is_gathered_until_eight_in_the_persons_morning(alice: User) -> None:
    DigestChoice.objects.create(user=alice, category="billing", cadence="daily")
    alice.profile.timezone = "Asia/Kathmandu"
    alice.profile.save()
    with time_machine.travel(NOON, tick=False):
        gathered(alice)
        assert DigestWindow.objects.get().closes_at == datetime(2026, 11, 21, 2, 15, tzinfo=UTC)


def test_rule_36_the_summary_has_the_ten_oldest_and_the_true_number(alice: User, mailbox: Mailbox) -> None:
    hourly(alice)
    with time_machine.travel(NOON, tick=False) as hand:
        mails = [gathered(alice, plan=f"plan-{number:02}") for number in range(12)]
        hand.shift(HOUR)
        close_digests()
        (summary,) = summaries()
        deliver(summary.pk)
    (sent,) = mailbox.messages()
    assert sent.subject == "12 things that are new"
    assert re.findall(r"you have (plan-\d\d)", sent.text) == [f"plan-{number:02}" for number in range(10)]
    assert "And 2 more" in sent.text
    assert state(summary)[0] == DeliveryStatus.SENT
    assert {state(mail)[:2] for mail in mails} == {(DeliveryStatus.SKIPPED, Reason.DIGESTED)}
    assert not summary.notification.in_centre


def test_rule_35_what_was_read_or_deleted_or_is_over_is_left_out(alice: User, mailbox: Mailbox) -> None:
    hourly(alice)
    with time_machine.travel(NOON, tick=False) as hand:
        read, deleted = gathered(alice, "was-read"), gathered(alice, "was-deleted")
        over = gathered(alice, "is-over", expires_at=NOON + HOUR)
        read_later, new = gathered(alice, "read-later"), gathered(alice, "is-new")
        put_away = gathered(alice, "put-away")
        Notification.objects.filter(deliveries=read).update(read_at=NOON)
        Notification.objects.filter(deliveries=deleted).update(deleted_at=NOON)
        hand.shift(HOUR)
        assert close_due() == 1
        Notification.objects.filter(deliveries=read_later).update(read_at=NOON)
        Notification.objects.filter(deliveries=put_away).update(archived_at=NOON)
        deliver(summaries()[0].pk)
    (sent,) = mailbox.messages()
    assert sent.subject == "One thing that is new"
    assert "is-new" in sent.text
    assert not re.search("was-read|was-deleted|is-over|read-later|put-away", sent.text)
    assert state(read)[:2] == state(deleted)[:2] == (DeliveryStatus.SKIPPED, Reason.ALREADY_READ)
    assert state(over)[:2] == (DeliveryStatus.EXPIRED, Reason.EXPIRED)
    assert state(new)[:2] == (DeliveryStatus.SKIPPED, Reason.DIGESTED)


@pytest.mark.parametrize("when", ["before", "after"])
def test_rule_35_nothing_is_sent_when_all_was_read(alice: User, mailbox: Mailbox, when: str) -> None:
    hourly(alice)
    with time_machine.travel(NOON, tick=False) as hand:
        gathered(alice)
        hand.shift(HOUR)
        if when == "before":
            Notification.objects.update(read_at=NOON)
        assert close_due() == (when == "after")
        Notification.objects.update(read_at=NOON)
        for summary in summaries():
            deliver(summary.pk)
            assert state(summary)[:2] == (DeliveryStatus.CANCELLED, Reason.SOURCE_GONE)
    assert len(summaries()) == (when == "after")
    assert mailbox.messages() == []


def test_rule_15_what_was_switched_off_meanwhile_is_left_out(alice: User, mailbox: Mailbox) -> None:
    hourly(alice)
    kinds.register(Kind("sample.note_mailed", "info", "billing", ("in_app", "email")))
    with time_machine.travel(NOON, tick=False) as hand:
        mail = gathered(alice)
        Preference.objects.create(user=alice, kind="sample.plan_changed", channel="email", is_on=False)
        hand.shift(HOUR)
        assert close_due() == 0
        assert state(mail)[:2] == (DeliveryStatus.CANCELLED, Reason.PREFERENCE_CHANGED)
        Preference.objects.all().delete()
        gathered(alice)
        hand.shift(HOUR)
        assert close_due() == 1
        Preference.objects.create(user=alice, kind="sample.plan_changed", channel="email", is_on=False)
        deliver(summaries()[0].pk)
    assert state(summaries()[0])[:2] == (DeliveryStatus.CANCELLED, Reason.SOURCE_GONE)
    assert mailbox.messages() == []


def test_rule_60_a_summary_does_not_go_to_an_address_that_was_left(alice: User, mailbox: Mailbox) -> None:
    hourly(alice)
    with time_machine.travel(NOON, tick=False) as hand:
        mail = gathered(alice)
        User.objects.filter(pk=alice.pk).update(email="after@example.com")
        hand.shift(HOUR)
        assert close_due() == 0
    assert state(mail)[0] == DeliveryStatus.CANCELLED
    assert mailbox.messages() == []


@pytest.mark.parametrize("priority", ["high", "critical"])
def test_rule_27_what_is_urgent_is_not_gathered(alice: User, mailbox: Mailbox, priority: str) -> None:
    hourly(alice)
    assert state(gathered(alice, priority=priority))[0] == DeliveryStatus.SENT
    assert len(mailbox.messages()) == 1


def test_what_is_locked_or_stands_in_no_centre_is_not_gathered(alice: User, mailbox: Mailbox) -> None:
    hourly(alice)
    hourly(alice, "security")
    Preference.objects.create(user=alice, kind="sample.plan_changed", channel="in_app", is_on=False)
    assert state(gathered(alice))[0] == DeliveryStatus.SENT
    kinds.register(Kind("sample.code", "info", "security", ("email",), can_be_muted=False))
    delivery = notify(user=alice, kind="sample.code", context={"code": "402917"}).deliveries.get()
    deliver(delivery.pk)
    assert state(delivery)[0] == DeliveryStatus.SENT
    assert len(mailbox.messages()) == 2


def test_each_category_and_each_person_has_a_window(alice: User, bob: User, mailbox: Mailbox) -> None:
    hourly(alice)
    hourly(bob)
    with time_machine.travel(NOON, tick=False):
        gathered(alice)
        gathered(bob)
        hourly(alice, "else")
        kinds._kinds["sample.plan_changed"] = Kind("sample.plan_changed", "payment", "else", ("in_app", "email"))
        gathered(alice)
    assert set(DigestWindow.objects.values_list("user", "key")) == {
        (alice.pk, "billing"),
        (alice.pk, "else"),
        (bob.pk, "billing"),
    }


def test_a_summary_waits_for_the_morning_too(alice: User, mailbox: Mailbox) -> None:
    hourly(alice)
    Schedule.objects.create(user=alice, muted_until=NOON + 2 * HOUR)
    with time_machine.travel(NOON, tick=False) as hand:
        gathered(alice)
        hand.shift(HOUR)
        assert close_due() == 1
        (summary,) = summaries()
        deliver(summary.pk)
        assert state(summary)[:2] == (DeliveryStatus.DEFERRED, Reason.QUIET_HOURS)
        hand.move_to(summary.next_attempt_at)
        deliver(summary.pk)
    assert state(summary)[0] == DeliveryStatus.SENT
    assert len(mailbox.messages()) == 1


def test_rule_35_one_persons_trouble_is_not_anothers(alice: User, bob: User, mailbox: Mailbox) -> None:
    hourly(alice)
    hourly(bob)
    with time_machine.travel(NOON, tick=False) as hand:
        troubled, fine = gathered(alice), gathered(bob)
        assert troubled.digest is not None
        # Its message is there already, so that no second one can be made.
        taken = f"digest:{troubled.digest.public_id}"
        Notification.objects.create(
            recipient=alice, kind="sample.note", notification_type="info", title="x", dedupe_key=taken
        )
        hand.shift(HOUR)
        with structlog.testing.capture_logs() as lines:
            assert close_due() == 1
        assert [line["event"] for line in lines if line["log_level"] == "error"] == ["digest_failed"]
        assert state(troubled) == WAITS
        assert state(fine)[:2] == (DeliveryStatus.SKIPPED, Reason.DIGESTED)
        assert [summary.notification.recipient for summary in summaries()] == [bob]
        Notification.objects.filter(dedupe_key=taken).delete()
        assert close_due() == 0
        hand.shift(TRIES_AGAIN_AFTER)
        assert close_due() == 1
    assert state(troubled)[:2] == (DeliveryStatus.SKIPPED, Reason.DIGESTED)


def test_what_no_app_knows_any_more_keeps_no_digest_from_leaving(alice: User) -> None:
    hourly(alice)
    with time_machine.travel(NOON, tick=False) as hand:
        mail, other = gathered(alice), gathered(alice)
        Notification.objects.filter(deliveries=mail).update(kind="sample.gone")
        hand.shift(HOUR)
        assert close_due() == 1
    assert state(mail)[:2] == (DeliveryStatus.FAILED, Reason.CONFIG_ERROR)
    assert state(other)[:2] == (DeliveryStatus.SKIPPED, Reason.DIGESTED)


@pytest.mark.django_db
@pytest.mark.parametrize("channel", ["email", "sms", "web_push", "mobile_push", "discord"])
@pytest.mark.parametrize("number", [1, 2, 12])
def test_a_summary_has_words_for_every_channel(channel: str, number: int) -> None:
    news = [{"heading": f"heading {one}", "text": f"text {one}"} for one in range(min(number, 10))]
    context = {
        "news": news,
        "number": number,
        "more": number - len(news),
        "person": {"full_name": "Alice", "timezone": "UTC"},
        "frontend_url": "https://app.example",
        "action_url": "https://app.example/notifications",
    }
    said = " ".join(render(SUMMARY, channel, "en", context).values())
    assert ("one thing" if number == 1 else f"{number} things") in said.lower()


@pytest.mark.django_db(transaction=True)
def test_rule_33_those_who_open_a_window_at_once_open_one(alice: User) -> None:
    hourly(alice)
    mails = [mail_to(alice) for _ in range(8)]
    at_once(lambda number: deliver(mails[number].pk))
    window = DigestWindow.objects.get()
    assert {state(mail) for mail in mails} == {WAITS}
    assert window.deliveries.count() == 8


@pytest.mark.django_db(transaction=True)
def test_rule_36_those_who_close_a_window_at_once_make_one_message(alice: User) -> None:
    hourly(alice)
    gathered(alice)
    DigestWindow.objects.update(opened_at=NOON, closes_at=NOON + HOUR)
    assert sum(at_once(lambda _: close_due())) == 1
    assert len(summaries()) == 1


@pytest.mark.django_db(transaction=True)
def test_rule_33_a_window_is_not_closed_while_somebody_joins_it(alice: User) -> None:
    """Eight close and join in turn: whatever the order, everything that joined leaves."""
    hourly(alice)
    mails = [mail_to(alice) for _ in range(8)]

    def join_or_close(number: int) -> None:
        deliver(mails[number].pk)
        DigestWindow.objects.filter(closed_at__isnull=True).update(opened_at=NOON, closes_at=NOON + HOUR)
        close_due()

    at_once(join_or_close)
    DigestWindow.objects.filter(closed_at__isnull=True).update(opened_at=NOON, closes_at=NOON + HOUR)
    close_due()
    assert {state(mail)[:2] for mail in mails} == {(DeliveryStatus.SKIPPED, Reason.DIGESTED)}
    assert not DigestWindow.objects.filter(closed_at__isnull=True).exists()


def test_a_window_that_is_closed_is_not_joined(alice: User) -> None:
    mail = mail_to(alice)
    old = DigestWindow.objects.create(
        user=alice, channel="email", key="billing", opened_at=NOON, closes_at=NOON + HOUR, closed_at=NOON + HOUR
    )
    with transaction.atomic():
        window = join(mail, Gathered("billing", clock.now() + HOUR, Reason.DIGESTED))
    assert window != old
    assert window.closed_at is None


def test_a_window_that_is_closed_just_before_it_is_joined_is_left_for_a_new_one(alice: User) -> None:
    mail = mail_to(alice)
    old = DigestWindow.objects.create(user=alice, channel="email", key="billing", opened_at=NOON, closes_at=NOON + HOUR)

    def close_first() -> None:
        DigestWindow.objects.filter(pk=old.pk).update(closed_at=NOON + HOUR)

    with before("FOR NO KEY UPDATE", close_first), transaction.atomic():
        window = join(mail, Gathered("billing", clock.now() + HOUR, Reason.DIGESTED))
    assert window != old
    assert window.closed_at is None
