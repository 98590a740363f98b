"""What is counted instead of told again, and what is not told at all."""

from datetime import timedelta

import pytest
from django.db import transaction

from accounts.models import User
from dev.mailbox import Mailbox
from notifications.models import Delivery, Destination, LiveEvent, Notification, Preference
from notifications.services import notify
from notifications.tasks import deliver
from notifications.tests.conftest import Tell, email_delivery
from notifications.tests.preferences.interleaving import before
from notifications.tests.test_races import at_once
from notifications.vocabulary import DeliveryStatus, Reason
from numerai.common import clock


def test_rule_07_what_is_unread_counts_another_occurrence(alice: User, bob: User, tell: Tell) -> None:
    first = tell(alice, "one like", group_key="likes:5", action_url="/old")
    again = tell(alice, "two likes", group_key="likes:5", action_url="/new")
    assert (again.pk, again.occurrences, again.title) == (first.pk, 2, "two likes")
    row = Notification.objects.get(recipient=alice)
    assert (row.occurrences, row.title, row.data, row.action_url) == (2, "two likes", {"text": "two likes"}, "/new")
    assert Delivery.objects.filter(notification=first).count() == 1
    assert tell(bob, "one like", group_key="likes:5").pk != first.pk
    assert tell(alice, "one like", group_key="likes:6").pk != first.pk
    assert tell(alice, "no group").pk != first.pk


@pytest.mark.parametrize("column", ["read_at", "deleted_at", "archived_at", "expires_at"])
def test_rule_07_what_was_read_or_put_away_is_not_opened_again(alice: User, tell: Tell, column: str) -> None:
    first = tell(alice, "one like", group_key="likes:5")
    Notification.objects.filter(pk=first.pk).update(**{column: clock.now() - timedelta(seconds=1)})
    again = tell(alice, "two likes", group_key="likes:5")
    assert (again.pk != first.pk, again.occurrences) == (True, 1)
    first.refresh_from_db()
    assert (first.occurrences, first.title) == (1, "one like")


@pytest.mark.parametrize(("minutes", "joins"), [(59, True), (61, False)])
def test_rule_07_what_is_older_than_the_kind_says_is_left_alone(
    alice: User, tell: Tell, minutes: int, joins: bool
) -> None:
    first = tell(alice, group_key="likes:5")
    Notification.objects.filter(pk=first.pk).update(created_at=clock.now() - timedelta(minutes=minutes))
    assert (tell(alice, group_key="likes:5").pk == first.pk) is joins


def test_rule_07_another_kind_is_another_group(alice: User, tell: Tell) -> None:
    first = tell(alice, group_key="likes:5")
    other = notify(user=alice, kind="sample.plan_changed", context={"plan": "x"}, group_key="likes:5")
    assert other.pk != first.pk


def test_a_group_and_a_key_of_its_own_exclude_each_other(alice: User, tell: Tell) -> None:
    with pytest.raises(ValueError, match="counted with others"):
        tell(alice, group_key="likes:5", dedupe_key="like:1")
    assert not Notification.objects.exists()


def test_a_mail_that_still_waits_says_what_is_newest(alice: User, mailbox: Mailbox) -> None:
    for plan in ("basic", "elite"):
        made = notify(user=alice, kind="sample.plan_changed", context={"plan": plan}, group_key="plan")
    deliver(made.deliveries.get(channel="email").pk)
    (mail,) = mailbox.messages()
    assert mail.subject == "Your plan: elite"


@pytest.mark.django_db(transaction=True)
def test_another_occurrence_is_told_to_open_pages(alice: User, tell: Tell) -> None:
    for number in range(2):
        tell(alice, f"like {number}", group_key="likes:5")
    assert LiveEvent.objects.filter(user=alice, event_type="notification").count() == 2


@pytest.mark.django_db(transaction=True)
def test_rule_07_those_who_begin_a_group_at_once_make_one_row(alice: User, tell: Tell) -> None:
    def like(number: int) -> None:
        with transaction.atomic():
            tell(alice, str(number), group_key="likes:5")

    at_once(like)
    assert Notification.objects.get().occurrences == 8


def test_rule_08_nobody_is_told_of_what_they_did_themselves(alice: User, bob: User) -> None:
    told = [notify(user=user, actor=alice, kind="sample.note", context={"text": "x"}) for user in (alice, bob)]
    assert told[0] is None
    assert [row.recipient for row in Notification.objects.all()] == [bob]


def test_after_its_time_it_is_not_shown_or_sent(alice: User, mailbox: Mailbox) -> None:
    made = notify(
        user=alice, kind="sample.plan_changed", context={"plan": "x"}, expires_at=clock.now() - timedelta(seconds=1)
    )
    mail = made.deliveries.get(channel="email")
    deliver(mail.pk)
    mail.refresh_from_db()
    assert (mail.status, mailbox.messages()) == (DeliveryStatus.EXPIRED, [])


def test_what_is_switched_off_leaves_a_row_that_says_so(alice: User) -> None:
    for channel in ("email", "in_app"):
        Preference.objects.create(user=alice, kind="sample.plan_changed", channel=channel, is_on=False)
    made = notify(user=alice, kind="sample.plan_changed", context={"plan": "x"})
    assert set(made.deliveries.values_list("channel", "status", "reason")) == {
        ("in_app", DeliveryStatus.SKIPPED, Reason.PREFERENCE_OFF),
        ("email", DeliveryStatus.SKIPPED, Reason.PREFERENCE_OFF),
    }
    assert (made.in_centre, made.title) == (False, "")


def test_a_device_is_told_where_its_owner_has_one(alice: User) -> None:
    assert not email_delivery(alice).notification.deliveries.filter(channel="web_push").exists()
    Destination.objects.create(
        user=alice, channel="web_push", sealed_address=b"x", address_digest="d", registered_at=clock.now()
    )
    assert email_delivery(alice).notification.deliveries.filter(channel="web_push").exists()
    Preference.objects.create(user=alice, kind="", channel="web_push", is_on=False)
    row = email_delivery(alice).notification.deliveries.get(channel="web_push")
    assert row.reason == Reason.PREFERENCE_OFF


def test_rule_02_a_key_that_is_freed_just_then_is_taken_again(alice: User, tell: Tell) -> None:
    first = tell(alice, dedupe_key="k")

    def erase() -> None:
        Notification.objects.filter(pk=first.pk).delete()

    with before('"dedupe_key" = ', erase):
        again = tell(alice, dedupe_key="k")
    assert again.pk != first.pk
    assert Notification.objects.get() == again
    assert again.deliveries.count() == 1
