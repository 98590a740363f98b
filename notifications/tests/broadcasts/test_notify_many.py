from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group
from pytest_django import DjangoAssertNumQueries

from accounts.models import Profile, User
from notifications import kinds
from notifications.broadcasts import running, services
from notifications.broadcasts.services import notify_many
from notifications.kinds import Kind, UnknownKind
from notifications.models import (
    Broadcast,
    BroadcastBatch,
    Delivery,
    Destination,
    LiveEvent,
    Notification,
    Preference,
    Schedule,
    Wording,
)
from notifications.tasks import tell_broadcast
from notifications.tests.broadcasts.crowd import crowd
from notifications.vocabulary import DeliveryStatus, Reason
from notifications.wording import TemplateFault, Words
from numerai.common import clock

NEWS: dict[str, Any] = {"kind": "sample.plan_changed", "context": {"plan": "Premium"}, "dedupe_key": "news"}


def told(broadcast: Broadcast) -> list[Notification]:
    key = running.dedupe_key(broadcast)
    return list(Notification.objects.filter(dedupe_key=key).select_related("recipient").order_by("recipient__email"))


def test_everybody_is_told_once_with_deliveries_and_a_live_event(alice: User, bob: User, charlie: User) -> None:
    made = notify_many(User.objects.exclude(pk=charlie.pk), **NEWS, action_url="/plans", started_by=bob)
    assert (made.state, made.audience, made.started_by) == ("waiting", 2, bob)
    running.run(made.pk)
    made.refresh_from_db()
    assert (made.state, made.told, made.known, made.attempts) == ("done", 2, 0, 0)
    assert (made.finished_at is not None, made.lease_until) == (True, None)
    rows = told(made)
    assert [row.recipient for row in rows] == [alice, bob]
    for row in rows:
        assert (row.kind, row.data, row.action_url) == ("sample.plan_changed", {"plan": "Premium"}, "/plans")
        assert (row.notification_type, row.priority, row.language) == ("payment", "normal", "en")
        assert "Premium" in row.title + row.message
        kinds_of_delivery = row.deliveries.order_by("channel").values_list("channel", "destination", "status", "rank")
        assert list(kinds_of_delivery) == [
            ("email", row.recipient.email, "pending", 2),
            ("in_app", "", "delivered", 2),
        ]
        assert LiveEvent.objects.filter(user=row.recipient, event_type="notification").count() == 1
        assert row.version == 1
    assert not BroadcastBatch.objects.exists()


def test_a_broadcast_begins_when_the_transaction_commits(
    alice: User, django_capture_on_commit_callbacks: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[Any] = []
    monkeypatch.setattr("notifications.tasks.tell_broadcast.apply_async", lambda **given: sent.append(given["args"]))
    with django_capture_on_commit_callbacks(execute=True):
        made = notify_many(User.objects.all(), **NEWS)
        assert sent == []
    assert sent == [(made.pk,)]


def test_a_worker_tells_what_it_is_sent(alice: User) -> None:
    made = notify_many(User.objects.all(), **NEWS)
    tell_broadcast(made.pk)
    made.refresh_from_db()
    assert (made.state, made.told) == ("done", 1)


def test_one_key_makes_one_broadcast(alice: User) -> None:
    first = notify_many(User.objects.all(), **NEWS)
    second = notify_many(User.objects.all(), kind="sample.note", dedupe_key="news")
    assert (first.pk, second.kind, second.audience) == (second.pk, "sample.plan_changed", 1)
    assert BroadcastBatch.objects.count() == 1


def test_rule_70_who_comes_later_is_not_told_and_nobody_is_loaded(
    alice: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    crowd(20)
    with django_assert_num_queries(7):
        made = notify_many(User.objects.all(), **NEWS)
    crowd(3, "late")
    running.run(made.pk)
    made.refresh_from_db()
    assert (made.audience, made.told, len(told(made))) == (21, 21, 21)
    assert not any(row.recipient.email.startswith("late") for row in told(made) if row.recipient.email)


def test_who_left_in_between_is_not_told(alice: User, bob: User) -> None:
    made = notify_many(User.objects.all(), **NEWS)
    bob.delete()
    running.run(made.pk)
    made.refresh_from_db()
    assert (made.state, made.audience, made.told, made.known) == ("done", 2, 1, 0)


@pytest.mark.parametrize("query", ["joined", "sliced", "distinct", "annotated"])
def test_any_queryset_of_people_is_told_each_once(query: str, alice: User, bob: User) -> None:
    for name in ("x", "y"):
        Group.objects.create(name=name).user_set.add(alice, bob)
    everybody = User.objects.filter(groups__name__in=["x", "y"])
    queries = {
        "joined": everybody,
        "sliced": User.objects.order_by("email")[:2],
        "distinct": everybody.distinct().order_by("-full_name"),
        "annotated": everybody.annotate(group=User.groups.through.objects.none().values("id")[:1]),
    }
    made = notify_many(queries[query], **NEWS)
    running.run(made.pk)
    assert [row.recipient for row in told(made)] == [alice, bob]


@pytest.mark.parametrize("state", ["none", "empty"])
def test_nobody_is_told_quickly(state: str, db: None) -> None:
    made = notify_many(User.objects.none() if state == "none" else User.objects.filter(email="x"), **NEWS)
    running.run(made.pk)
    made.refresh_from_db()
    assert (made.state, made.audience, made.told) == ("done", 0, 0)


def test_what_people_want_is_respected(alice: User, bob: User, charlie: User) -> None:
    Preference.objects.create(user=alice, kind="sample.plan_changed", channel="email", is_on=False)
    Preference.objects.create(user=bob, kind="sample.plan_changed", channel="in_app", is_on=False)
    Schedule.objects.create(user=charlie, muted_until=clock.now() + timedelta(days=99))
    made = notify_many(User.objects.all(), **NEWS, priority="low")
    running.run(made.pk)
    found = Delivery.objects.order_by("notification__recipient__email", "channel")
    assert list(found.values_list("channel", "status", "reason", "rank")) == [
        ("email", DeliveryStatus.SKIPPED, Reason.PREFERENCE_OFF, 3),
        ("in_app", DeliveryStatus.DELIVERED, "", 3),
        ("email", DeliveryStatus.PENDING, "", 3),
        ("in_app", DeliveryStatus.SKIPPED, Reason.PREFERENCE_OFF, 3),
        ("email", DeliveryStatus.DEFERRED, Reason.QUIET_HOURS, 3),
        ("in_app", DeliveryStatus.DELIVERED, "", 3),
    ]
    assert [row.in_centre for row in told(made)] == [True, False, True]
    assert [row.title == "" for row in told(made)] == [False, True, False]
    assert not LiveEvent.objects.filter(user=bob).exists()


def test_a_device_is_told_too(alice: User) -> None:
    device = Destination.objects.create(
        user=alice, channel="discord", sealed_address=b"x", address_digest="d", registered_at=clock.now()
    )
    running.run(notify_many(User.objects.all(), kind="sample.note", context={"text": "x"}, dedupe_key="d").pk)
    push = Delivery.objects.get(channel="discord")
    assert push.reason in {"", Reason.DESTINATION_DISABLED}
    assert push.destination in {"", str(device.public_id)}


def test_everybody_reads_it_in_their_language_and_by_their_name(alice: User, bob: User, charlie: User) -> None:
    for language, hello in (("en", "Hello"), ("es", "Hola")):
        parts = {"title": hello + ", {{ person.full_name }}", "message": "{{ text }}"}
        Wording.objects.create(kind="sample.note", channel="in_app", language=language, version=1, parts=parts)
    Profile.objects.filter(user=bob).update(locale="es")
    Profile.objects.filter(user=charlie).update(locale="es-MX", timezone="America/Mexico_City")
    running.run(notify_many(User.objects.all(), kind="sample.note", context={"text": "x"}, dedupe_key="hello").pk)
    said = Notification.objects.order_by("recipient__email").values_list("title", "language")
    assert list(said) == [
        ("Hello, Alice Marie Johnson", "en"),
        ("Hola, Bob Stone", "es"),
        ("Hola, Charlie Reyes", "es"),
    ]


def test_words_are_rendered_once_for_all_who_read_the_same(alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    Profile.objects.filter(user__in=crowd(30)[:5]).update(timezone="Asia/Kolkata")
    rendered: list[str] = []
    render = Words.render

    def count(words: Words, context: Any) -> dict[str, str]:
        rendered.append(context["person"]["timezone"])
        return render(words, context)

    monkeypatch.setattr(Words, "render", count)
    monkeypatch.setattr(services, "BATCH", 10)
    running.run(notify_many(User.objects.all(), kind="sample.note", context={"text": "x"}, dedupe_key="k").pk)
    assert sorted(rendered) == ["Asia/Kolkata", "UTC"]


def test_what_is_critical_stays_so(alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    alarm = replace(kinds.get("sample.note"), critical=True)
    monkeypatch.setitem(kinds._kinds, "sample.note", alarm)
    made = notify_many(User.objects.all(), kind="sample.note", context={"text": "x"}, dedupe_key="k")
    assert made.priority == "critical"


def test_mistakes_are_refused_and_nothing_is_made(alice: User) -> None:
    kinds.register(Kind("sample.code", "info", "security", ("in_app",), resolve_context=lambda *_: {}))
    kinds.register(Kind("sample.letter", "info", "security", ("email",), is_addressed=True))
    kinds.register(Kind("sample.wordless", "info", "security", ("in_app",)))
    everybody = User.objects.all()
    for wrong, expected in (
        ({"kind": "sample.nothing"}, UnknownKind),
        ({"kind": "sample.code"}, ValueError),
        ({"kind": "sample.letter"}, ValueError),
        ({"kind": "sample.wordless"}, TemplateFault),
        ({"dedupe_key": ""}, ValueError),
        ({"action_url": "javascript:alert(1)"}, ValueError),
        ({"priority": "huge"}, ValueError),
        ({"context": {"x": object()}}, TypeError),
    ):
        with pytest.raises(expected):
            notify_many(everybody, **{**NEWS, **wrong})
    with pytest.raises(TypeError):
        notify_many(Profile.objects.all(), **NEWS)
    assert not Broadcast.objects.exists()


def test_rule_17_a_batch_costs_as_many_queries_for_many_as_for_few(
    db: None, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    crowd(10)
    few = notify_many(User.objects.all(), **NEWS)
    crowd(400, "many")
    many = notify_many(User.objects.all(), **{**NEWS, "dedupe_key": "more"})
    for broadcast in (few, many):
        with django_assert_num_queries(22):
            running.run(broadcast.pk)
        broadcast.refresh_from_db()
        assert broadcast.state == "done"
