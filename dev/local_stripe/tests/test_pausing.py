from typing import Any

import pytest
import stripe

from dev.local_stripe import LocalStripe
from dev.local_stripe.tests.conftest import item_of, new_customer, pay_with, subscribe, swap

DAY = 86_400
SUCCESS = {"payment_behavior": "resume_on_payment_success"}
NO_CREDIT = {"bill_for": {"unused_time_from": {"type": "none"}}}


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
    pay_with(client, customer, "pm_card_chargeCustomerFail")
    for subscription in (first, second):
        client.subscriptions.pause(subscription.id, NO_CREDIT)
    waiting = client.subscriptions.resume(first.id, SUCCESS)
    assert (waiting.status, server.objects("invoice")[-1]["attempt_count"]) == ("paused", 1)
    server.advance(4 * DAY)
    assert server.objects("invoice")[-1]["attempt_count"] == 2
    client.invoices.pay(waiting.latest_invoice, {"payment_method": "pm_card_visa"})
    assert client.subscriptions.retrieve(first.id).status == "active"
    untried = client.subscriptions.resume(second.id)
    assert (untried.status, server.objects("invoice")[-1]["attempt_count"]) == ("paused", 0)
    with pytest.raises(stripe.CardError):
        client.invoices.pay(untried.latest_invoice)
    assert client.subscriptions.retrieve(second.id).status == "past_due"
    assert client.invoices.retrieve(untried.latest_invoice).next_payment_attempt is None
    assert len(server.events("customer.subscription.resumed")) == 2


def test_a_resumption_that_is_to_be_paid_at_once_needs_a_card(server: LocalStripe, client: Any, customer: Any) -> None:
    subscription = subscribe(client, customer)
    client.subscriptions.pause(subscription.id, NO_CREDIT)
    client.payment_methods.detach(server.objects("payment_method")[0]["id"])
    with pytest.raises(stripe.InvalidRequestError) as caught:
        client.subscriptions.resume(subscription.id, SUCCESS)
    assert (caught.value.code, len(server.objects("invoice"))) == ("resource_missing", 1)


def test_a_second_resumption_replaces_the_first(server: LocalStripe, client: Any, customer: Any) -> None:
    subscription = subscribe(client, customer)
    server.advance(15 * DAY)
    client.subscriptions.pause(subscription.id)
    first = client.subscriptions.resume(subscription.id)
    again = client.subscriptions.resume(subscription.id, SUCCESS)
    assert again.status == "active"
    assert client.invoices.retrieve(first.latest_invoice).status == "void"
    totals = [invoice["total"] for invoice in server.objects("invoice")[1:]]
    assert totals[0] == totals[1] < 999


@pytest.mark.parametrize(
    ("since", "credit"), [("now", range(-510, -480)), ("item_current_period_start", [-999]), ("none", [])]
)
def test_a_pause_gives_unused_time_back_as_asked(
    server: LocalStripe, client: Any, customer: Any, since: str, credit: Any
) -> None:
    subscription = subscribe(client, customer)
    server.advance(15 * DAY)
    params = {"invoicing_behavior": "invoice", "bill_for": {"unused_time_from": {"type": since}}}
    client.subscriptions.pause(subscription.id, params)
    totals = [invoice["total"] for invoice in server.objects("invoice")[1:]]
    assert all(total in credit for total in totals)
    assert len(totals) == (since != "none")
    assert client.customers.retrieve(customer.id).balance == sum(totals)


@pytest.mark.parametrize("behavior", ["always_invoice", "create_prorations", "none"])
def test_resuming_in_the_old_rhythm_bills_what_is_left(
    server: LocalStripe, client: Any, customer: Any, behavior: str
) -> None:
    subscription = subscribe(client, customer)
    server.advance(10 * DAY)
    client.subscriptions.pause(subscription.id)
    server.advance(10 * DAY)
    params = {"billing_cycle_anchor": {"type": "unchanged"}, "proration_behavior": behavior, **SUCCESS}
    resumed = client.subscriptions.resume(subscription.id, params)
    assert (resumed.status, resumed.billing_cycle_anchor) == ("active", subscription.billing_cycle_anchor)
    lines = [line["amount"] for line in server.objects("invoice")[-1]["lines"]["data"]]
    if behavior == "always_invoice":
        assert (len(lines), lines[0] < -600, 300 < lines[1] < 400) == (2, True, True)
    else:
        assert lines == [999]
        server.advance(12 * DAY)
        assert len(server.objects("invoice")[-1]["lines"]["data"]) == (3 if behavior == "create_prorations" else 2)


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


def test_an_invoice_made_before_the_pause_of_collection_is_still_collected(
    server: LocalStripe, client: Any, customer: Any
) -> None:
    subscription = subscribe(client, customer)
    server.advance(item_of(subscription).current_period_end - server.now() + 60)
    assert server.objects("invoice")[-1]["status"] == "draft"
    client.subscriptions.update(subscription.id, {"pause_collection": {"behavior": "void"}})
    server.advance(2 * 3600)
    assert server.objects("invoice")[-1]["status"] == "paid"


def test_paused_collection_resumes_on_its_date(server: LocalStripe, client: Any, customer: Any) -> None:
    subscription = subscribe(client, customer)
    moment = server.now() + 10 * DAY
    client.subscriptions.update(subscription.id, {"pause_collection": {"behavior": "void", "resumes_at": moment}})
    server.advance(33 * DAY)
    assert client.subscriptions.retrieve(subscription.id).pause_collection is None
    assert [invoice["status"] for invoice in server.objects("invoice")] == ["paid", "paid"]
