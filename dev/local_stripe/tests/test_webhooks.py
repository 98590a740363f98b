import json
import sqlite3
import time
from contextlib import closing
from typing import Any

import pytest
import stripe

from dev.local_stripe import LocalStripe
from dev.local_stripe.tests.conftest import PRICES, SECRET, connect, eventually, new_customer, subscribe
from dev.local_stripe.tests.receiver import Receiver


def test_every_event_arrives_signed_and_in_order(wired: LocalStripe, receiver: Receiver) -> None:
    client = connect(wired)
    subscribe(client, new_customer(client))
    assert wired.wait_idle()
    assert receiver.types == [event["type"] for event in wired.events()]
    for body, header in receiver.received:
        event = stripe.Webhook.construct_event(body, header, SECRET)
        assert (event.api_version, event.livemode) == (stripe.api_version, False)
    assert all(event["pending_webhooks"] == 0 for event in wired.events())


def test_an_event_names_the_request_that_caused_it(wired: LocalStripe, receiver: Receiver) -> None:
    client = connect(wired)
    customer = client.customers.create({}, {"idempotency_key": "once"})
    assert wired.wait_idle()
    request = receiver.events[0]["request"]
    assert request == {"id": customer.last_response.request_id, "idempotency_key": "once"}
    assert receiver.events[0]["pending_webhooks"] == 1


def test_two_secrets_sign_side_by_side(receiver: Receiver) -> None:
    with LocalStripe(webhook_url=receiver.url, webhook_secrets=("whsec_new", "whsec_old")) as server:
        connect(server).customers.create({})
        assert server.wait_idle()
    body, header = receiver.received[0]
    for secret in ("whsec_new", "whsec_old"):
        assert stripe.WebhookSignature.verify_header(body, header, secret, 300)
    with pytest.raises(stripe.SignatureVerificationError):
        stripe.WebhookSignature.verify_header(body, header, "whsec_other", 300)


def test_a_refused_delivery_is_tried_again_with_a_fresh_signature(
    wired: LocalStripe, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    receiver.statuses = [500, 302, 400]
    connect(wired).customers.create({})
    assert wired.wait_idle()
    assert len(receiver.received) == 4
    (delivery,) = wired.deliveries()
    assert (delivery["state"], delivery["attempts"], delivery["last_status"]) == ("delivered", 4, 200)


def test_signatures_carry_the_time_of_the_attempt(wired: LocalStripe, receiver: Receiver) -> None:
    connect(wired).customers.create({})
    assert wired.wait_idle()
    wired.advance(30 * 86_400)
    wired.redeliver(wired.events()[0]["id"])
    assert wired.wait_idle()
    for _, header in receiver.received:
        assert abs(int(header.split(",")[0].removeprefix("t=")) - time.time()) < 5


def test_a_dead_receiver_loses_nothing(wired: LocalStripe, receiver: Receiver) -> None:
    receiver.stop()
    client = connect(wired)
    client.customers.create({"email": "a@example.com"})
    assert eventually(lambda: wired.deliveries()[0]["attempts"] >= 2)
    assert wired.deliveries()[0]["last_error"].startswith("ConnectionRefusedError")
    back = Receiver(port=receiver.port).start()
    assert wired.wait_idle()
    assert back.types == ["customer.created"]
    back.stop()


def test_after_the_last_try_it_is_listed_as_failed_and_can_be_redelivered(
    wired: LocalStripe, receiver: Receiver
) -> None:
    receiver.statuses = [500] * 6
    client = connect(wired)
    client.customers.create({})
    assert wired.wait_idle()
    (delivery,) = wired.deliveries()
    assert (delivery["state"], delivery["attempts"], delivery["delivered_at"]) == ("failed", 6, None)
    assert [event.id for event in client.events.list({"delivery_success": False}).data] == [delivery["event"]]
    wired.redeliver(delivery["event"])
    assert wired.wait_idle()
    assert wired.deliveries()[0]["state"] == "delivered"
    assert client.events.list({"delivery_success": False}).data == []
    assert len(client.events.list({"delivery_success": True}).data) == 1


def test_an_event_nobody_asked_for_cannot_be_redelivered(server: LocalStripe, client: Any) -> None:
    client.customers.create({})
    with pytest.raises(Exception, match="No webhook endpoint"):
        server.redeliver(server.events()[0]["id"])


def make_customers(server: LocalStripe, count: int) -> list[str]:
    client = connect(server)
    for number in range(count):
        client.customers.create({"name": str(number)})
    assert server.wait_idle()
    return [event["id"] for event in server.events()]


def test_some_deliveries_are_dropped_at_the_rate_and_seed_given(wired: LocalStripe, receiver: Receiver) -> None:
    wired.faults.webhooks(drop=0.5, seed=7)
    made = make_customers(wired, 20)
    dropped = [delivery["event"] for delivery in wired.deliveries() if delivery["state"] == "dropped"]
    assert 4 <= len(dropped) <= 16
    assert {event["id"] for event in receiver.events} == set(made) - set(dropped)
    first = [made.index(event) for event in dropped]
    wired.reset()
    wired.faults.webhooks(drop=0.5, seed=7)
    again = make_customers(wired, 20)
    states = {delivery["event"]: delivery["state"] for delivery in wired.deliveries()}
    assert [n for n, event in enumerate(again) if states[event] == "dropped"] == first


def test_some_deliveries_come_twice(wired: LocalStripe, receiver: Receiver) -> None:
    wired.faults.webhooks(duplicate=1.0)
    made = make_customers(wired, 3)
    assert sorted(event["id"] for event in receiver.events) == sorted(made * 2)


def test_some_deliveries_come_out_of_order(wired: LocalStripe, receiver: Receiver) -> None:
    wired.faults.webhooks(shuffle=1.0, seed=3)
    made = make_customers(wired, 8)
    arrived = [event["id"] for event in receiver.events]
    assert sorted(arrived) == sorted(made)
    assert arrived != made


def test_deliveries_can_be_late(wired: LocalStripe, receiver: Receiver) -> None:
    wired.faults.webhooks(delay_ms=80)
    started = time.monotonic()
    make_customers(wired, 1)
    assert time.monotonic() - started >= 0.08
    wired.faults.clear()
    make_customers(wired, 1)
    assert len(receiver.received) == 2


def test_an_endpoint_gets_what_it_asked_for_until_it_is_disabled_or_deleted(
    server: LocalStripe, client: Any, receiver: Receiver
) -> None:
    endpoint = client.webhook_endpoints.create(
        {"url": receiver.url, "enabled_events": ["customer.deleted"], "metadata": {"a": "b"}}
    )
    assert endpoint.secret.startswith("whsec_")
    assert client.webhook_endpoints.retrieve(endpoint.id).to_dict().get("secret") is None
    first = client.customers.create({})
    client.customers.delete(first.id)
    assert server.wait_idle()
    assert receiver.types == ["customer.deleted"]
    assert stripe.Webhook.construct_event(*receiver.received[0], endpoint.secret)
    client.webhook_endpoints.update(endpoint.id, {"disabled": True, "enabled_events": ["*"]})
    client.customers.create({})
    client.webhook_endpoints.update(endpoint.id, {"disabled": False})
    client.customers.create({})
    assert server.wait_idle()
    assert receiver.types == ["customer.deleted", "customer.created"]
    assert [each.id for each in client.webhook_endpoints.list().data] == [endpoint.id]
    assert client.webhook_endpoints.delete(endpoint.id).deleted is True
    client.customers.create({})
    assert server.wait_idle()
    assert len(receiver.received) == 2
    assert client.webhook_endpoints.list().data == []


def test_an_endpoint_of_an_older_version_is_told_so(server: LocalStripe, client: Any, receiver: Receiver) -> None:
    client.webhook_endpoints.create({"url": receiver.url, "enabled_events": ["*"], "api_version": "2025-03-31.basil"})
    client.customers.create({})
    assert server.wait_idle()
    assert json.loads(receiver.received[0][0])["api_version"] == "2025-03-31.basil"
    assert client.events.list().data[0].api_version == stripe.api_version


def test_the_receiver_can_be_named_later(server: LocalStripe, client: Any, receiver: Receiver) -> None:
    client.customers.create({})
    server.deliver_to(receiver.url, (SECRET,))
    client.customers.create({})
    assert server.wait_idle()
    assert receiver.types == ["customer.created"]
    assert [endpoint["url"] for endpoint in server.objects("webhook_endpoint")] == [receiver.url]


def test_a_file_of_another_layout_starts_afresh(tmp_path: Any) -> None:
    storage = tmp_path / "below" / "stripe.sqlite3"
    with LocalStripe(storage=storage) as server:
        connect(server).customers.create({})
    with closing(sqlite3.connect(storage)) as connection:
        connection.execute("PRAGMA user_version = 99")
    with LocalStripe(storage=storage) as server:
        assert server.objects("customer") == []


def test_the_body_is_readable_json(wired: LocalStripe, receiver: Receiver) -> None:
    make_customers(wired, 1)
    body = receiver.received[0][0].decode()
    assert body == json.dumps(json.loads(body), indent=2)


def test_a_restart_sends_what_was_still_pending(receiver: Receiver, tmp_path: Any) -> None:
    storage = tmp_path / "stripe.sqlite3"
    receiver.stop()
    options: dict[str, Any] = {
        "storage": storage,
        "webhook_url": receiver.url,
        "webhook_secrets": (SECRET,),
        "prices": PRICES,
        "retry_base_seconds": 30,
    }
    with LocalStripe(**options) as server:
        customer = connect(server).customers.create({"email": "kept@example.com"})
        assert eventually(lambda: server.deliveries()[0]["attempts"] == 1)
        server.advance(100_000)
        event = server.events()[0]["id"]
    back = Receiver(port=receiver.port).start()
    with LocalStripe(**options) as server:
        assert connect(server).customers.retrieve(customer.id).email == "kept@example.com"
        assert server.now() > time.time() + 99_000
        assert len(server.objects("price")) == 3
        server.redeliver(event)
        assert eventually(lambda: back.types == ["customer.created"])
        server.reset()
        assert server.objects("customer") == []
    with LocalStripe(**options) as server:
        assert server.objects("customer") == []
        assert server.now() < time.time() + 1000
    back.stop()


def test_pending_deliveries_go_out_after_a_restart_by_themselves(receiver: Receiver, tmp_path: Any) -> None:
    receiver.stop()
    options: dict[str, Any] = {
        "storage": tmp_path / "stripe.sqlite3",
        "webhook_url": receiver.url,
        "webhook_secrets": (SECRET,),
        "retry_base_seconds": 0.3,
    }
    with LocalStripe(**options) as server:
        connect(server).customers.create({})
        assert eventually(lambda: server.deliveries()[0]["attempts"] >= 1)
    back = Receiver(port=receiver.port).start()
    with LocalStripe(**options) as server:
        assert server.wait_idle()
        assert back.types == ["customer.created"]
    back.stop()
