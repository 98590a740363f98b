"""The life of a stored event: kept once, handled once, tried again, parked, replayed."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from celery import current_app
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings
from structlog.testing import capture_logs

from accounts.models import User
from dev.local_stripe import LocalStripe
from dev.services import free_port
from numerai.common import clock
from numerai.common.jobs import broker_pause
from numerai.common.redis import connection as redis_connection
from payments.models import EventState, Subscription, WebhookEvent
from payments.services import create_subscription, handle_webhook_event, replay_webhook_events
from payments.tasks import process_webhook_event, sweep_webhook_events
from payments.tests.delivering import WEBHOOK, Deliver, an_event, handle_all, signed, wait_until
from payments.tests.racing import together
from payments.webhooks.processing import MAX_ATTEMPTS


def announced() -> int:
    """Messages that wait in the real broker."""
    return int(str(redis_connection().llen("celery")))


def state() -> str:
    return WebhookEvent.objects.get().state


def later(seconds: float) -> Any:
    return time_machine.travel(clock.now() + timedelta(seconds=seconds), tick=False)


@pytest.fixture
def subscribed(local_stripe: LocalStripe, bob: User) -> LocalStripe:
    create_subscription(user=bob, plan="premium", payment_method_id="pm_card_visa")
    return local_stripe


@pytest.mark.django_db(transaction=True)
def test_an_event_is_stored_with_what_it_is_about_and_announced(deliver: Deliver) -> None:
    event = an_event(created=1795168800)
    assert deliver(event).json() == {"received": True}

    row = WebhookEvent.objects.get()
    assert (row.event_id, row.type, row.livemode) == ("evt_1", "invoice.paid", False)
    assert (row.api_version, row.object_id, row.customer_id) == ("2026-10-28.endive", "in_1", "cus_1")
    assert row.payload == event
    assert row.created_at.timestamp() == 1795168800
    assert (row.state, row.attempts) == (EventState.PENDING, 0)
    assert announced() == 1


@pytest.mark.django_db
def test_older_shapes_name_the_same_objects(deliver: Deliver) -> None:
    expanded = {"id": "in_1", "object": "invoice", "customer": {"id": "cus_1", "object": "customer"}}
    deliver(an_event(id="evt_expanded", api_version=None, data={"object": expanded}))
    deliver(an_event(id="evt_customer", data={"object": {"id": "cus_2", "object": "customer"}}))
    deliver(an_event(id="evt_upcoming", data={"object": {"object": "invoice", "customer": "cus_3"}}))

    rows = WebhookEvent.objects.order_by("received_at").values_list("object_id", "customer_id")
    assert list(rows) == [("in_1", "cus_1"), ("cus_2", "cus_2"), ("", "cus_3")]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", [r"\u0000", r"\ud800", r"Zo\u00eb \ud83d\ude00"])
def test_text_that_the_database_cannot_hold_costs_no_event(deliver: Deliver, name: str) -> None:
    body = (
        b'{"id": "evt_1", "object": "event", "created": 1, "livemode": false, "type": "customer.updated", "data": '
        b'{"object": {"id": "cus_1", "object": "customer", "name": "' + name.encode() + b'"}}}'
    )
    assert deliver(body).status_code == 200
    assert WebhookEvent.objects.get().payload["data"]["object"]["id"] == "cus_1"


@pytest.mark.django_db
def test_the_view_asks_the_database_once(deliver: Deliver) -> None:
    with CaptureQueriesContext(connection) as queries:
        deliver(an_event())
        deliver(an_event())
    assert len(queries) == 2


@pytest.mark.django_db
def test_rule_11_an_unknown_type_is_stored_and_ignored(deliver: Deliver) -> None:
    assert deliver(an_event(type="stripe.invents.something")).status_code == 200
    handle_all()
    row = WebhookEvent.objects.get()
    assert row.state == EventState.IGNORED
    assert row.processed_at is not None


@contextmanager
def no_broker() -> Iterator[None]:
    """The application's own connections, pointed at a port where nobody listens."""
    celery: Any = current_app
    there = celery.conf.broker_url
    try:
        celery.conf.broker_url = f"redis://127.0.0.1:{free_port()}/0"
        celery._after_fork()
        yield
    finally:
        celery.conf.broker_url = there
        celery._after_fork()
        broker_pause.end()


@pytest.mark.django_db(transaction=True)
def test_rule_13_with_broker_and_stripe_down_events_are_taken_quickly_and_swept_later(settings: Settings) -> None:
    def most(name: str) -> float:
        """How long three in four of a hundred take at most: the machine has stalls of its own."""
        durations = []
        for number in range(100):
            body, header = signed(an_event(id=f"evt_{name}_{number}", type="customer.updated"))
            started = time.perf_counter()
            response = Client().post(WEBHOOK, body, content_type="text/plain", headers={"Stripe-Signature": header})
            durations.append(time.perf_counter() - started)
            assert response.status_code == 200
        return sorted(durations)[74]

    with_all_there = most("before")
    WebhookEvent.objects.all().update(state=EventState.IGNORED, next_attempt_at=None, processed_at=clock.now())
    settings.STRIPE_API_BASE, heard_of = f"http://127.0.0.1:{free_port()}", announced()
    with no_broker():
        # A second of patience for either of them would show, however slow the machine is.
        assert most("after") < with_all_there + 0.5
    assert WebhookEvent.objects.filter(state=EventState.PENDING).count() == 100
    assert announced() == heard_of

    with later(10):
        sweep_webhook_events()
        assert announced() == heard_of + 100
        sweep_webhook_events()
    assert announced() == heard_of + 100


@pytest.mark.django_db
def test_an_event_that_was_just_announced_is_not_swept(deliver: Deliver) -> None:
    deliver(an_event())
    before = announced()
    sweep_webhook_events()
    assert announced() == before


def test_rule_14_twenty_parallel_deliveries_are_one_event_with_one_effect(subscribed: LocalStripe, bob: User) -> None:
    event = subscribed.events("invoice.paid")[0]
    body, header = signed(event)

    def post(_: int) -> int:
        client = Client()
        return client.post(
            WEBHOOK, body, content_type="application/json", headers={"Stripe-Signature": header}
        ).status_code

    assert together(20, post) == [200] * 20
    row = WebhookEvent.objects.get()
    before = len(subscribed.requests)
    states = together(10, lambda _: handle_webhook_event(row.pk))
    assert sorted(map(str, states)) == ["None"] * 9 + ["processed"]
    assert len(subscribed.requests) - before == 1
    row.refresh_from_db()
    assert row.attempts == 1


def test_rule_16_what_was_stored_but_not_handled_is_found_again(subscribed: LocalStripe, deliver: Deliver) -> None:
    event = subscribed.events("invoice.paid")[0]
    deliver(event)
    WebhookEvent.objects.update(state=EventState.PROCESSING, attempts=1, lease_until=clock.now() - timedelta(seconds=1))

    assert deliver(event).status_code == 200
    assert state() == EventState.PROCESSING
    before = announced()
    sweep_webhook_events()
    assert announced() == before + 1
    handle_all()
    assert state() == EventState.PROCESSED


@pytest.mark.parametrize(
    "left",
    [
        {"state": EventState.FAILED, "attempts": 3, "next_attempt_at": clock.now()},
        {"state": EventState.PROCESSING, "attempts": 3, "lease_until": clock.now()},
    ],
)
@pytest.mark.django_db(transaction=True)
def test_a_queue_without_workers_does_not_fill_up(deliver: Deliver, left: dict[str, Any]) -> None:
    deliver(an_event())
    WebhookEvent.objects.update(**left)
    before = announced()
    for _ in range(3):
        sweep_webhook_events()
    assert announced() == before + 1
    row = WebhookEvent.objects.get()
    assert (row.state, row.attempts, row.lease_until) == (EventState.PENDING, 3, None)


def test_a_leased_event_is_left_to_its_worker(subscribed: LocalStripe, deliver: Deliver) -> None:
    deliver(subscribed.events("invoice.paid")[0])
    WebhookEvent.objects.update(
        state=EventState.PROCESSING, attempts=1, lease_until=clock.now() + timedelta(seconds=30)
    )
    before = announced()
    sweep_webhook_events()
    assert announced() == before
    assert handle_webhook_event(WebhookEvent.objects.get().pk) is None


def test_a_worker_that_lost_its_claim_settles_nothing(subscribed: LocalStripe, deliver: Deliver) -> None:
    """The first worker's answer is slow; meanwhile its lease ends and a second worker takes the event."""
    deliver(subscribed.events("invoice.paid")[0])
    row_id = WebhookEvent.objects.get().pk
    subscribed.faults.api(method="GET", path_prefix="/v1/invoices", delay_ms=2000)

    def work(number: int) -> EventState | None:
        if number == 0:
            return handle_webhook_event(row_id)
        wait_until(lambda: not subscribed.faults.configure({})["api"])
        WebhookEvent.objects.update(lease_until=clock.now() - timedelta(seconds=1))
        return handle_webhook_event(row_id)

    assert together(2, work) == [None, EventState.PROCESSED]
    row = WebhookEvent.objects.get()
    assert (row.state, row.attempts) == (EventState.PROCESSED, 2)


@pytest.mark.django_db(transaction=True)
def test_rule_27_failures_are_tried_again_with_growing_pauses_then_parked(
    local_stripe: LocalStripe, deliver: Deliver
) -> None:
    local_stripe.faults.api(method="GET", status=401, times=1000)
    deliver(an_event())
    pauses = []
    for attempt in range(1, MAX_ATTEMPTS):
        with later(attempt * 86400):
            started = clock.now()
            handle_all()
            row = WebhookEvent.objects.get()
            assert (row.state, row.attempts) == (EventState.FAILED, attempt)
            assert row.next_attempt_at is not None
            pauses.append((row.next_attempt_at - started).total_seconds())
            assert handle_webhook_event(row.pk) is None
    assert 2.5 <= pauses[0] <= 5
    assert all(first < second for first, second in zip(pauses[:8:2], pauses[2:9:2], strict=True))
    assert max(pauses) <= 3600

    with later(MAX_ATTEMPTS * 86400), capture_logs() as logs:
        handle_all()
    row = WebhookEvent.objects.get()
    assert row.state == EventState.PARKED
    assert "StripeMisconfigured" in row.last_error
    assert [entry["log_level"] for entry in logs if entry["event"] == "webhook_event_parked"] == ["error"]
    with later(MAX_ATTEMPTS * 86400 + 7200):
        sweep_webhook_events()
        handle_all()
    assert state() == EventState.PARKED


@pytest.mark.django_db
def test_rule_27_an_event_that_kills_its_workers_is_parked(deliver: Deliver) -> None:
    deliver(an_event())
    WebhookEvent.objects.update(
        state=EventState.PROCESSING, attempts=MAX_ATTEMPTS, lease_until=clock.now() - timedelta(seconds=1)
    )
    handle_all()
    assert state() == EventState.PARKED


def test_rule_27_a_parked_event_can_be_replayed(subscribed: LocalStripe, deliver: Deliver) -> None:
    deliver(subscribed.events("invoice.paid")[0])
    row = WebhookEvent.objects.get()
    WebhookEvent.objects.update(state=EventState.PARKED, attempts=16, last_error="x", next_attempt_at=None)
    Subscription.objects.update(status="incomplete")
    before = announced()

    assert replay_webhook_events([row.pk]) == 1

    assert announced() == before + 1
    process_webhook_event(str(row.pk))
    row.refresh_from_db()
    assert (row.state, row.attempts, row.last_error) == (EventState.PROCESSED, 1, "")
    assert Subscription.objects.get().status == "active"


def test_rule_29_one_poisoned_event_blocks_no_other(subscribed: LocalStripe, deliver: Deliver) -> None:
    deliver(an_event(id="evt_poison", data={"object": {"id": "in_1", "object": "invoice", "customer": "cus_none"}}))
    deliver(an_event(id="evt_strange", type="invoice_payment.paid", data={"object": {"id": "inpay_1"}}))
    deliver(subscribed.events("invoice.paid")[0])
    handle_all()
    states = dict(WebhookEvent.objects.values_list("event_id", "state"))
    assert states.pop("evt_poison") == EventState.IGNORED
    assert states.pop("evt_strange") == EventState.FAILED
    assert set(states.values()) == {EventState.PROCESSED}


def test_rule_90_an_object_that_stripe_forgot_is_not_tried_again(subscribed: LocalStripe, deliver: Deliver) -> None:
    deliver(an_event(data={"object": {"id": "in_gone", "object": "invoice", "customer": "cus_1"}}))
    handle_all()
    row = WebhookEvent.objects.get()
    assert row.state == EventState.IGNORED
    assert "no longer knows" in row.last_error


def test_an_object_of_our_customer_that_stripe_does_not_know_is_no_silence(
    subscribed: LocalStripe, deliver: Deliver
) -> None:
    """As with the key of another account: nothing that we know is found there."""
    deliver(subscribed.events("invoice.paid")[0])
    with subscribed.world.transaction():
        [invoice] = subscribed.world.all("invoice")
    subscribed.world.clear()
    with capture_logs() as logs:
        handle_all()
    row = WebhookEvent.objects.get()
    assert (row.state, row.object_id) == (EventState.FAILED, invoice["id"])
    assert [entry["log_level"] for entry in logs if entry["event"] == "webhook_object_missing"] == ["error"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "kind", ["invoice.paid", "customer.subscription.updated", "customer.deleted", "payment_intent.succeeded"]
)
def test_rule_52_an_event_about_nothing_asks_for_nothing(
    local_stripe: LocalStripe, deliver: Deliver, kind: str
) -> None:
    deliver(an_event(type=kind, data={"object": {"object": "thing"}}))
    handle_all()
    assert state() == EventState.IGNORED
    assert local_stripe.requests == []


@pytest.mark.django_db
@pytest.mark.parametrize(("key", "livemode"), [("sk_test_local", True), ("sk_live_x", False)])
def test_rule_91_an_event_of_the_other_mode_is_only_kept(
    deliver: Deliver, settings: Settings, key: str, livemode: bool
) -> None:
    settings.STRIPE_SECRET_KEY = key
    before = announced()
    assert deliver(an_event(livemode=livemode)).status_code == 200
    assert state() == EventState.IGNORED
    assert announced() == before
