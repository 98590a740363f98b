from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from prometheus_client.parser import text_string_to_metric_families
from pytest_django import DjangoAssertNumQueries, Settings

from accounts.models import User
from notifications.models import Broadcast, DigestWindow, ProviderHealth
from notifications.tests.metrics.rows import made
from numerai.common import clock

TOKEN = "a-token-of-prometheus"

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _token(settings: Settings) -> None:
    settings.METRICS_TOKEN = TOKEN


def scrape(client: Client, token: str = TOKEN) -> Any:
    return client.get("/metrics", headers={"Authorization": f"Bearer {token}"})


def gauges(client: Client, name: str) -> dict[str, float]:
    families = {family.name: family for family in text_string_to_metric_families(scrape(client).content.decode())}
    return {next(iter(sample.labels.values())): sample.value for sample in families[f"notifications_{name}"].samples}


def test_prometheus_reads_figures_at_a_constant_price(
    client: Client, alice: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in (1, 50):
        made(alice, "email", "failed", at=clock.now(), number=number)
        with django_assert_num_queries(4):
            answer = scrape(client)
        assert (answer.status_code, answer["Cache-Control"]) == (200, "no-store")
        assert answer["Content-Type"].startswith("text/plain")
    assert (
        'notifications_deliveries_failed_total{channel="email",kind="sample.note",reason="provider_exhausted"} 51.0'
        in answer.content.decode()
    )


def test_rule_59_nothing_in_it_is_about_a_person(client: Client, alice: User) -> None:
    (delivery,) = made(alice, "email", "failed", at=clock.now())
    delivery.destination, delivery.last_error = "alice@example.com", "alice@example.com is gone"
    delivery.save()
    told = scrape(client).content.decode()
    assert "alice" not in told
    assert str(alice.pk) not in told


@pytest.mark.parametrize("token", ["", "another", "a-token-of-prometheu"])
def test_without_the_token_nothing_is_told(token: str, client: Client) -> None:
    answer = scrape(client, token)
    assert (answer.status_code, answer.json()["code"]) == (401, "not_authenticated")


def test_without_the_setting_there_is_no_such_page(client: Client, settings: Settings) -> None:
    settings.METRICS_TOKEN = ""
    for token in ("", TOKEN):
        assert scrape(client, token).status_code == 404


def test_it_is_only_read(client: Client) -> None:
    assert client.post("/metrics", headers={"Authorization": f"Bearer {TOKEN}"}).status_code == 405


def test_the_queue_tells_what_waits_and_for_how_long(client: Client, alice: User) -> None:
    now = clock.now()
    for minutes in (10, 20, 30):
        made(alice, "email", "pending", at=now - timedelta(minutes=minutes))
    made(alice, "email", "queued", at=now - timedelta(minutes=5))
    made(alice, "sms", "pending", at=now + timedelta(hours=5))
    (gathered,) = made(alice, "discord", "pending", at=now - timedelta(hours=9))
    gathered.digest = DigestWindow.objects.create(
        user=alice, channel="discord", key="news", opened_at=now, closes_at=now + timedelta(hours=1)
    )
    gathered.save()
    assert gauges(client, "deliveries_waiting") == {"email": 4, "sms": 1, "discord": 1}
    assert gauges(client, "deliveries_due") == {"email": 4, "sms": 0, "discord": 0}
    ages = gauges(client, "deliveries_queue_age_p95_seconds")
    assert 28 * 60 < ages["email"] < 60 * 60
    assert (ages["sms"], ages["discord"]) == (0, 0)


def test_a_provider_that_is_left_alone_shows(client: Client) -> None:
    soon = clock.now() + timedelta(hours=1)
    ProviderHealth.objects.create(provider="twilio", failures=7, open_until=soon)
    ProviderHealth.objects.create(provider="smtp", failures=1, open_until=soon - timedelta(hours=2))
    assert gauges(client, "provider_left_alone") == {"smtp": 0, "twilio": 1}
    assert gauges(client, "provider_failures") == {"smtp": 1, "twilio": 7}


def test_broadcasts_that_have_not_ended_show(client: Client) -> None:
    for key, state in (("a", "failed"), ("b", "failed"), ("c", "running")):
        Broadcast.objects.create(kind="sample.note", priority="low", dedupe_key=key, state=state)
    assert gauges(client, "broadcasts") == {"waiting": 0, "running": 1, "failed": 2}
