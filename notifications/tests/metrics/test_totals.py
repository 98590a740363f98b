from datetime import timedelta

import pytest
from django.db import connection
from prometheus_client.parser import text_string_to_metric_families

from accounts.models import User
from notifications.metrics import exposing, totals
from notifications.models import Delivery, DeliveryTotal, Notification, TotalsMark
from notifications.tasks import count_deliveries
from notifications.tests.metrics.rows import made
from numerai.common import clock

PLAIN = """
    SELECT channel, count(*) FILTER (WHERE attempts > 0 OR sent_at IS NOT NULL),
           count(*) FILTER (WHERE sent_at IS NOT NULL), count(*) FILTER (WHERE status = 'delivered'),
           count(*) FILTER (WHERE status = 'bounced'), count(*) FILTER (WHERE status = 'failed'),
           count(*) FILTER (WHERE status IN ('skipped', 'cancelled', 'expired'))
    FROM notifications_delivery GROUP BY channel ORDER BY channel
"""
NAMES = ("attempted", "accepted", "confirmed", "bounced", "failed", "skipped")

pytestmark = pytest.mark.django_db


def plain() -> dict[str, tuple[int, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(PLAIN)
        return {row[0]: row[1:] for row in cursor.fetchall()}


def scraped() -> dict[str, tuple[int, ...]]:
    """The same figures, as Prometheus reads them."""
    families = {family.name: family for family in text_string_to_metric_families(exposing.text().decode())}
    found: dict[str, list[int]] = {}
    for place, name in enumerate(NAMES):
        for sample in families[f"notifications_deliveries_{name}"].samples:
            found.setdefault(sample.labels["channel"], [0] * len(NAMES))[place] += int(sample.value)
    return {channel: tuple(numbers) for channel, numbers in sorted(found.items())}


def everything(user: User) -> None:
    now = clock.now()
    for days in (0, 1, 3, 5):
        for number, (channel, status) in enumerate(
            [
                ("in_app", "delivered"),
                ("email", "sent"),
                ("email", "delivered"),
                ("email", "bounced"),
                ("email", "failed"),
                ("sms", "skipped"),
                ("sms", "pending"),
                ("discord", "sent"),
                ("discord", "failed"),
            ]
        ):
            made(user, channel, status, at=now - timedelta(days=days), number=number + 1)


def test_rule_86_prometheus_and_a_plain_count_agree_at_any_time(alice: User) -> None:
    everything(alice)
    expected = plain()
    assert expected["email"] == (56, 20, 12, 16, 20, 0)
    assert scraped() == expected
    assert totals.roll_up(clock.now()) > 0
    assert scraped() == expected
    Delivery.objects.filter(created_at__lt=clock.now() - timedelta(days=4)).delete()
    assert scraped() == expected
    Delivery.objects.filter(created_at__gt=clock.now() - timedelta(hours=1), channel="email").delete()
    assert scraped() == expected
    Notification.objects.all().delete()
    assert (plain(), scraped()) == ({}, expected)


def test_what_is_counted_is_not_counted_again(alice: User) -> None:
    everything(alice)
    count_deliveries()
    assert DeliveryTotal.objects.count() == 18
    before = list(DeliveryTotal.objects.order_by("id").values())
    assert totals.roll_up(clock.now()) == 0
    assert list(DeliveryTotal.objects.order_by("id").values()) == before
    mark = TotalsMark.objects.get()
    assert mark.until <= clock.now() - totals.SETTLED
    assert (mark.until.minute, str(mark).startswith("counted until")) == (0, True)
    assert totals.roll_up(mark.until - timedelta(days=1)) == 0


def test_an_hour_of_which_something_was_removed_is_counted_whole(alice: User) -> None:
    at = clock.now() - timedelta(days=4)
    rows = made(alice, "email", "failed", at=at, number=5)
    Delivery.objects.filter(pk__in=[row.pk for row in rows[:2]]).delete()
    assert DeliveryTotal.objects.get().deliveries == 2
    totals.roll_up(clock.now())
    only = DeliveryTotal.objects.get()
    assert (only.deliveries, only.attempted, only.accepted, only.reason) == (5, 5, 0, "provider_exhausted")
    assert only.hour == at.replace(minute=0, second=0, microsecond=0)


def test_rule_86_the_rate_is_of_what_can_be_confirmed_or_of_what_was_tried(alice: User) -> None:
    everything(alice)
    counts = totals.counted()
    assert totals.rate("email", counts) == 3 / (3 + 4 + 5)
    assert totals.rate("sms", counts) is None
    assert totals.rate("mobile_push", counts) is None


def test_rule_49_what_no_provider_confirms_is_measured_by_what_it_took(alice: User) -> None:
    everything(alice)
    counts = totals.counted()
    assert totals.rate("discord", counts) == 8 / (8 + 9)
    assert totals.rate("in_app", counts) == 1.0
    assert not [count for count in counts if count.channel == "discord" and count.status == "delivered"]


def test_days_are_told_apart(alice: User) -> None:
    now = clock.now().replace(hour=12)
    made(alice, "email", "sent", at=now - timedelta(days=1), number=2)
    made(alice, "email", "sent", at=now - timedelta(days=3), number=3)
    made(alice, "email", "sent", at=now - timedelta(days=9), number=4)
    totals.roll_up(clock.now())
    found = [(count.day, count.deliveries) for count in totals.counted_by_day(now - timedelta(days=5))]
    days = [(now - timedelta(days=ago)).replace(hour=0, minute=0, second=0, microsecond=0) for ago in (3, 1)]
    assert found == [(days[0], 3), (days[1], 2)]
