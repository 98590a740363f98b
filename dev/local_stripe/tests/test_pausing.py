from typing import Any

import pytest
import stripe

from dev.local_stripe import LocalStripe
from dev.local_stripe.tests.conftest import item_of, new_customer, subscribe, swap

DAY = 86_400


def test_a_paused_subscription_bills_nothing_until_it_is_resumed(
    server: LocalStripe, client: Any, customer: Any
) -> None:
    subscription = subscribe(client, customer)
    paused = client.subscriptions.pause(subscription.id, {"type": "subscription"})
    assert (paused.status, paused.status_details.paused.subscription.type) == ("paused", "pause_requested")
    server.advance(100 * DAY)
    assert len(server.objects("invoice")) == 1
    resumed = client.subscriptions.resume(subscription.id)
    assert (resumed.status, resumed.status_details) == ("active", None)
    assert abs(item_of(resumed).current_period_start - server.now()) <= 2
    assert [invoice["amount_paid"] for invoice in server.objects("invoice")] == [999, 999]
    assert len(server.events("customer.subscription.paused")) == 1
    assert len(server.events("customer.subscription.resumed")) == 1


def test_resumed_within_the_old_period_nothing_is_due(server: LocalStripe, client: Any, customer: Any) -> None:
    subscription = subscribe(client, customer, trial_period_days=20)
    client.subscriptions.pause(subscription.id)
    server.advance(5 * DAY)
    resumed = client.subscriptions.resume(subscription.id, {"billing_cycle_anchor": {"type": "unchanged"}})
    assert (resumed.status, len(server.objects("invoice"))) == ("trialing", 1)


def test_resumed_later_with_the_old_anchor_the_running_period_is_billed(
    server: LocalStripe, client: Any, customer: Any
) -> None:
    subscription = subscribe(client, customer)
    client.subscriptions.pause(subscription.id)
    server.advance(70 * DAY)
    resumed = client.subscriptions.resume(subscription.id, {"billing_cycle_anchor": {"type": "unchanged"}})
    assert resumed.billing_cycle_anchor == subscription.billing_cycle_anchor
    assert item_of(resumed).current_period_start < server.now() < item_of(resumed).current_period_end


def test_resuming_waits_for_the_payment_unless_an_attempt_is_enough(
    server: LocalStripe, client: Any, customer: Any
) -> None:
    first, second = subscribe(client, customer), subscribe(client, customer)
    method = client.payment_methods.attach("pm_card_chargeCustomerFail", {"customer": customer.id})
    client.customers.update(customer.id, {"invoice_settings": {"default_payment_method": method.id}})
    for subscription in (first, second):
        client.subscriptions.pause(subscription.id)
    waiting = client.subscriptions.resume(first.id)
    assert waiting.status == "paused"
    client.invoices.pay(waiting.latest_invoice, {"payment_method": "pm_card_visa"})
    assert client.subscriptions.retrieve(first.id).status == "active"
    behind = client.subscriptions.resume(second.id, {"payment_behavior": "resume_on_payment_attempt"})
    assert behind.status == "past_due"


def test_a_change_during_a_pause_costs_nothing_until_it_is_resumed(
    server: LocalStripe, client: Any, customer: Any
) -> None:
    subscription = subscribe(client, customer)
    client.subscriptions.pause(subscription.id)
    server.advance(70 * DAY)
    changed = swap(client, subscription, "price_elite", proration_behavior="always_invoice")
    assert (item_of(changed).price.id, len(server.objects("invoice"))) == ("price_elite", 1)
    client.subscriptions.resume(subscription.id)
    assert server.objects("invoice")[-1]["amount_paid"] == 2999


def test_only_a_running_one_pauses_and_only_a_paused_one_resumes(client: Any, customer: Any) -> None:
    subscription = subscribe(client, new_customer(client, "pm_card_chargeCustomerFail"))
    with pytest.raises(stripe.InvalidRequestError):
        client.subscriptions.pause(subscription.id)
    with pytest.raises(stripe.InvalidRequestError):
        client.subscriptions.resume(subscription.id)


@pytest.mark.parametrize(
    ("behavior", "status"),
    [("void", "void"), ("keep_as_draft", "draft"), ("mark_uncollectible", "uncollectible")],
)
def test_paused_collection_still_makes_invoices(
    server: LocalStripe, client: Any, customer: Any, behavior: str, status: str
) -> None:
    subscription = subscribe(client, customer)
    paused = client.subscriptions.update(subscription.id, {"pause_collection": {"behavior": behavior}})
    assert paused.status == "active"
    server.advance(33 * DAY)
    assert [invoice["status"] for invoice in server.objects("invoice")] == ["paid", status]
    assert server.events("customer.subscription.paused") == []
    again = client.subscriptions.update(subscription.id, {"pause_collection": ""})
    assert again.pause_collection is None


def test_paused_collection_resumes_on_its_date(server: LocalStripe, client: Any, customer: Any) -> None:
    subscription = subscribe(client, customer)
    moment = server.now() + 10 * DAY
    client.subscriptions.update(subscription.id, {"pause_collection": {"behavior": "void", "resumes_at": moment}})
    server.advance(33 * DAY)
    assert client.subscriptions.retrieve(subscription.id).pause_collection is None
    assert [invoice["status"] for invoice in server.objects("invoice")] == ["paid", "paid"]
