"""Telling many people the same kind of thing, each in words of their own."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from notifications.broadcasts.each import notify_each
from notifications.kinds import UnknownKind
from notifications.models import Delivery, LiveEvent, Notification, Preference
from notifications.services import notify
from notifications.vocabulary import DeliveryStatus
from numerai.common import clock

pytestmark = pytest.mark.django_db
NOTE = "sample.note"


def words(user: User) -> list[str]:
    return list(Notification.objects.filter(recipient=user).values_list("title", flat=True))


def test_each_is_told_in_their_own_words(alice: User, bob: User, charlie: User) -> None:
    told = {alice.pk: {"text": "one"}, bob.pk: {"text": "two"}}
    assert notify_each(told, kind=NOTE, dedupe_key="k", action_url="/there") == 2
    notify(user=charlie, kind=NOTE, context={"text": "one"}, dedupe_key="k", action_url="/there")
    assert words(alice) == words(charlie) != words(bob)
    hers, his = Notification.objects.get(recipient=alice), Notification.objects.get(recipient=charlie)
    for name in ("kind", "notification_type", "message", "language", "data", "action_url", "priority", "dedupe_key"):
        assert getattr(hers, name) == getattr(his, name), name
    rows = [sorted(Delivery.objects.filter(notification=each).values_list("channel", "status")) for each in (hers, his)]
    assert rows[0] == rows[1] != []


def test_twice_is_once(alice: User, bob: User) -> None:
    told = {alice.pk: {"text": "one"}}
    assert notify_each(told, kind=NOTE, dedupe_key="k") == 1
    assert notify_each({**told, bob.pk: {"text": "two"}}, kind=NOTE, dedupe_key="k") == 1
    assert notify_each(told, kind=NOTE, dedupe_key="another") == 1
    assert (len(words(alice)), len(words(bob))) == (2, 1)
    assert Delivery.objects.filter(notification__recipient=alice).count() == 2


def test_whoever_does_not_want_it_is_not_told(alice: User, bob: User) -> None:
    Preference.objects.create(user=bob, kind=NOTE, channel="in_app", is_on=False)
    notify_each({alice.pk: {"text": "one"}, bob.pk: {"text": "two"}}, kind=NOTE, dedupe_key="k")
    assert list(Notification.objects.filter(in_centre=True).values_list("recipient", flat=True)) == [alice.pk]
    his = Delivery.objects.get(notification__recipient=bob)
    assert his.status == DeliveryStatus.SKIPPED


def test_what_wakes_somebody_waits_for_the_morning(alice: User) -> None:
    morning = clock.now() + timedelta(hours=6)
    notify_each(
        {alice.pk: {"plan": "Premium", "until": "2026-12-20"}},
        kind="sample.plan_changed",
        dedupe_key="k",
        expires_at=morning + timedelta(hours=9),
        not_before=morning,
    )
    rows = {row.channel: row for row in Delivery.objects.filter(notification__recipient=alice)}
    assert rows["in_app"].status == DeliveryStatus.DELIVERED
    mail = rows["email"]
    assert (mail.status, mail.deferrals) == (DeliveryStatus.DEFERRED, 1)
    assert mail.next_attempt_at is not None
    assert morning <= mail.next_attempt_at <= morning + timedelta(minutes=2)
    assert Notification.objects.get().expires_at == morning + timedelta(hours=9)


def test_nobody_is_a_crowd_too(alice: User) -> None:
    assert notify_each({}, kind=NOTE, dedupe_key="k") == 0
    person = alice.pk
    alice.delete()
    assert notify_each({person: {"text": "one"}}, kind=NOTE, dedupe_key="k") == 0


def test_mistakes_of_the_caller_are_named(alice: User) -> None:
    told = {alice.pk: {"text": "one"}}
    with pytest.raises(UnknownKind):
        notify_each(told, kind="sample.unheard_of", dedupe_key="k")
    with pytest.raises(ValueError, match="one person at a time"):
        notify_each(told, kind="accounts.verification_code", dedupe_key="k")
    with pytest.raises(ValueError, match="path of the frontend"):
        notify_each(told, kind=NOTE, dedupe_key="k", action_url="javascript:alert(1)")
    assert not Notification.objects.exists()


def test_many_cost_as_many_queries_as_few(alice: User, bob: User, charlie: User) -> None:
    def asked(users: list[User], key: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            notify_each({user.pk: {"text": "one"} for user in users}, kind=NOTE, dedupe_key=key)
        return len(queries)

    asked([alice], "words are read for the first time")
    assert asked([alice], "few") == asked([alice, bob, charlie], "many")


@pytest.mark.django_db(transaction=True)
def test_open_pages_are_told_after_the_commit(alice: User, bob: User) -> None:
    notify_each({alice.pk: {"text": "one"}, bob.pk: {"text": "two"}}, kind=NOTE, dedupe_key="k")
    assert not Notification.objects.filter(version=None).exists()
    assert set(LiveEvent.objects.values_list("user", flat=True)) == {alice.pk, bob.pk}
