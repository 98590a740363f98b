from datetime import UTC, datetime
from typing import Any

import pytest

from dev.local_stripe import LocalStripe, Policy
from dev.local_stripe.tests.conftest import PRICES, connect, eventually, item_of, new_customer, pay_with, subscribe
from dev.local_stripe.world.periods import add_intervals, period_end, period_start

DAY = 86_400
HOUR = 3_600
MONTHLY = {"interval": "month", "interval_count": 1}


def stamp(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())


@pytest.mark.parametrize(
    ("anchor", "recurring", "count", "expected"),
    [
        ("2027-01-31T12:00", MONTHLY, 1, "2027-02-28T12:00"),
        ("2027-01-31T12:00", MONTHLY, 2, "2027-03-31T12:00"),
        ("2028-01-31T12:00", MONTHLY, 1, "2028-02-29T12:00"),
        ("2026-11-30T00:00", MONTHLY, 3, "2027-02-28T00:00"),
        ("2028-02-29T00:00", {"interval": "year", "interval_count": 1}, 1, "2029-02-28T00:00"),
        ("2026-11-20T00:00", {"interval": "month", "interval_count": 3}, 1, "2027-02-20T00:00"),
    ],
)
def test_periods_count_from_the_anchor_and_stay_in_their_month(
    anchor: str, recurring: dict[str, Any], count: int, expected: str
) -> None:
    assert add_intervals(stamp(anchor), recurring, count) == stamp(expected)


def test_a_period_holds_its_start_but_not_its_end() -> None:
    anchor, boundary = stamp("2027-01-31T00:00"), stamp("2027-02-28T00:00")
    assert period_end(anchor, MONTHLY, boundary - 1) == boundary
    assert period_end(anchor, MONTHLY, boundary) == stamp("2027-03-31T00:00")
    assert period_start(anchor, MONTHLY, boundary) == boundary
    assert period_start(anchor, MONTHLY, boundary - 1) == anchor


def test_a_month_later_it_renews_with_an_invoice_an_hour_after(server: LocalStripe, client: Any, customer: Any) -> None:
    subscription = subscribe(client, customer)
    end = item_of(subscription).current_period_end
    server.advance(end - server.now() + 60)
    renewed = client.subscriptions.retrieve(subscription.id, {"expand": ["latest_invoice"]})
    invoice = renewed.latest_invoice
    assert (renewed.status, invoice.status, invoice.billing_reason) == ("active", "draft", "subscription_cycle")
    assert item_of(renewed).current_period_start == end
    assert (invoice.period_start, invoice.period_end) == (subscription.created, end)
    assert invoice.lines.data[0].period.start == end
    assert invoice.created == end
    assert invoice.hosted_invoice_url is None
    server.advance(HOUR)
    paid = client.invoices.retrieve(invoice.id)
    assert (paid.status, paid.status_transitions.finalized_at) == ("paid", end + HOUR)
    assert [event["created"] for event in server.events("invoice.paid")][1] == end + HOUR


def test_an_upcoming_renewal_is_announced_a_week_ahead(server: LocalStripe, client: Any, customer: Any) -> None:
    subscription = subscribe(client, customer)
    end = item_of(subscription).current_period_end
    server.advance(end - server.now() - 7 * DAY + 60)
    (upcoming,) = server.events("invoice.upcoming")
    assert upcoming["data"]["object"]["amount_due"] == 999
    assert upcoming["data"]["object"]["billing_reason"] == "upcoming"
    assert upcoming["data"]["object"]["id"].startswith("upcoming_in_")
    server.advance(DAY)
    assert len(server.events("invoice.upcoming")) == 1
    assert len(server.objects("invoice")) == 1


def test_a_year_brings_twelve_renewals(server: LocalStripe, client: Any, customer: Any) -> None:
    subscribe(client, customer)
    server.advance(366 * DAY)
    invoices = server.objects("invoice")
    assert len(invoices) == 13
    assert {invoice["status"] for invoice in invoices} == {"paid"}
    assert len({invoice["number"] for invoice in invoices}) == 13


def test_a_failed_renewal_is_retried_and_canceled_in_the_end(server: LocalStripe, client: Any, customer: Any) -> None:
    subscription = subscribe(client, customer)
    pay_with(client, customer, "pm_card_chargeCustomerFail")
    end = item_of(subscription).current_period_end
    server.advance(end - server.now() + 2 * HOUR)
    failed = client.subscriptions.retrieve(subscription.id, {"expand": ["latest_invoice"]})
    assert (failed.status, failed.latest_invoice.attempt_count) == ("past_due", 1)
    assert failed.latest_invoice.next_payment_attempt == end + HOUR + 3 * DAY
    assert client.customers.retrieve(customer.id).delinquent is True
    server.advance(15 * DAY)
    canceled = client.subscriptions.retrieve(subscription.id, {"expand": ["latest_invoice"]})
    assert (canceled.status, canceled.cancellation_details.reason) == ("canceled", "payment_failed")
    assert canceled.ended_at == end + HOUR + 15 * DAY
    assert canceled.latest_invoice.status == "open"
    failures = [event["data"]["object"] for event in server.events("invoice.payment_failed")]
    assert [each["attempt_count"] for each in failures] == [1, 2, 3, 4]
    assert [each["next_payment_attempt"] is None for each in failures] == [False, False, False, True]
    server.advance(60 * DAY)
    assert len(server.events("invoice.payment_failed")) == 4


def test_a_retry_with_a_new_card_recovers_it(server: LocalStripe, client: Any, customer: Any) -> None:
    subscription = subscribe(client, customer)
    pay_with(client, customer, "pm_card_chargeCustomerFail")
    server.advance(32 * DAY)
    pay_with(client, customer, "pm_card_mastercard")
    server.advance(4 * DAY)
    assert client.subscriptions.retrieve(subscription.id).status == "active"
    assert client.customers.retrieve(customer.id).delinquent is False


@pytest.mark.parametrize("outcome", ["unpaid", "past_due"])
def test_the_final_state_is_a_setting(outcome: str) -> None:
    with LocalStripe(prices=PRICES, policy=Policy(final_failure=outcome)) as server:
        client = connect(server)
        customer = new_customer(client)
        subscription = subscribe(client, customer)
        pay_with(client, customer, "pm_card_chargeCustomerFail")
        server.advance(48 * DAY)
        assert client.subscriptions.retrieve(subscription.id).status == outcome
        server.advance(31 * DAY)
        last = server.objects("invoice")[-1]
        assert last["status"] == ("draft" if outcome == "unpaid" else "open")
        pay_with(client, customer, "pm_card_visa")
        client.invoices.pay(last["id"])
        assert client.subscriptions.retrieve(subscription.id).status == "active"


def test_a_renewal_without_any_card_fails(server: LocalStripe, client: Any, customer: Any) -> None:
    subscription = subscribe(client, customer)
    client.payment_methods.detach(client.payment_methods.list({"customer": customer.id}).data[0].id)
    server.advance(32 * DAY)
    assert client.subscriptions.retrieve(subscription.id).status == "past_due"


def test_a_renewal_that_asks_for_authentication_says_so_and_recovers(
    server: LocalStripe, client: Any, customer: Any
) -> None:
    subscription = subscribe(client, customer)
    pay_with(client, customer, "pm_card_authenticationRequired")
    server.advance(32 * DAY)
    (asked,) = server.events("invoice.payment_action_required")
    invoice = client.invoices.retrieve(asked["data"]["object"]["id"], {"expand": ["payments"]})
    assert client.subscriptions.retrieve(subscription.id).status == "past_due"
    server.authenticate(invoice.payments.data[0].payment.payment_intent)
    assert client.subscriptions.retrieve(subscription.id).status == "active"


def test_an_incomplete_start_expires_after_23_hours(server: LocalStripe, client: Any) -> None:
    subscription = subscribe(client, new_customer(client, "pm_card_chargeCustomerFail"))
    server.advance(23 * HOUR - 60)
    assert client.subscriptions.retrieve(subscription.id).status == "incomplete"
    server.advance(120)
    expired = client.subscriptions.retrieve(subscription.id)
    assert expired.status == "incomplete_expired"
    assert expired.ended_at == subscription.created + 23 * HOUR
    assert client.invoices.retrieve(subscription.latest_invoice).status == "void"
    assert len(server.events("payment_intent.canceled")) == 1


def test_it_ends_with_the_period_when_asked_to(server: LocalStripe, client: Any, customer: Any) -> None:
    subscription = subscribe(client, customer, cancel_at_period_end=True)
    end = item_of(subscription).current_period_end
    server.advance(end - server.now() - 60)
    assert client.subscriptions.retrieve(subscription.id).status == "active"
    server.advance(120)
    ended = client.subscriptions.retrieve(subscription.id)
    assert (ended.status, ended.ended_at, ended.canceled_at) == ("canceled", end, subscription.canceled_at)
    assert len(server.objects("invoice")) == 1
    assert server.events("invoice.upcoming") == []


def test_an_immediate_end_stops_what_would_be_collected(server: LocalStripe, client: Any, customer: Any) -> None:
    subscription = subscribe(client, customer)
    server.advance(item_of(subscription).current_period_end - server.now() + 60)
    client.subscriptions.cancel(subscription.id)
    server.advance(40 * DAY)
    assert [invoice["status"] for invoice in server.objects("invoice")] == ["paid", "draft"]


def test_a_trial_is_announced_and_becomes_a_paid_period(server: LocalStripe, client: Any, customer: Any) -> None:
    subscription = subscribe(client, customer, trial_period_days=14)
    server.advance(11 * DAY + 60)
    (reminder,) = server.events("customer.subscription.trial_will_end")
    assert reminder["created"] == subscription.trial_end - 3 * DAY
    server.advance(3 * DAY + HOUR)
    active = client.subscriptions.retrieve(subscription.id, {"expand": ["latest_invoice"]})
    assert (active.status, active.latest_invoice.amount_paid) == ("active", 999)
    assert item_of(active).current_period_start == subscription.trial_end
    assert len(server.events("customer.subscription.trial_will_end")) == 1


def test_a_short_trial_is_announced_at_once(server: LocalStripe, client: Any, customer: Any) -> None:
    subscribe(client, customer, trial_period_days=1)
    server.advance(0)
    assert len(server.events("customer.subscription.trial_will_end")) == 1


@pytest.mark.parametrize(
    ("behavior", "status"),
    [("cancel", "canceled"), ("pause", "paused"), ("create_invoice", "past_due")],
)
def test_a_trial_that_ends_without_a_card_does_what_was_set(
    server: LocalStripe, client: Any, behavior: str, status: str
) -> None:
    subscription = subscribe(
        client,
        client.customers.create({}),
        trial_period_days=5,
        trial_settings={"end_behavior": {"missing_payment_method": behavior}},
    )
    server.advance(6 * DAY)
    assert client.subscriptions.retrieve(subscription.id).status == status
    assert len(server.events("customer.subscription.paused")) == (status == "paused")


def test_the_clock_runs_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dev.local_stripe.server.TICK_SECONDS", 0.01)
    with LocalStripe(prices=PRICES) as server:
        client = connect(server)
        subscribe(client, new_customer(client), trial_period_days=1)
        assert eventually(lambda: server.events("customer.subscription.trial_will_end"))


def test_a_failure_in_the_background_is_told_and_not_the_end(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("dev.local_stripe.server.TICK_SECONDS", 0.01)
    told: list[str] = []

    def has_told() -> bool:
        told.append(capsys.readouterr().err)
        return "KeyError" in "".join(told)

    with LocalStripe(prices=PRICES) as server:
        with server.world.transaction():
            server.world.put("subscription", {"id": "sub_broken"})
        assert eventually(has_told)
        server.reset()
        client = connect(server)
        subscribe(client, new_customer(client), trial_period_days=1)
        assert eventually(lambda: server.events("customer.subscription.trial_will_end"))
