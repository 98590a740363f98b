from typing import Any

import pytest
import stripe

from dev.local_stripe import LocalStripe
from dev.local_stripe.tests.conftest import item_of, new_customer, pay_with, subscribe, swap

DAY = 86_400


def test_an_upgrade_invoiced_at_once_costs_the_difference_for_the_rest_of_the_period(
    server: LocalStripe, client: Any, customer: Any
) -> None:
    subscription = subscribe(client, customer)
    start, end = item_of(subscription).current_period_start, item_of(subscription).current_period_end
    at = start + (end - start) // 3
    changed = swap(
        client,
        subscription,
        "price_premium",
        proration_behavior="always_invoice",
        proration_date=at,
        expand=["latest_invoice"],
    )
    left = (end - at) / (end - start)
    amounts = [line.amount for line in changed.latest_invoice.lines.data]
    assert amounts == [-round(999 * left), round(1999 * left)]
    assert changed.latest_invoice.total == sum(amounts)
    assert (changed.latest_invoice.status, changed.latest_invoice.billing_reason) == (
        "paid",
        "subscription_update",
    )
    assert changed.latest_invoice.parent.subscription_details.subscription_proration_date == at
    assert item_of(changed).price.id == "price_premium"
    assert item_of(changed).current_period_end == end


def test_prorations_wait_for_the_next_invoice_by_default(server: LocalStripe, client: Any, customer: Any) -> None:
    subscription = subscribe(client, customer)
    server.advance(10 * DAY)
    swap(client, subscription, "price_premium")
    assert len(server.objects("invoice")) == 1
    server.advance(25 * DAY)
    invoice = server.objects("invoice")[-1]
    assert [line["amount"] for line in invoice["lines"]["data"]][2:] == [1999]
    assert [line["parent"]["subscription_item_details"]["proration"] for line in invoice["lines"]["data"]] == [
        True,
        True,
        False,
    ]
    assert invoice["amount_paid"] == sum(line["amount"] for line in invoice["lines"]["data"])


def test_without_proration_only_the_price_changes(server: LocalStripe, client: Any, customer: Any) -> None:
    subscription = subscribe(client, customer)
    changed = swap(client, subscription, "price_elite", proration_behavior="none")
    assert item_of(changed).price.id == "price_elite"
    server.advance(32 * DAY)
    assert [invoice["amount_paid"] for invoice in server.objects("invoice")] == [999, 2999]


def test_a_swap_to_the_same_price_is_no_change(server: LocalStripe, client: Any, customer: Any) -> None:
    subscription = subscribe(client, customer)
    before = len(server.events())
    swap(client, subscription, "price_basic", proration_behavior="always_invoice")
    assert len(server.events()) == before


def test_a_downgrade_invoiced_at_once_leaves_a_credit(server: LocalStripe, client: Any, customer: Any) -> None:
    subscription = subscribe(client, customer, "price_elite")
    changed = swap(
        client,
        subscription,
        "price_basic",
        proration_behavior="always_invoice",
        expand=["latest_invoice.payments"],
    )
    invoice = changed.latest_invoice
    assert (invoice.status, invoice.amount_due, invoice.total) == ("paid", 0, -2000)
    assert invoice.payments.data == []
    assert client.customers.retrieve(customer.id).balance == -2000


def test_an_update_event_tells_all_that_changed_in_the_request(server: LocalStripe, client: Any, customer: Any) -> None:
    subscription = subscribe(client, customer)
    changed = swap(client, subscription, "price_elite", proration_behavior="always_invoice", description="more")
    (event,) = [
        event
        for event in server.events("customer.subscription.updated")
        if "description" in event["data"]["previous_attributes"]
    ]
    previous = event["data"]["previous_attributes"]
    assert previous["description"] is None
    assert previous["latest_invoice"] == subscription.latest_invoice != changed.latest_invoice
    assert previous["items"]["data"][0]["price"]["id"] == "price_basic"


def test_a_failed_change_with_error_if_incomplete_undoes_everything(
    server: LocalStripe, client: Any, customer: Any
) -> None:
    subscription = subscribe(client, customer)
    pay_with(client, customer, "pm_card_chargeCustomerFail")
    with pytest.raises(stripe.CardError):
        swap(
            client,
            subscription,
            "price_premium",
            proration_behavior="always_invoice",
            payment_behavior="error_if_incomplete",
        )
    kept = client.subscriptions.retrieve(subscription.id)
    assert (kept.status, item_of(kept).price.id) == ("active", "price_basic")
    assert len(server.objects("invoice")) == 1


@pytest.mark.parametrize("behavior", ["allow_incomplete", "default_incomplete"])
def test_a_failed_change_otherwise_holds_and_leaves_the_subscription_past_due(
    client: Any, customer: Any, behavior: str
) -> None:
    subscription = subscribe(client, customer)
    pay_with(client, customer, "pm_card_chargeCustomerFail")
    swap(
        client,
        subscription,
        "price_premium",
        proration_behavior="always_invoice",
        payment_behavior=behavior,
    )
    changed = client.subscriptions.retrieve(subscription.id)
    assert (changed.status, item_of(changed).price.id) == ("past_due", "price_premium")


def test_items_are_added_counted_and_removed(client: Any, customer: Any) -> None:
    subscription = subscribe(client, customer)
    changed = client.subscriptions.update(
        subscription.id,
        {
            "items": [
                {"id": item_of(subscription).id, "quantity": 4, "metadata": {"a": "b"}},
                {"price": "price_premium"},
            ],
            "proration_behavior": "always_invoice",
        },
    )
    assert [(item.price.id, item.quantity) for item in changed["items"].data] == [
        ("price_basic", 4),
        ("price_premium", 1),
    ]
    removed = client.subscriptions.update(
        subscription.id, {"items": [{"id": changed["items"].data[1].id, "deleted": True}]}
    )
    assert len(removed["items"].data) == 1
    for items in (
        [{"price": "price_basic"}],
        [{"id": "si_none", "price": "price_premium"}],
        [{"id": item_of(subscription).id, "deleted": True}],
    ):
        with pytest.raises(stripe.InvalidRequestError):
            client.subscriptions.update(subscription.id, {"items": items})


def test_a_proration_date_lies_in_the_period(client: Any, customer: Any) -> None:
    subscription = subscribe(client, customer)
    with pytest.raises(stripe.InvalidRequestError) as caught:
        swap(client, subscription, "price_elite", proration_date=1)
    assert caught.value.param == "proration_date"


def test_a_change_that_costs_something_needs_a_card(client: Any, customer: Any) -> None:
    subscription = subscribe(client, customer)
    method = client.payment_methods.list({"customer": customer.id}).data[0]
    client.payment_methods.detach(method.id)
    with pytest.raises(stripe.InvalidRequestError) as caught:
        swap(client, subscription, "price_elite", proration_behavior="always_invoice")
    assert caught.value.code == "resource_missing"


def test_cancel_at_period_end_is_set_and_taken_back(server: LocalStripe, client: Any, customer: Any) -> None:
    subscription = subscribe(client, customer)
    ending = client.subscriptions.update(subscription.id, {"cancel_at_period_end": True})
    assert ending.cancel_at == item_of(ending).current_period_end
    assert ending.cancellation_details.reason == "cancellation_requested"
    previous = server.events("customer.subscription.updated")[-1]["data"]["previous_attributes"]
    assert previous == {
        "cancel_at": None,
        "cancel_at_period_end": False,
        "canceled_at": None,
        "cancellation_details": {"reason": None},
    }
    again = client.subscriptions.update(subscription.id, {"cancel_at_period_end": True})
    assert again.canceled_at == ending.canceled_at
    resumed = client.subscriptions.update(subscription.id, {"cancel_at_period_end": False})
    assert (resumed.cancel_at, resumed.canceled_at, resumed.cancellation_details.reason) == (None, None, None)


def test_cancel_at_takes_a_date_or_a_name_and_is_cleared(client: Any, customer: Any) -> None:
    subscription = subscribe(client, customer)
    end = item_of(subscription).current_period_end
    named = client.subscriptions.update(subscription.id, {"cancel_at": "max_period_end"})
    assert (named.cancel_at, named.cancel_at_period_end) == (end, False)
    dated = client.subscriptions.update(subscription.id, {"cancel_at": end - DAY})
    assert dated.cancel_at == end - DAY
    assert client.subscriptions.update(subscription.id, {"cancel_at": ""}).cancel_at is None


def test_settings_description_and_metadata_change(client: Any, customer: Any) -> None:
    subscription = subscribe(client, customer, metadata={"a": "1", "b": "2"})
    method = client.payment_methods.attach("pm_card_amex", {"customer": customer.id})
    changed = client.subscriptions.update(
        subscription.id,
        {
            "default_payment_method": method.id,
            "description": "for two",
            "metadata": {"a": "", "c": "3"},
            "payment_settings": {"save_default_payment_method": "on_subscription"},
            "trial_settings": {"end_behavior": {"missing_payment_method": "pause"}},
        },
    )
    assert (changed.default_payment_method, changed.description) == (method.id, "for two")
    assert changed.metadata.to_dict() == {"b": "2", "c": "3"}
    assert changed.trial_settings.end_behavior.missing_payment_method == "pause"
    cleared = client.subscriptions.update(
        subscription.id, {"default_payment_method": "", "description": "", "metadata": ""}
    )
    assert (cleared.default_payment_method, cleared.description) == (None, None)
    assert cleared.metadata.to_dict() == {}


def test_an_ended_or_incomplete_subscription_hardly_changes(client: Any, customer: Any) -> None:
    ended = subscribe(client, customer)
    client.subscriptions.cancel(ended.id)
    incomplete = subscribe(client, new_customer(client, "pm_card_chargeCustomerFail"))
    for subscription in (ended, incomplete):
        client.subscriptions.update(subscription.id, {"metadata": {"note": "kept"}})
        with pytest.raises(stripe.InvalidRequestError):
            client.subscriptions.update(subscription.id, {"cancel_at_period_end": True})
