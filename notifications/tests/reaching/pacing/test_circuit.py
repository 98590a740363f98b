"""A provider that fails is left alone; what would have gone to it waits, and that costs no attempt."""

import threading
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from dev.local_providers import LocalProviders, Mode
from notifications.channels.base import DeliveryError, ErrorClass, Sent
from notifications.deliveries import backoff, circuit, dispatch
from notifications.deliveries.circuit import FAILURES, LeftAlone, guarded
from notifications.models import Delivery, ProviderHealth
from notifications.tests.reaching.ways import WAYS, told
from numerai.common import clock

pytestmark = pytest.mark.django_db(transaction=True)


def fail(error_class: ErrorClass = ErrorClass.TRANSIENT, *, of_provider: bool = True) -> None:
    def failing() -> Sent:
        raise DeliveryError(error_class, "sample", of_provider=of_provider)

    with pytest.raises(DeliveryError):
        guarded("sample", failing)


def succeed() -> Sent | LeftAlone:
    return guarded("sample", Sent)


def health() -> ProviderHealth:
    return ProviderHealth.objects.get(provider="sample")


def test_rule_45_after_some_failures_in_a_row_nothing_is_sent() -> None:
    for _ in range(FAILURES - 1):
        fail()
    assert health().open_until is None
    assert not circuit.is_failing("sample")
    before = clock.now()
    fail()
    assert circuit.is_failing("sample")
    held = succeed()
    assert isinstance(held, LeftAlone)
    assert held.until - before >= timedelta(seconds=30)


def test_rule_45_one_success_closes_it() -> None:
    for _ in range(FAILURES - 1):
        fail()
    assert succeed() == Sent()
    assert (health().failures, health().failing_since) == (0, None)
    fail()
    assert health().open_until is None


def test_rule_45_after_a_while_one_delivery_tries() -> None:
    for _ in range(FAILURES):
        fail()
    ProviderHealth.objects.update(open_until=clock.now() - timedelta(seconds=1))
    fail()
    assert isinstance(succeed(), LeftAlone)
    ProviderHealth.objects.update(open_until=clock.now() - timedelta(seconds=1))
    assert succeed() == Sent()
    assert health().open_until is None


def test_rule_45_of_many_that_come_then_one_tries() -> None:
    for _ in range(FAILURES):
        fail()
    ProviderHealth.objects.update(open_until=clock.now() - timedelta(seconds=1))
    asleep, tried = threading.Event(), []
    seen: list[Sent | LeftAlone] = []
    start = threading.Barrier(4)

    def sending() -> Sent:
        tried.append(1)
        asleep.wait(60)
        return Sent()

    def come() -> None:
        start.wait(60)
        try:
            seen.append(guarded("sample", sending))
            if isinstance(seen[-1], LeftAlone) and len(seen) == 3:
                asleep.set()
        finally:
            connection.close()

    workers = [threading.Thread(target=come) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(120)
    assert len(tried) == 1
    assert sum(isinstance(one, LeftAlone) for one in seen) == 3


@pytest.mark.parametrize("error_class", [ErrorClass.THROTTLED, ErrorClass.CONFIG])
def test_what_is_no_failure_of_the_provider_does_not_count(error_class: ErrorClass) -> None:
    for _ in range(FAILURES):
        fail(error_class)
        fail(of_provider=False)
    assert not ProviderHealth.objects.exists()


def test_a_clear_refusal_shows_that_somebody_is_there() -> None:
    for _ in range(FAILURES - 1):
        fail()
    fail(ErrorClass.PERMANENT)
    assert health().failures == 0


def test_failures_at_the_same_time_are_all_counted() -> None:
    start = threading.Barrier(FAILURES)

    def come() -> None:
        start.wait(60)
        try:
            circuit._failed("sample")
        finally:
            connection.close()

    workers = [threading.Thread(target=come) for _ in range(FAILURES)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(120)
    assert health().failures == FAILURES
    assert health().open_until is not None


def test_it_costs_one_query_while_all_is_well() -> None:
    with CaptureQueriesContext(
        connection,
    ) as queries:
        succeed()
    assert len(queries) == 1


def test_rule_45_what_waits_spends_no_attempt(alice: User, providers: LocalProviders) -> None:
    way = WAYS["mobile_push"]
    way.register(alice, providers.url)
    providers.modes[way.path] = Mode.UNAVAILABLE
    for _ in range(FAILURES):
        dispatch.deliver(told(alice, way.channel).pk)
    before = clock.now()
    waiting = told(alice, way.channel)
    dispatch.deliver(waiting.pk)
    waiting.refresh_from_db()
    assert (waiting.status, waiting.reason, waiting.attempts) == ("pending", "circuit_open", 0)
    assert waiting.next_attempt_at is not None
    assert waiting.next_attempt_at > before
    assert len(providers.at(way.path)) == FAILURES
    # It is nobody's phone that fails.
    providers.modes.clear()
    past = clock.now() - timedelta(seconds=1)
    ProviderHealth.objects.update(open_until=past)
    Delivery.objects.filter(id=waiting.pk).update(next_attempt_at=past)
    dispatch.deliver(waiting.pk)
    waiting.refresh_from_db()
    assert (waiting.status, waiting.reason, waiting.provider) == ("sent", "", "fcm")


@pytest.mark.parametrize("name", [name for name in WAYS if name != "discord_user"])
def test_rule_45_an_hour_without_a_provider_loses_nothing(name: str, alice: User, providers: LocalProviders) -> None:
    """Of one message that is alone with it; what else waits only spreads the tries."""
    way = WAYS[name]
    way.register(alice, providers.url)
    providers.mode = Mode.UNAVAILABLE
    delivery = told(alice, way.channel)
    ends = delivery.created_at + timedelta(hours=1)
    while delivery.next_attempt_at is not None and delivery.next_attempt_at < ends:
        with time_machine.travel(delivery.next_attempt_at):
            dispatch.deliver(delivery.pk)
        delivery.refresh_from_db()
        assert delivery.status == "pending"
    assert FAILURES - 1 <= delivery.attempts < backoff.MAX_ATTEMPTS
    assert len(providers.at(way.path if name != "mobile_push" else "/token")) > backoff.MAX_ATTEMPTS
    providers.mode = Mode.OK
    with time_machine.travel(ends + timedelta(hours=1)):
        dispatch.deliver(delivery.pk)
    delivery.refresh_from_db()
    assert delivery.status == "sent"


def test_another_provider_is_not_touched(alice: User, providers: LocalProviders) -> None:
    ProviderHealth.objects.create(
        provider="fcm", failures=9, failing_since=clock.now(), open_until=clock.now() + timedelta(hours=1)
    )
    WAYS["web_push"].register(alice, providers.url)
    delivery = told(alice, "web_push")
    dispatch.deliver(delivery.pk)
    delivery.refresh_from_db()
    assert delivery.status == "sent"
