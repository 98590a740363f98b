import pytest

from accounts.models import User
from dev.local_providers import LocalProviders
from notifications.deliveries import sweeping
from notifications.deliveries.queueing import CRITICAL, queue_of
from notifications.models import Delivery
from notifications.services import notify
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
