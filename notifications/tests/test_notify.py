import json
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from dev.mailbox import Mailbox
from notifications import kinds
from notifications.deliveries.sweeping import sweep
from notifications.kinds import Kind
from notifications.models import Delivery, Notification
from notifications.services import notify
from notifications.tasks import deliver
from notifications.vocabulary import DeliveryStatus, Priority, Reason
from notifications.wording import TemplateFault
from numerai.common import clock
from numerai.common.jobs import broker_pause
from numerai.tests.queues import messages, waiting


def test_it_writes_the_notification_and_one_delivery_for_each_channel(alice: User) -> None:
    notification = notify(
        user=alice, kind="sample.plan_changed", context={"plan": "elite"}, action_url="/settings/billing"
    )
    notification.refresh_from_db()
    assert notification.recipient == alice
    assert notification.title == "Alice Marie Johnson, your plan is elite"
    assert notification.message == "From today on you have elite."
    assert (notification.notification_type, notification.kind) == ("payment", "sample.plan_changed")
    assert (notification.data, notification.action_url) == ({"plan": "elite"}, "/settings/billing")
    assert (notification.priority, notification.in_centre, notification.read_at) == (Priority.NORMAL, True, None)
    assert abs(notification.created_at - clock.now()) < timedelta(minutes=1)
    in_app, email = notification.deliveries.order_by("-channel")
    assert (in_app.channel, in_app.status, in_app.destination) == ("in_app", DeliveryStatus.DELIVERED, "")
    assert in_app.sent_at is not None
    assert (email.channel, email.status, email.destination) == ("email", DeliveryStatus.PENDING, "alice@example.com")
    assert email.next_attempt_at is not None


def test_a_kind_without_in_app_stays_out_of_the_centre(alice: User) -> None:
    kinds.register(Kind("sample.code", "info", "security", ("email",), critical=True))
    notification = notify(user=alice, kind="sample.code")
    assert (notification.in_centre, notification.title) == (False, "")
    assert notification.priority == Priority.CRITICAL
    assert [delivery.channel for delivery in notification.deliveries.all()] == ["email"]


@pytest.mark.parametrize(
    ("address", "critical", "ending"),
    [
        ({"email_verified_at": clock.now()}, False, (DeliveryStatus.PENDING, "")),
        ({"email_verified_at": None}, True, (DeliveryStatus.PENDING, "")),
        ({"email_verified_at": None}, False, (DeliveryStatus.SKIPPED, Reason.UNVERIFIED_DESTINATION)),
        ({"email": None}, True, (DeliveryStatus.SKIPPED, Reason.NO_DESTINATION)),
    ],
)
def test_a_mail_needs_an_address_that_may_be_used(
    bob: User, address: dict[str, Any], critical: bool, ending: tuple[str, str]
) -> None:
    User.objects.filter(pk=bob.pk).update(phone="+14155550123", **address)
    bob.refresh_from_db()
    kinds.register(Kind("sample.code", "info", "security", ("email",), critical=critical))
    delivery = notify(user=bob, kind="sample.code").deliveries.get()
    assert (delivery.status, delivery.reason) == ending


@pytest.mark.django_db(transaction=True)
def test_the_worker_hears_of_it_when_the_transaction_commits(alice: User) -> None:
    with transaction.atomic():
        notification = notify(user=alice, kind="sample.plan_changed", context={"plan": "a-secret-word"})
        assert waiting() == 0
    (raw,) = messages()
    message = json.loads(raw)
    assert message["headers"]["task"] == "notifications.tasks.deliver"
    assert message["headers"]["argsrepr"] == f"({notification.deliveries.get(channel='email').pk},)"
    assert b"a-secret-word" not in raw


@pytest.mark.django_db(transaction=True)
def test_a_rollback_leaves_nothing(alice: User) -> None:
    with transaction.atomic():
        notify(user=alice, kind="sample.plan_changed", context={"plan": "basic"})
        transaction.set_rollback(True)
    assert not Notification.objects.exists()
    assert not Delivery.objects.exists()
    assert waiting() == 0


@pytest.mark.django_db(transaction=True)
def test_without_a_broker_it_waits_for_the_sweeper(alice: User) -> None:
    broker_pause.begin()
    notification = notify(user=alice, kind="sample.plan_changed", context={"plan": "basic"})
    assert waiting() == 0
    assert notification.deliveries.get(channel="email").status == DeliveryStatus.PENDING
    broker_pause.end()
    assert sweep() == 1
    assert waiting() == 1


def test_the_same_key_makes_one_notification(alice: User, bob: User) -> None:
    first = notify(user=alice, kind="sample.plan_changed", context={"plan": "basic"}, dedupe_key="plan:1")
    again = notify(user=alice, kind="sample.plan_changed", context={"plan": "elite"}, dedupe_key="plan:1")
    other = notify(user=bob, kind="sample.plan_changed", context={"plan": "basic"}, dedupe_key="plan:1")
    assert again.pk == first.pk
    assert again.title == "Alice Marie Johnson, your plan is basic"
    assert other.pk != first.pk
    assert Delivery.objects.filter(notification=first).count() == 2


def test_without_a_key_every_call_is_news(alice: User) -> None:
    notify(user=alice, kind="sample.note", context={"text": "one"})
    notify(user=alice, kind="sample.note", context={"text": "one"}, dedupe_key="")
    assert Notification.objects.count() == 2


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"kind": "sample.nothing"}, kinds.UnknownKind),
        ({"priority": "urgent"}, ValueError),
        ({"context": {"text": float("nan")}}, ValueError),
        ({"context": {"text": uuid4()}}, TypeError),
        ({"context": {}}, TemplateFault),
        ({"action_url": "javascript:alert(1)"}, ValueError),
        ({"action_url": "//evil.example"}, ValueError),
        ({"action_url": "/\\evil.example"}, ValueError),
        ({"action_url": "settings"}, ValueError),
        ({"address": "elsewhere@example.com"}, ValueError),
    ],
)
def test_a_mistake_in_the_call_is_an_error_and_writes_nothing(
    alice: User, wrong: dict[str, Any], error: type[Exception]
) -> None:
    call: dict[str, Any] = {"user": alice, "kind": "sample.note", "context": {"text": "x"}} | wrong
    with pytest.raises(error):
        notify(**call)
    assert not Notification.objects.exists()


def test_what_is_addressed_goes_there_whatever_becomes_of_the_persons_address(alice: User, mailbox: Mailbox) -> None:
    kinds.register(Kind("sample.code", "info", "security", ("email",), critical=True, is_addressed=True))
    with pytest.raises(ValueError, match="if and only if"):
        notify(user=alice, kind="sample.code")
    notification = notify(user=alice, kind="sample.code", context={"code": "402917"}, address="before@example.com")
    User.objects.filter(id=alice.pk).update(email="after@example.com")
    deliver(notification.deliveries.get().pk)
    (mail,) = mailbox.messages()
    assert [recipient.address for recipient in mail.to] == ["before@example.com"]


def test_a_model_never_reaches_a_template(alice: User) -> None:
    with pytest.raises(TypeError, match="not JSON serializable"):
        notify(user=alice, kind="sample.note", context={"text": alice})


@pytest.mark.parametrize("url", ["", "/", "/settings?tab=1", "https://example.com/x", "http://localhost:3000/"])
def test_safe_links_are_kept(alice: User, url: str) -> None:
    notification = notify(user=alice, kind="sample.note", context={"text": "x"}, action_url=url)
    notification.refresh_from_db()
    assert notification.action_url == url


def test_a_given_priority_wins(alice: User) -> None:
    notification = notify(user=alice, kind="sample.note", context={"text": "x"}, priority="high")
    assert notification.priority == Priority.HIGH


def test_it_costs_few_queries(alice: User, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(4):  # what they wish, the words, the notification, its deliveries
        notify(user=alice, kind="sample.plan_changed", context={"plan": "basic"})
    with django_assert_num_queries(4):
        notify(user=alice, kind="sample.plan_changed", context={"plan": "basic"}, dedupe_key="k")
    with django_assert_num_queries(4):  # what they wish, the words, that the key is taken, and by which
        notify(user=alice, kind="sample.plan_changed", context={"plan": "basic"}, dedupe_key="k")
