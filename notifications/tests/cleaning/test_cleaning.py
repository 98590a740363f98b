"""What goes, what stays, and in what portions."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, connections, transaction
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from accounts.models import User
from notifications import cleaning, kinds
from notifications.cleaning import ageing, removal
from notifications.metrics import totals
from notifications.models import (
    Broadcast,
    BroadcastBatch,
    Delivery,
    DeliveryTotal,
    DigestWindow,
    Notification,
    ProviderReport,
)
from notifications.tasks import remove_what_is_past_its_time
from notifications.tests.conftest import NOTE
from numerai.common import clock

pytestmark = pytest.mark.usefixtures("_no_pause")


@pytest.fixture
def _no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(removal, "PAUSE_SECONDS", 0)


def note(user: User, *, days: float = 0, **fields: Any) -> Notification:
    """A row that was made ``days`` ago."""
    row = {"kind": "sample.note", "notification_type": "info", "title": "x"} | fields
    made = Notification.objects.create(recipient=user, **row)
    Notification.objects.filter(pk=made.pk).update(created_at=clock.now() - timedelta(days=days))
    return made


def delivery(
    made: Notification, *, days: float, channel: str = "email", status: str = "sent", **fields: Any
) -> Delivery:
    now = clock.now()
    times = {
        "sent_at": now if status == "sent" else None,
        "next_attempt_at": now if status in {"pending", "deferred"} else None,
        "lease_until": now if status in {"queued", "sending"} else None,
    }
    row = Delivery.objects.create(notification=made, channel=channel, status=status, **times, **fields)
    Delivery.objects.filter(pk=row.pk).update(created_at=now - timedelta(days=days))
    return row


def left(*rows: Any) -> list[bool]:
    return [type(row).objects.filter(pk=row.pk).exists() for row in rows]


def ago(**span: float) -> Any:
    return clock.now() - timedelta(**span)


def test_rule_82_each_kind_has_its_time(alice: User) -> None:
    kinds._kinds["sample.brief"] = replace(NOTE, name="sample.brief", keep_days=40)
    rows = [
        note(alice, days=366),
        note(alice, days=364),
        note(alice, days=41, kind="sample.brief"),
        note(alice, days=39, kind="sample.brief"),
        note(alice, days=366, kind="gone.away"),
        note(alice, days=364, kind="gone.away"),
    ]
    assert cleaning.clean() == {"notifications": 3}
    assert left(*rows) == [False, True, False, True, False, True]
    assert cleaning.clean() == {}


def test_rule_82_what_is_critical_stays_until_it_is_read(alice: User) -> None:
    urgent: dict[str, Any] = {"days": 800, "priority": "critical"}
    unread, read = note(alice, **urgent), note(alice, **urgent, read_at=ago(days=1))
    archived = note(alice, **urgent, archived_at=ago(days=700))
    by_mail = note(alice, **urgent, in_centre=False)
    deleted = note(alice, **urgent, deleted_at=ago(days=31))
    expired = note(alice, **urgent, expires_at=ago(days=31))
    assert cleaning.clean() == {"notifications": 4}
    assert left(unread, archived, read, by_mail, deleted, expired) == [True, True, False, False, False, False]


def test_rule_83_what_is_hidden_for_long_is_purged(alice: User) -> None:
    rows = [
        note(alice, days=40, deleted_at=ago(days=31)),
        note(alice, days=40, deleted_at=ago(days=29)),
        note(alice, days=40, expires_at=ago(days=31)),
        note(alice, days=40, expires_at=ago(days=29)),
    ]
    cleaning.clean()
    assert left(*rows) == [False, True, False, True]


@pytest.mark.parametrize("status", ["pending", "deferred", "queued", "sending"])
def test_what_is_being_sent_stays(alice: User, status: str) -> None:
    made = note(alice, days=400, deleted_at=ago(days=60))
    waiting = delivery(made, days=400, status=status)
    assert cleaning.clean() == {}
    assert left(made, waiting) == [True, True]


def test_rule_82_no_more_than_the_newest_are_kept_of_one_person(
    alice: User, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ageing, "KEPT_OF_ONE", 3)
    urgent = note(alice, days=9, priority="critical")
    mine = [note(alice, days=9, archived_at=ago(days=1) if number == 1 else None) for number in range(5)]
    young = note(bob, days=1)
    his = [note(bob, days=9) for _ in range(3)]
    assert cleaning.clean() == {"notifications": 2}
    assert left(urgent, *mine) == [True, False, False, True, True, True]
    assert left(young, *his) == [True] * 4, "what is two days old is not counted among the totals yet"


def test_deliveries_and_reports_go_before_what_they_belong_to(alice: User) -> None:
    made = note(alice, days=100)
    old, young = delivery(made, days=91), delivery(made, days=89, channel="sms")
    for number, days in enumerate((31, 29)):
        report = ProviderReport.objects.create(provider="p", event_id=str(number), delivery=old, event_type="delivered")
        ProviderReport.objects.filter(pk=report.pk).update(received_at=ago(days=days))
    assert cleaning.clean() == {"reports": 1, "deliveries": 1}
    assert left(made, old, young) == [True, False, True]
    (report,) = ProviderReport.objects.all()
    assert (report.event_id, report.delivery_id) == ("1", None)


def test_a_notification_takes_its_deliveries_along(alice: User) -> None:
    made = note(alice, days=400)
    sent = delivery(made, days=10)
    ProviderReport.objects.create(provider="p", event_id="1", delivery=sent, event_type="delivered")
    assert cleaning.clean() == {"notifications": 1}
    assert left(made, sent) == [False, False]
    assert ProviderReport.objects.get().delivery_id is None


def test_windows_that_closed_and_people_nobody_will_reach(alice: User, bob: User) -> None:
    window = {"user": alice, "channel": "email", "closes_at": clock.now() + timedelta(hours=1)}
    windows = [
        DigestWindow.objects.create(**window, key=str(number), closed_at=closed_at)
        for number, closed_at in enumerate((ago(days=8), ago(days=6), None))
    ]
    waited = delivery(note(alice), days=1, digest=windows[0])
    broadcasts = [
        Broadcast.objects.create(
            kind="sample.note", priority="low", dedupe_key=state, state=state, finished_at=finished
        )
        for state, finished in (("cancelled", clock.now()), ("running", None))
    ]
    people = [BroadcastBatch.objects.create(broadcast=each, people=[bob.pk]) for each in broadcasts]
    assert cleaning.clean() == {"windows": 1, "broadcast_batches": 1}
    assert left(*windows, *people) == [False, True, True, False, True]
    waited.refresh_from_db()
    assert waited.digest_id is None


def test_a_window_stays_with_what_is_in_it_until_its_summary_has_left(alice: User) -> None:
    """Somebody has muted everything for months."""
    window = DigestWindow.objects.create(
        user=alice, channel="email", key="news", closes_at=clock.now() + timedelta(hours=1), closed_at=ago(days=95)
    )
    member = delivery(note(alice, days=95), days=95, status="skipped", reason="digested", digest=window)
    summary = note(alice, days=95, in_centre=False, dedupe_key=f"digest:{window.public_id}")
    waiting = delivery(summary, days=95, status="deferred")
    assert cleaning.clean() == {}
    Delivery.objects.filter(pk=waiting.pk).update(status="sent", sent_at=clock.now(), next_attempt_at=None)
    assert cleaning.clean() == {"deliveries": 1, "windows": 1}
    assert left(member, waiting, window) == [True, False, False]
    assert cleaning.clean() == {"deliveries": 1}
    assert left(member) == [False]


def test_rule_82_batches_are_small_and_go_on_where_they_ended(alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(removal, "BATCH", 2)
    for number in range(9):
        note(alice, days=400 if number % 2 == 0 else 10)
    young = note(alice, days=1)
    sizes = [batch.rows for batch in cleaning.batches() if batch.table == "notifications" and batch.rows]
    assert sizes == [1] * 5
    assert cleaning.clean() == {}
    assert Notification.objects.count() == 5
    assert left(young) == [True]


def test_rule_82_a_run_ends_when_its_time_is_up_and_the_next_goes_on(
    alice: User, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    monkeypatch.setattr(removal, "BATCH", 2)
    settings.CLEANING_SECONDS = 0
    for number in range(5):
        delivery(note(alice, days=91), days=91, channel="email", destination=str(number))
        ProviderReport.objects.create(provider="p", event_id=str(number), event_type="delivered")
    ProviderReport.objects.update(received_at=ago(days=31))
    remaining = []
    for _ in range(3):
        remove_what_is_past_its_time()
        remaining.append((ProviderReport.objects.count(), Delivery.objects.count()))
    assert remaining == [(3, 5), (1, 5), (0, 5)]
    settings.CLEANING_SECONDS = 60
    remove_what_is_past_its_time()
    assert (ProviderReport.objects.count(), Delivery.objects.count()) == (0, 0)


@pytest.mark.django_db(transaction=True)
def test_rule_82_a_row_that_somebody_holds_is_left_for_the_next_time(alice: User) -> None:
    held, free = note(alice, days=400), note(alice, days=400)
    other = connections.create_connection("default")
    try:
        other.set_autocommit(False)
        with other.cursor() as cursor:
            cursor.execute("SELECT id FROM notifications_notification WHERE id = %s FOR UPDATE", [held.pk])
        assert cleaning.clean() == {"notifications": 1}
        assert left(held, free) == [True, False]
        other.rollback()
    finally:
        other.close()
    assert cleaning.clean() == {"notifications": 1}


@pytest.mark.django_db
def test_an_empty_house_costs_few_queries() -> None:
    with CaptureQueriesContext(connection) as queries, transaction.atomic():
        assert cleaning.clean() == {}
    assert len(queries) < 40


def test_whatever_refers_to_what_goes_is_known_here() -> None:
    """Rows are removed by hand: a table that begins to refer to them has to be removed, or unlinked, before."""
    referring = {
        model: {relation.related_model for relation in model._meta.related_objects}
        for model in (Notification, Delivery, ProviderReport, DigestWindow, BroadcastBatch)
    }
    assert referring == {
        Notification: {Delivery},
        Delivery: {ProviderReport},
        ProviderReport: set(),
        DigestWindow: {Delivery},
        BroadcastBatch: set(),
    }


def test_rule_82_deliveries_are_counted_before_they_go(alice: User) -> None:
    made = note(alice, days=400)
    delivery(made, days=400)
    delivery(made, days=91, channel="sms", status="pending")
    aged, young = note(alice, days=95), note(alice, days=1)
    for row, days in ((aged, 95), (young, 1)):
        delivery(row, days=days)
    Delivery.objects.filter(channel="sms").update(status="failed", reason="provider_exhausted", next_attempt_at=None)
    before = totals.counted()
    assert sum(count.deliveries for count in before) == 4
    assert cleaning.clean() == {"deliveries": 3, "notifications": 1}
    assert totals.counted() == before
    assert sum(DeliveryTotal.objects.values_list("deliveries", flat=True)) == 3
