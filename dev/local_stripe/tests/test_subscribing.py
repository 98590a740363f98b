from typing import Any

import pytest
import stripe

from dev.local_stripe import LocalStripe
from dev.local_stripe.tests.conftest import item_of, new_customer, subscribe

DAY = 86_400


def types(server: LocalStripe, start: int = 0) -> list[str]:
    return [event["type"] for event in server.events()][start:]


def test_a_good_card_pays_the_first_invoice_at_once(server: LocalStripe, client: Any, customer: Any) -> None:
    subscription = subscribe(client, customer, metadata={"user": "7"})
    invoice = client.invoices.retrieve(
        subscription.latest_invoice, {"expand": ["payments.data.payment.payment_intent"]}
    )
    assert (subscription.status, invoice.status, invoice.amount_paid) == ("active", "paid", 999)
    assert invoice.billing_reason == "subscription_create"
    assert invoice.number.endswith("-0001")
    assert invoice.parent.subscription_details.subscription == subscription.id
    assert invoice.parent.subscription_details.metadata.to_dict() == {"user": "7"}
    payment = invoice.payments.data[0]
    assert (payment.status, payment.amount_paid) == ("paid", 999)
    assert payment.payment.payment_intent.status == "succeeded"
    line = invoice.lines.data[0]
    assert line.pricing.price_details.price == "price_basic"
    assert line.period.end == item_of(subscription).current_period_end


def test_the_events_of_a_paid_start_come_in_the_order_of_their_causes(
    server: LocalStripe, client: Any, customer: Any
) -> None:
    before = len(server.events())
    subscribe(client, customer)
    assert types(server, before) == [
        "customer.subscription.created",
        "invoice.created",
        "customer.updated",
        "invoice.finalized",
        "payment_intent.created",
        "charge.succeeded",
        "payment_intent.succeeded",
        "invoice_payment.paid",
        "invoice.updated",
        "invoice.paid",
        "invoice.payment_succeeded",
        "customer.subscription.updated",
    ]
    created = server.events("customer.subscription.created")[0]["data"]["object"]
    updated = server.events("customer.subscription.updated")[0]["data"]
    assert created["status"] == "incomplete"
    assert updated["previous_attributes"] == {"status": "incomplete"}
    assert updated["object"]["status"] == "active"


def test_default_incomplete_waits_for_the_customer_to_confirm(server: LocalStripe, client: Any) -> None:
    customer = client.customers.create({"email": "bob@example.com"})
    subscription = subscribe(
        client,
        customer,
        payment_behavior="default_incomplete",
        payment_settings={"save_default_payment_method": "on_subscription"},
        expand=["latest_invoice.confirmation_secret", "pending_setup_intent"],
    )
    assert subscription.status == "incomplete"
    secret = subscription.latest_invoice.confirmation_secret.client_secret
    intent = secret.split("_secret_")[0]
    client.payment_intents.confirm(intent, {"payment_method": "pm_card_mastercard"})
    active = client.subscriptions.retrieve(subscription.id, {"expand": ["default_payment_method"]})
    assert active.status == "active"
    assert active.default_payment_method.card.brand == "mastercard"
    assert active.default_payment_method.customer == customer.id


def test_a_declined_confirmation_leaves_the_subscription_incomplete(server: LocalStripe, client: Any) -> None:
    customer = client.customers.create({})
    subscription = subscribe(
        client,
        customer,
        payment_behavior="default_incomplete",
        expand=["latest_invoice.payments"],
    )
    intent = subscription.latest_invoice.payments.data[0].payment.payment_intent
    with pytest.raises(stripe.CardError) as caught:
        client.payment_intents.confirm(intent, {"payment_method": "pm_card_chargeDeclinedInsufficientFunds"})
    error: Any = caught.value.error
    assert (error.code, error.decline_code) == ("card_declined", "insufficient_funds")
    assert error.payment_intent.id == intent
    invoice = client.invoices.retrieve(subscription.latest_invoice.id)
    assert (invoice.status, invoice.attempt_count) == ("open", 1)
    assert client.subscriptions.retrieve(subscription.id).status == "incomplete"
    assert len(server.events("invoice.payment_failed")) == 1
    assert len(server.events("charge.failed")) == 1


def test_allow_incomplete_answers_the_incomplete_subscription(server: LocalStripe, client: Any) -> None:
    customer = new_customer(client, "pm_card_chargeCustomerFail")
    subscription = subscribe(client, customer, payment_behavior="allow_incomplete")
    assert subscription.status == "incomplete"
    assert server.events("invoice.payment_failed")[0]["data"]["object"]["next_payment_attempt"] is None


def test_error_if_incomplete_leaves_nothing_behind(server: LocalStripe, client: Any) -> None:
    customer = new_customer(client, "pm_card_chargeCustomerFail")
    before = len(server.events())
    with pytest.raises(stripe.CardError):
        subscribe(client, customer, payment_behavior="error_if_incomplete")
    assert server.objects("subscription") == server.objects("invoice") == server.objects("charge") == []
    assert len(server.events()) == before


def test_error_if_incomplete_names_the_authentication_that_is_missing(server: LocalStripe, client: Any) -> None:
    customer = new_customer(client, "pm_card_authenticationRequired")
    with pytest.raises(stripe.CardError) as caught:
        subscribe(client, customer, payment_behavior="error_if_incomplete")
    assert caught.value.code == "subscription_payment_intent_requires_action"


def test_without_a_card_the_api_says_so(client: Any) -> None:
    customer = client.customers.create({})
    with pytest.raises(stripe.InvalidRequestError) as caught:
        subscribe(client, customer)
    assert caught.value.code == "resource_missing"


@pytest.mark.parametrize(
    ("params", "param"),
    [
        ({"items": []}, "items"),
        ({"items": [{"quantity": 1}]}, "items[0][price]"),
        ({"items": [{"price": "price_none"}]}, "items[0][price]"),
        ({"items": [{"price": "price_basic", "quantity": -1}]}, "items[0][quantity]"),
        ({"payment_behavior": "pending_if_incomplete"}, "payment_behavior"),
        ({"default_payment_method": "pm_none"}, "default_payment_method"),
        ({"trial_end": 1}, "trial_end"),
        ({"cancel_at": 1}, "cancel_at"),
        ({"cancel_at": 2_000_000_000, "cancel_at_period_end": True}, "cancel_at"),
    ],
)
def test_what_stripe_refuses_is_refused(
    server: LocalStripe, client: Any, customer: Any, params: dict[str, Any], param: str
) -> None:
    with pytest.raises(stripe.InvalidRequestError) as caught:
        subscribe(client, customer, **params)
    assert caught.value.param == param
    assert server.objects("subscription") == []


def test_a_customer_is_required(client: Any) -> None:
    for params, code in (({}, "parameter_missing"), ({"customer": "cus_none"}, "resource_missing")):
        with pytest.raises(stripe.InvalidRequestError) as caught:
            client.subscriptions.create({"items": [{"price": "price_basic"}], **params})
        assert (caught.value.code, caught.value.param) == (code, "customer")


def test_inactive_one_time_and_foreign_currency_prices_are_refused(client: Any, customer: Any) -> None:
    once = client.prices.create({"currency": "usd", "unit_amount": 500, "product_data": {"name": "Once"}})
    euro = client.prices.create(
        {"currency": "eur", "unit_amount": 5, "product": once.product, "recurring": {"interval": "month"}}
    )
    client.prices.update("price_elite", {"active": False})
    for items in (
        [{"price": once.id}],
        [{"price": "price_elite"}],
        [{"price": "price_basic"}, {"price": euro.id}],
    ):
        with pytest.raises(stripe.InvalidRequestError):
            subscribe(client, customer, items=items)


def test_a_trial_starts_with_a_paid_invoice_over_nothing(server: LocalStripe, client: Any, customer: Any) -> None:
    subscription = subscribe(client, customer, trial_period_days=14, expand=["latest_invoice"])
    assert subscription.status == "trialing"
    assert subscription.trial_end == subscription.trial_start + 14 * DAY
    assert item_of(subscription).current_period_end == subscription.trial_end
    assert (subscription.latest_invoice.status, subscription.latest_invoice.total) == ("paid", 0)
    assert server.objects("payment_intent") == []


def test_a_first_payment_can_be_authenticated_later(server: LocalStripe, client: Any) -> None:
    customer = new_customer(client, "pm_card_threeDSecure2Required")
    subscription = subscribe(client, customer, expand=["latest_invoice.payments"])
    intent = subscription.latest_invoice.payments.data[0].payment.payment_intent
    assert subscription.status == "incomplete"
    assert client.payment_intents.retrieve(intent).status == "requires_action"
    assert len(server.events("invoice.payment_action_required")) == 1
    server.authenticate(intent)
    assert client.subscriptions.retrieve(subscription.id).status == "active"
    charge = client.charges.list({"payment_intent": intent}).data[0]
    assert charge.payment_method_details.card.three_d_secure.result == "authenticated"


def test_an_off_session_start_spares_a_card_that_only_asks_on_session(client: Any) -> None:
    customer = new_customer(client, "pm_card_authenticationRequiredOnSetup")
    assert subscribe(client, customer).status == "incomplete"
    assert subscribe(client, customer, off_session=True).status == "active"


def test_cancel_now_ends_it_and_a_second_cancel_finds_nothing(server: LocalStripe, client: Any, customer: Any) -> None:
    subscription = subscribe(client, customer)
    canceled = client.subscriptions.cancel(
        subscription.id, {"cancellation_details": {"comment": "moved", "feedback": "too_complex"}}
    )
    assert (canceled.status, canceled.cancellation_details.reason) == ("canceled", "cancellation_requested")
    assert canceled.cancellation_details.comment == "moved"
    assert canceled.ended_at is not None
    with pytest.raises(stripe.InvalidRequestError) as caught:
        client.subscriptions.cancel(subscription.id)
    assert (caught.value.http_status, caught.value.code) == (404, "resource_missing")
    assert len(server.events("customer.subscription.deleted")) == 1


def test_canceling_an_incomplete_one_expires_it_and_voids_its_invoice(client: Any) -> None:
    customer = new_customer(client, "pm_card_chargeCustomerFail")
    subscription = subscribe(client, customer)
    assert client.subscriptions.cancel(subscription.id).status == "incomplete_expired"
    invoice = client.invoices.retrieve(subscription.latest_invoice, {"expand": ["payments"]})
    assert (invoice.status, invoice.payments.data[0].status) == ("void", "canceled")


def test_cancel_with_proration_gives_unused_time_back_as_balance(
    server: LocalStripe, client: Any, customer: Any
) -> None:
    subscription = subscribe(client, customer)
    server.advance(15 * DAY)
    client.subscriptions.cancel(subscription.id, {"prorate": True, "invoice_now": True})
    balance = client.customers.retrieve(customer.id).balance
    assert -510 < balance < -480
    again = subscribe(client, customer, expand=["latest_invoice"])
    assert again.latest_invoice.amount_due == 999 + balance
    assert client.customers.retrieve(customer.id).balance == 0


def test_cancel_with_proration_but_no_invoice_bills_nothing(server: LocalStripe, client: Any, customer: Any) -> None:
    subscription = subscribe(client, customer)
    client.subscriptions.cancel(subscription.id, {"prorate": True})
    assert client.customers.retrieve(customer.id).balance == 0
    assert len(server.objects("invoice")) == 1


def test_lists_filter_by_customer_status_and_price(client: Any, customer: Any) -> None:
    other = new_customer(client)
    basic, premium = subscribe(client, customer), subscribe(client, customer, "price_premium")
    subscribe(client, other)
    client.subscriptions.cancel(premium.id)

    def ids(**params: Any) -> list[str]:
        return [found.id for found in client.subscriptions.list({"customer": customer.id, **params}).data]

    assert ids() == [basic.id]
    assert ids(status="all") == [premium.id, basic.id]
    assert ids(status="canceled") == ids(status="ended") == [premium.id]
    assert ids(status="active", price="price_basic") == [basic.id]
    assert ids(price="price_premium") == []
