import pytest
from pytest_django import Settings

from accounts.models import User
from dev.local_providers import LocalProviders
from dev.services import free_port
from notifications.deliveries import sweeping
from notifications.deliveries.queueing import CRITICAL, lengths, queue_of
from notifications.models import Delivery
from notifications.services import notify
from notifications.tests.conftest import email_delivery
from notifications.tests.reaching.ways import TOLD, WAYS
from notifications.vocabulary import DESTINATION_CHANNELS, PRIORITY_RANK, Priority
from numerai.common.redis import connection
from numerai.tests.queues import NAMES

pytestmark = pytest.mark.django_db(transaction=True)


def filled() -> dict[str, int]:
    return {name: length for name in NAMES if (length := int(str(connection().llen(name))))}


@pytest.mark.parametrize("channel", DESTINATION_CHANNELS)
@pytest.mark.parametrize("priority", Priority)
def test_rule_47_every_queue_has_workers(channel: str, priority: Priority) -> None:
    assert queue_of(channel, PRIORITY_RANK[priority]) in NAMES


def test_rule_47_each_way_has_a_queue_of_its_own(alice: User, providers: LocalProviders) -> None:
    for way in ("web_push", "mobile_push", "discord_webhook", "sms"):
        WAYS[way].register(alice, providers.url)
    notify(user=alice, kind=TOLD.name, context={"text": "news"})
    expected = {f"notifications.{channel}": 1 for channel in DESTINATION_CHANNELS}
    assert filled() == expected
    connection().flushdb()
    sweeping.sweep()
    assert filled() == expected


def test_rule_87_what_is_critical_waits_behind_no_news(alice: User, providers: LocalProviders) -> None:
    notify(user=alice, kind=TOLD.name, context={"text": "news"})
    notify(user=alice, kind=TOLD.name, context={"text": "news"}, priority="critical")
    assert filled() == {"notifications.email": 1, CRITICAL: 1}
    Delivery.objects.update(status="failed", reason="provider_exhausted")
    connection().flushdb()
    assert sweeping.send_again(Delivery.objects.filter(channel="email").values_list("id", flat=True)) == 2
    assert filled() == {"notifications.email": 1, CRITICAL: 1}


def test_a_sweep_goes_on_while_something_is_due(alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweeping, "BATCH", 2)
    for _ in range(7):
        email_delivery(alice)
    connection().flushdb()
    assert (sweeping.sweep(limit=3), sweeping.sweep(), sweeping.sweep()) == (3, 4, 0)
    assert filled() == {"notifications.email": 7}


def test_a_way_out_that_cannot_keep_up_holds_up_no_other(
    alice: User, providers: LocalProviders, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sweeping, "BATCH", 1)
    monkeypatch.setattr(sweeping, "FULL", 2)
    for _ in range(3):
        email_delivery(alice)
    WAYS["sms"].register(alice, providers.url)
    for priority in ("normal", "critical"):
        notify(user=alice, kind=TOLD.name, context={"text": "news"}, priority=priority)
    connection().flushdb()
    assert sweeping.sweep() == 5
    assert filled() == {"notifications.email": 2, "notifications.sms": 1, CRITICAL: 2}
    assert sweeping.sweep() == 0
    connection().delete("notifications.email")
    assert sweeping.sweep() == 2
    assert filled() == {"notifications.email": 2, "notifications.sms": 1, CRITICAL: 2}


def test_how_much_waits_is_unknown_while_the_broker_is_away(settings: Settings) -> None:
    settings.REDIS_URL = f"redis://127.0.0.1:{free_port()}/0"
    connection.cache_clear()
    try:
        assert lengths() == {}
    finally:
        connection.cache_clear()
