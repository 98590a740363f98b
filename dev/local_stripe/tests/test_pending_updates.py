from typing import Any

import pytest
import stripe

from dev.local_stripe import LocalStripe
from dev.local_stripe.tests.conftest import item_of, pay_with, subscribe, swap


def test_a_pending_update_keeps_the_old_price_until_it_is_paid(server: LocalStripe, client: Any, customer: Any) -> None:
    subscription = subscribe(client, customer)
    pay_with(client, customer, "pm_card_chargeCustomerFail")
    held = swap(
        client,
        subscription,
        "price_premium",
        proration_behavior="always_invoice",
        payment_behavior="pending_if_incomplete",
    )
    assert (held.status, item_of(held).price.id) == ("active", "price_basic")
    assert held.pending_update.subscription_items[0].price.id == "price_premium"
    client.invoices.pay(held.latest_invoice, {"payment_method": "pm_card_visa"})
    applied = client.subscriptions.retrieve(subscription.id)
    assert (item_of(applied).price.id, applied.pending_update) == ("price_premium", None)
    assert len(server.events("customer.subscription.pending_update_applied")) == 1


def test_a_pending_update_nobody_pays_expires_after_23_hours(server: LocalStripe, client: Any, customer: Any) -> None:
    subscription = subscribe(client, customer)
    pay_with(client, customer, "pm_card_authenticationRequired")
    held = swap(
        client,
        subscription,
        "price_premium",
        proration_behavior="always_invoice",
        payment_behavior="pending_if_incomplete",
    )
    server.advance(23 * 3600 + 60)
    expired = client.subscriptions.retrieve(subscription.id)
    assert (expired.pending_update, item_of(expired).price.id) == (None, "price_basic")
    assert client.invoices.retrieve(held.latest_invoice).status == "void"
    assert len(server.events("customer.subscription.pending_update_expired")) == 1


def test_a_change_paid_after_a_renewal_keeps_the_new_period(server: LocalStripe, client: Any, customer: Any) -> None:
    subscription = subscribe(client, customer)
    end = item_of(subscription).current_period_end
    server.advance(end - server.now() - 22 * 3600)
    pay_with(client, customer, "pm_card_chargeCustomerFail")
    params = {"proration_behavior": "always_invoice", "payment_behavior": "pending_if_incomplete"}
    held = swap(client, subscription, "price_elite", **params)
    pay_with(client, customer, "pm_card_visa")
    server.advance(22 * 3600 + 60)
    client.invoices.pay(held.latest_invoice)
    applied = client.subscriptions.retrieve(subscription.id)
    assert (item_of(applied).price.id, item_of(applied).current_period_start) == ("price_elite", end)


def test_a_newer_change_replaces_a_pending_one(server: LocalStripe, client: Any, customer: Any) -> None:
    subscription = subscribe(client, customer)
    pay_with(client, customer, "pm_card_chargeCustomerFail")
    params = {"proration_behavior": "always_invoice", "payment_behavior": "pending_if_incomplete"}
    first = swap(client, subscription, "price_premium", **params)
    second = swap(client, subscription, "price_elite", **params)
    assert client.invoices.retrieve(first.latest_invoice).status == "void"
    assert second.pending_update.subscription_items[0].price.id == "price_elite"
    client.subscriptions.cancel(subscription.id)
    assert client.invoices.retrieve(second.latest_invoice).status == "void"


def test_what_is_asked_along_with_a_pending_update_waits_with_it(
    server: LocalStripe, client: Any, customer: Any
) -> None:
    subscription = subscribe(client, customer, cancel_at_period_end=True, metadata={"kept": "yes"})
    pay_with(client, customer, "pm_card_chargeCustomerFail")
    coupon = client.coupons.create({"percent_off": 10, "duration": "once"})
    held = swap(
        client,
        subscription,
        "price_premium",
        proration_behavior="always_invoice",
        payment_behavior="pending_if_incomplete",
        metadata={"asked": "now"},
        cancel_at_period_end=False,
        discounts=[{"coupon": coupon.id}],
    )
    assert (held.cancel_at_period_end, held.metadata.to_dict(), held.discounts) == (True, {"kept": "yes"}, [])
    assert held.pending_update.metadata.to_dict() == {"kept": "yes", "asked": "now"}
    assert held.pending_update.cancel_at_period_end is False
    client.invoices.pay(held.latest_invoice, {"payment_method": "pm_card_visa"})
    applied = client.subscriptions.retrieve(subscription.id)
    assert (applied.cancel_at_period_end, applied.cancel_at) == (False, None)
    assert applied.metadata.to_dict() == {"kept": "yes", "asked": "now"}


def test_a_voided_invoice_takes_the_pending_update_with_it(server: LocalStripe, client: Any, customer: Any) -> None:
    subscription = subscribe(client, customer)
    pay_with(client, customer, "pm_card_chargeCustomerFail")
    params = {"proration_behavior": "always_invoice", "payment_behavior": "pending_if_incomplete"}
    held = swap(client, subscription, "price_elite", **params)
    assert client.invoices.void_invoice(held.latest_invoice).status == "void"
    given_up = client.subscriptions.retrieve(subscription.id)
    assert (given_up.pending_update, item_of(given_up).price.id) == (None, "price_basic")
    assert len(server.events("customer.subscription.pending_update_expired")) == 1


def test_a_pending_update_goes_with_few_other_parameters(client: Any, customer: Any) -> None:
    subscription = subscribe(client, customer)
    with pytest.raises(stripe.InvalidRequestError):
        swap(
            client,
            subscription,
            "price_elite",
            payment_behavior="pending_if_incomplete",
            description="more",
        )
