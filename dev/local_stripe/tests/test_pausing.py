from typing import Any

import pytest
import stripe

from dev.local_stripe import LocalStripe
from dev.local_stripe.tests.conftest import item_of, new_customer, pay_with, subscribe, swap

DAY = 86_400
SUCCESS = {"payment_behavior": "resume_on_payment_success"}


def test_a_paused_subscription_bills_nothing_until_it_is_resumed(
    server: LocalStripe, client: Any, customer: Any
) -> None:
    subscription = subscribe(client, customer)
    paused = client.subscriptions.pause(subscription.id, {"type": "subscription"})
    assert (paused.status, paused.status_details.paused.subscription.type) == ("paused", "pause_requested")
    server.advance(100 * DAY)
    assert len(server.objects("invoice")) == 1
    resumed = client.subscriptions.resume(subscription.id, SUCCESS)
    assert (resumed.status, resumed.status_details) == ("active", None)
    assert abs(item_of(resumed).current_period_start - server.now()) <= 2
    assert [invoice["total"] for invoice in server.objects("invoice")] in ([999, 0], [999, 1])
    assert len(server.events("customer.subscription.paused")) == 1
    assert len(server.events("customer.subscription.resumed")) == 1


def test_a_resumption_that_is_to_be_paid_at_once_needs_a_card(server: LocalStripe, client: Any, customer: Any) -> None:
    subscription = subscribe(client, customer)
    server.advance(15 * DAY)
    client.subscriptions.pause(subscription.id)
    client.payment_methods.detach(server.objects("payment_method")[0]["id"])
    with pytest.raises(stripe.InvalidRequestError) as caught:
        client.subscriptions.resume(subscription.id, SUCCESS)
    assert (caught.value.code, len(server.objects("invoice"))) == ("resource_missing", 1)


def test_a_second_resumption_replaces_the_first(server: LocalStripe, client: Any, customer: Any) -> None:
    subscription = subscribe(client, customer)
    server.advance(15 * DAY)
    client.subscriptions.pause(subscription.id)
    pay_with(client, customer, "pm_card_chargeCustomerFail")
    first = client.subscriptions.resume(subscription.id, SUCCESS)
    assert first.status == "paused"
    pay_with(client, customer, "pm_card_visa")
    again = client.subscriptions.resume(subscription.id, SUCCESS)
    assert again.status == "active"
    assert client.invoices.retrieve(first.latest_invoice).status == "void"
    totals = [invoice["total"] for invoice in server.objects("invoice")[1:]]
    assert totals[0] == totals[1] < 999


def test_a_change_during_a_pause_costs_nothing_until_it_is_resumed(
    server: LocalStripe, client: Any, customer: Any
) -> None:
    subscription = subscribe(client, customer)
    client.subscriptions.pause(subscription.id)
    server.advance(70 * DAY)
    changed = swap(client, subscription, "price_elite", proration_behavior="always_invoice")
    assert (item_of(changed).price.id, len(server.objects("invoice"))) == ("price_elite", 1)
    client.subscriptions.resume(subscription.id, SUCCESS)
    assert server.objects("invoice")[-1]["amount_paid"] in (2000, 2001)


def test_only_a_running_one_pauses_and_only_a_paused_one_resumes(client: Any, customer: Any) -> None:
    subscription = subscribe(client, new_customer(client, "pm_card_chargeCustomerFail"))
    with pytest.raises(stripe.InvalidRequestError):
        client.subscriptions.pause(subscription.id)
    with pytest.raises(stripe.InvalidRequestError):
        client.subscriptions.resume(subscription.id)


def test_paused_collection_still_makes_invoices(server: LocalStripe, client: Any, customer: Any) -> None:
    subscription = subscribe(client, customer)
    paused = client.subscriptions.update(subscription.id, {"pause_collection": {"behavior": "void"}})
    assert paused.status == "active"
    server.advance(33 * DAY)
    assert [invoice["status"] for invoice in server.objects("invoice")] == ["paid", "void"]
    assert server.events("customer.subscription.paused") == []
    again = client.subscriptions.update(subscription.id, {"pause_collection": ""})
    assert again.pause_collection is None


def test_an_invoice_made_before_the_pause_of_collection_is_still_collected(
    server: LocalStripe, client: Any, customer: Any
) -> None:
    subscription = subscribe(client, customer)
    server.advance(item_of(subscription).current_period_end - server.now() + 60)
    assert server.objects("invoice")[-1]["status"] == "draft"
    client.subscriptions.update(subscription.id, {"pause_collection": {"behavior": "void"}})
    server.advance(2 * 3600)
    assert server.objects("invoice")[-1]["status"] == "paid"


def test_what_is_not_acted_upon_is_refused(client: Any, customer: Any) -> None:
    subscription = subscribe(client, customer)
    kept = {"pause_collection": {"behavior": "keep_as_draft"}}
    with pytest.raises(stripe.InvalidRequestError, match="voids what is billed"):
        client.subscriptions.update(subscription.id, kept)
    for pause in ({"bill_for": {"unused_time_from": {"type": "none"}}}, {"invoicing_behavior": "invoice"}):
        with pytest.raises(stripe.InvalidRequestError, match="gives unused time back"):
            client.subscriptions.pause(subscription.id, pause)
    client.subscriptions.pause(subscription.id)
    for resumption in ({}, SUCCESS | {"billing_cycle_anchor": {"type": "unchanged"}}):
        with pytest.raises(stripe.InvalidRequestError, match="The local Stripe"):
            client.subscriptions.resume(subscription.id, resumption)


def test_a_trial_goes_on_as_it_was_after_a_pause(server: LocalStripe, client: Any, customer: Any) -> None:
    subscription = subscribe(client, customer, trial_period_days=20)
    client.subscriptions.pause(subscription.id)
    server.advance(5 * DAY)
    resumed = client.subscriptions.resume(subscription.id, SUCCESS | {"billing_cycle_anchor": {"type": "unchanged"}})
    assert (resumed.status, resumed.trial_end) == ("trialing", subscription.trial_end)
    assert len(server.objects("invoice")) == 1
