"""Schedules: a downgrade at the end of the period, its revocation, and every way a schedule can end."""

from typing import Any

import pytest
import stripe

from dev.local_stripe import LocalStripe
from dev.local_stripe.tests.conftest import item_of, new_customer, pay_with, subscribe
from dev.local_stripe.tests.test_contract_of_answers import complaints

DAY = 86_400


@pytest.fixture
def subscription(client: Any, customer: Any) -> Any:
    return subscribe(client, customer, "price_elite")


@pytest.fixture
def schedule(client: Any, subscription: Any) -> Any:
    return client.subscription_schedules.create({"from_subscription": subscription.id})


def current(schedule: Any, **changes: Any) -> dict[str, Any]:
    first = schedule.phases[0]
    items = [{"price": first["items"][0].price, "quantity": 1}]
    return {"items": items, "start_date": first.start_date, "end_date": first.end_date, **changes}


def downgrade(client: Any, schedule: Any, price: str = "price_basic", **params: Any) -> Any:
    phases = [current(schedule), {"items": [{"price": price}], "proration_behavior": "none"}]
    return client.subscription_schedules.update(schedule.id, {"phases": phases, "end_behavior": "release", **params})


def price_of(client: Any, subscription: Any) -> str:
    return str(item_of(client.subscriptions.retrieve(subscription.id)).price.id)


def types(server: LocalStripe) -> list[str]:
    found = [event["type"] for event in server.events()]
    return [name.removeprefix("subscription_schedule.") for name in found if name.startswith("subscription_schedule.")]


def test_a_schedule_begins_with_the_present_period(client: Any, subscription: Any, schedule: Any) -> None:
    item, (phase,) = item_of(subscription), schedule.phases
    assert (schedule.status, schedule.subscription, schedule.end_behavior) == ("active", subscription.id, "release")
    assert (phase.start_date, phase.end_date) == (item.current_period_start, item.current_period_end)
    assert (phase["items"][0].price, phase["items"][0].quantity) == ("price_elite", 1)
    assert client.subscriptions.retrieve(subscription.id).schedule == schedule.id
    assert complaints(schedule.to_dict(for_json=True), stripe.SubscriptionSchedule, "schedule") == []
    listed = client.subscription_schedules.list({"customer": subscription.customer}).data
    assert [each.id for each in listed] == [schedule.id]
    expanded = client.subscriptions.retrieve(subscription.id, {"expand": ["schedule.phases.items.price"]})
    assert expanded.schedule.phases[0]["items"][0].price.unit_amount == 2999


def test_a_downgrade_waits_for_the_end_of_the_period(
    server: LocalStripe, client: Any, subscription: Any, schedule: Any
) -> None:
    changed = downgrade(client, schedule, metadata={"plan": "basic"})
    assert [phase["items"][0].price for phase in changed.phases] == ["price_elite", "price_basic"]
    assert price_of(client, subscription) == "price_elite"
    server.advance(32 * DAY)
    assert price_of(client, subscription) == "price_basic"
    invoices = client.invoices.list({"subscription": subscription.id}).data
    assert [(invoice.billing_reason, invoice.total) for invoice in invoices] == [
        ("subscription_cycle", 999),
        ("subscription_create", 2999),
    ]
    moved = client.subscription_schedules.retrieve(schedule.id)
    assert moved.current_phase.start_date == changed.phases[1].start_date
    server.advance(31 * DAY)
    ended = client.subscription_schedules.retrieve(schedule.id)
    assert (ended.status, ended.released_subscription, ended.subscription) == ("released", subscription.id, None)
    after = client.subscriptions.retrieve(subscription.id)
    assert (after.status, after.schedule) == ("active", None)
    assert types(server) == ["created", "updated", "updated", "expiring", "released"]


def test_a_revoked_downgrade_leaves_the_plan(
    server: LocalStripe, client: Any, subscription: Any, schedule: Any
) -> None:
    downgrade(client, schedule)
    released = client.subscription_schedules.release(schedule.id)
    assert (released.status, released.released_at) == ("released", server.now())
    assert client.subscriptions.retrieve(subscription.id).schedule is None
    server.advance(32 * DAY)
    assert price_of(client, subscription) == "price_elite"
    for verb in (client.subscription_schedules.release, client.subscription_schedules.cancel):
        with pytest.raises(stripe.InvalidRequestError):
            verb(schedule.id)


def test_a_phase_in_the_middle_of_a_period_is_prorated(
    server: LocalStripe, client: Any, subscription: Any, schedule: Any
) -> None:
    middle = server.now() + 10 * DAY
    later: dict[str, Any] = {"items": [{"price": "price_basic"}, {"price": "price_premium", "quantity": 2}]}
    later |= {"proration_behavior": "always_invoice", "duration": {"interval": "month", "interval_count": 2}}
    client.subscription_schedules.update(schedule.id, {"phases": [current(schedule, end_date=middle), later]})
    server.advance(11 * DAY)
    items = client.subscriptions.retrieve(subscription.id)["items"].data
    assert [(item.price.id, item.quantity) for item in items] == [("price_basic", 1), ("price_premium", 2)]
    latest = client.invoices.list({"subscription": subscription.id}).data[0]
    assert latest.billing_reason == "subscription_update"
    assert 1200 < latest.total < 1600


def test_canceling_the_subscription_ends_the_schedule(
    server: LocalStripe, client: Any, subscription: Any, schedule: Any
) -> None:
    client.subscriptions.cancel(subscription.id)
    assert client.subscription_schedules.retrieve(schedule.id).status == "canceled"
    assert types(server) == ["created", "canceled"]


def test_unpaid_invoices_abort_the_schedule(server: LocalStripe, client: Any, schedule: Any, customer: Any) -> None:
    downgrade(client, schedule)
    pay_with(client, customer, "pm_card_chargeCustomerFail")
    server.advance(50 * DAY)
    assert client.subscription_schedules.retrieve(schedule.id).status == "canceled"
    assert types(server)[-1] == "aborted"


def test_a_schedule_can_end_with_a_cancellation(
    server: LocalStripe, client: Any, subscription: Any, schedule: Any
) -> None:
    downgrade(client, schedule, end_behavior="cancel")
    due = client.subscriptions.retrieve(subscription.id).cancel_at
    assert due == client.subscription_schedules.retrieve(schedule.id).phases[1].end_date
    server.advance(65 * DAY)
    assert client.subscriptions.retrieve(subscription.id).status == "canceled"
    assert client.subscription_schedules.retrieve(schedule.id).status == "completed"
    assert types(server)[-2:] == ["expiring", "completed"]


def test_a_release_takes_the_cancellation_away_unless_asked_to_keep_it(client: Any, customer: Any) -> None:
    for keep in (True, False):
        subscription = subscribe(client, customer, cancel_at_period_end=True)
        schedule = client.subscription_schedules.create({"from_subscription": subscription.id})
        assert schedule.end_behavior == "cancel"
        client.subscription_schedules.release(schedule.id, {"preserve_cancel_date": keep})
        assert (client.subscriptions.retrieve(subscription.id).cancel_at is not None) == keep


def test_a_scheduled_subscription_is_neither_canceled_later_nor_paused(
    client: Any, subscription: Any, schedule: Any
) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="managed by the subscription schedule"):
        client.subscriptions.update(subscription.id, {"cancel_at_period_end": True})
    with pytest.raises(stripe.InvalidRequestError, match="schedule"):
        client.subscriptions.pause(subscription.id, {"type": "subscription"})
    with pytest.raises(stripe.InvalidRequestError, match="migrate"):
        client.subscription_schedules.create({"from_subscription": subscription.id})


@pytest.mark.parametrize(
    ("second", "param"),
    [
        ({"items": [{"price": "price_none"}]}, "phases[1][items][0][price]"),
        ({"items": [{"quantity": 1}]}, "phases[1][items][0][price]"),
        ({"items": [{"price": "price_basic"}], "start_date": 5}, "phases[1][start_date]"),
        ({"items": [{"price": "price_basic"}], "end_date": 5}, "phases"),
    ],
)
def test_impossible_phases_are_refused(
    server: LocalStripe, client: Any, schedule: Any, second: dict[str, Any], param: str
) -> None:
    with pytest.raises(stripe.InvalidRequestError) as caught:
        client.subscription_schedules.update(schedule.id, {"phases": [current(schedule), second]})
    assert caught.value.param == param
    assert types(server) == ["created"]


def test_the_end_of_a_schedule_is_changed_alone(client: Any, subscription: Any, schedule: Any) -> None:
    service = client.subscription_schedules
    changed = service.update(schedule.id, {"end_behavior": "cancel", "metadata": {"a": "b"}})
    assert (changed.end_behavior, changed.metadata.to_dict()) == ("cancel", {"a": "b"})
    end = item_of(subscription).current_period_end
    assert client.subscriptions.retrieve(subscription.id).cancel_at == end
    service.update(schedule.id, {"end_behavior": "release"})
    assert client.subscriptions.retrieve(subscription.id).cancel_at is None


def test_only_running_subscriptions_are_scheduled(client: Any) -> None:
    waiting = subscribe(client, new_customer(client, "pm_card_chargeCustomerFail"))
    for params in ({}, {"from_subscription": "sub_none"}, {"from_subscription": waiting.id}):
        with pytest.raises(stripe.InvalidRequestError):
            client.subscription_schedules.create(params)


def test_canceling_the_schedule_ends_the_subscription(
    server: LocalStripe, client: Any, subscription: Any, schedule: Any
) -> None:
    assert client.subscription_schedules.cancel(schedule.id).status == "canceled"
    assert client.subscriptions.retrieve(subscription.id).status == "canceled"
    assert len(server.events("subscription_schedule.canceled")) == 1
