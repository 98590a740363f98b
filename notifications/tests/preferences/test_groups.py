"""What is counted instead of told again, and what is not told at all."""

from datetime import timedelta

import pytest
import time_machine
from django.db import transaction

from accounts.models import User
from dev.mailbox import Mailbox
from notifications.kinds import UnknownKind
from notifications.models import Delivery, Destination, LiveEvent, Notification, Preference
from notifications.services import notify, withdraw
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


@pytest.mark.parametrize("status", [DeliveryStatus.PENDING, DeliveryStatus.DEFERRED, DeliveryStatus.QUEUED])
def test_rule_09_what_has_lost_its_cause_goes_from_the_centre_and_is_not_sent(
    alice: User, bob: User, mailbox: Mailbox, status: DeliveryStatus
) -> None:
    context = {"plan": "x"}
    made, other = (
        notify(user=user, kind="sample.plan_changed", context=context, dedupe_key="k") for user in (alice, bob)
    )
    mail = made.deliveries.get(channel="email")
    lease = clock.now() + timedelta(minutes=1) if status == DeliveryStatus.QUEUED else None
    Delivery.objects.filter(pk=mail.pk).update(status=status, lease_until=lease)
    assert withdraw(user_id=alice.pk, dedupe_key="k") is True
    assert withdraw(user_id=alice.pk, dedupe_key="k") is False
    deliver(mail.pk)
    mail.refresh_from_db()
    made.refresh_from_db()
    other.refresh_from_db()
    assert (mail.status, mail.reason) == (DeliveryStatus.CANCELLED, Reason.SOURCE_GONE)
    assert (made.deleted_at is not None, other.deleted_at) == (True, None)
    assert LiveEvent.objects.get(event_type="deleted").data["ids"] == [str(made.public_id)]
    assert mailbox.messages() == []


def test_rule_09_what_stood_in_no_centre_is_withdrawn_without_a_word(alice: User) -> None:
    Preference.objects.create(user=alice, kind="sample.plan_changed", channel="in_app", is_on=False)
    notify(user=alice, kind="sample.plan_changed", context={"plan": "x"}, dedupe_key="k")
    assert withdraw(user_id=alice.pk, dedupe_key="k") is True
    assert not LiveEvent.objects.filter(event_type="deleted").exists()


def test_rule_01_the_same_key_makes_one_row_however_often_it_is_used(alice: User, tell: Tell) -> None:
    assert len({tell(alice, str(number), dedupe_key="k").pk for number in range(5)}) == 1
    assert Notification.objects.count() == Delivery.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_rule_02_two_with_one_key_at_once_lose_nothing_else_of_their_transaction(alice: User, tell: Tell) -> None:
    def tell_both(number: int) -> tuple[int, int]:
        with transaction.atomic():
            return tell(alice, str(number)).pk, tell(alice, dedupe_key="k").pk

    answers = at_once(tell_both)
    assert (len({own for own, _ in answers}), len({shared for _, shared in answers})) == (8, 1)
    assert Notification.objects.count() == 9


def test_rule_11_only_what_is_registered_can_happen_and_the_database_says_when(alice: User, tell: Tell) -> None:
    with pytest.raises(UnknownKind):
        notify(user=alice, kind="sample.nothing")
    with time_machine.travel("2020-01-01T00:00:00Z", tick=False):
        made = tell(alice)
    assert made.created_at.year > 2020


@pytest.mark.parametrize(
    ("columns", "reason"),
    [
        ({"email": None, "phone": "+14155550123"}, Reason.NO_DESTINATION),
        ({"email_verified_at": None}, Reason.UNVERIFIED_DESTINATION),
    ],
    ids=["none", "unverified"],
)
def test_rule_16_without_a_destination_it_is_skipped_and_not_failed(
    bob: User, columns: dict[str, str | None], reason: Reason
) -> None:
    User.objects.filter(pk=bob.pk).update(**columns)
    mail = email_delivery(User.objects.get(pk=bob.pk))
    assert (mail.status, mail.reason) == (DeliveryStatus.SKIPPED, reason)


def test_rule_60_a_new_address_cancels_what_waits_for_the_old_one(alice: User, mailbox: Mailbox) -> None:
    mail = email_delivery(alice)
    User.objects.filter(pk=alice.pk).update(email="after@example.com")
    deliver(mail.pk)
    mail.refresh_from_db()
    assert (mail.status, mail.reason) == (DeliveryStatus.CANCELLED, Reason.DESTINATION_DISABLED)
    assert mailbox.messages() == []
