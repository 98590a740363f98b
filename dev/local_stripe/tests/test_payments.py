from typing import Any

import pytest
import stripe

from dev.local_stripe import LocalStripe
from dev.local_stripe.tests.conftest import item_of, new_customer, pay_with, subscribe

MONEY = {"amount": 1500, "currency": "usd"}


def test_an_intent_goes_from_its_creation_to_its_charge(server: LocalStripe, client: Any, customer: Any) -> None:
    intent = client.payment_intents.create(
        {
            **MONEY,
            "customer": customer.id,
            "automatic_payment_methods": {"enabled": True},
            "metadata": {"order": "9"},
            "description": "A report",
        }
    )
    assert (intent.status, intent.automatic_payment_methods.enabled) == ("requires_payment_method", True)
    updated = client.payment_intents.update(intent.id, {"amount": 2000, "payment_method": "pm_card_visa"})
    assert (updated.status, updated.amount) == ("requires_confirmation", 2000)
    done = client.payment_intents.confirm(intent.id, {"expand": ["latest_charge"]})
    assert (done.status, done.amount_received) == ("succeeded", 2000)
    assert done.latest_charge.metadata.to_dict() == {"order": "9"}
    assert done.latest_charge.receipt_url.startswith(server.url)
    for again in (client.payment_intents.confirm, client.payment_intents.cancel, client.payment_intents.update):
        with pytest.raises(stripe.InvalidRequestError) as caught:
            again(intent.id)
        assert caught.value.code == "payment_intent_unexpected_state"
    assert [each.id for each in client.payment_intents.list({"customer": customer.id}).data] == [intent.id]


@pytest.mark.parametrize("amount", [0, 49, 100_000_000, -5])
def test_amounts_have_bounds(client: Any, amount: int) -> None:
    with pytest.raises(stripe.InvalidRequestError) as caught:
        client.payment_intents.create({"amount": amount, "currency": "usd"})
    assert caught.value.param == "amount"


def test_a_decline_asks_for_another_card_and_remembers_why(server: LocalStripe, client: Any) -> None:
    with pytest.raises(stripe.CardError) as caught:
        client.payment_intents.create({**MONEY, "confirm": True, "payment_method": "pm_card_chargeDeclinedExpiredCard"})
    error: Any = caught.value.error
    intent = client.payment_intents.retrieve(error.payment_intent.id)
    assert (intent.status, intent.last_payment_error.code) == ("requires_payment_method", "expired_card")
    charge = client.charges.retrieve(intent.latest_charge)
    assert (charge.status, charge.paid, charge.failure_code) == ("failed", False, "expired_card")
    paid = client.payment_intents.confirm(intent.id, {"payment_method": "pm_card_visa"})
    assert (paid.status, paid.last_payment_error) == ("succeeded", None)


def test_confirming_needs_a_card(client: Any) -> None:
    intent = client.payment_intents.create(MONEY)
    with pytest.raises(stripe.InvalidRequestError):
        client.payment_intents.confirm(intent.id)
    with pytest.raises(stripe.InvalidRequestError) as caught:
        client.payment_intents.confirm(intent.id, {"payment_method": "pm_none"})
    assert caught.value.param == "payment_method"


def test_an_intent_is_canceled(server: LocalStripe, client: Any) -> None:
    intent = client.payment_intents.create(MONEY)
    canceled = client.payment_intents.cancel(intent.id, {"cancellation_reason": "abandoned"})
    assert (canceled.status, canceled.cancellation_reason) == ("canceled", "abandoned")
    assert len(server.events("payment_intent.canceled")) == 1


def test_authentication_is_demanded_completed_and_failed(server: LocalStripe, client: Any) -> None:
    params = {**MONEY, "confirm": True, "payment_method": "pm_card_authenticationRequired"}
    first = client.payment_intents.create(params)
    assert (first.status, first.next_action.type) == ("requires_action", "use_stripe_sdk")
    assert server.authenticate(first.id)["status"] == "succeeded"
    second = client.payment_intents.create({**params, "return_url": "https://shop.example.com/"})
    assert second.next_action.redirect_to_url.url == f"{server.url}/pay/{second.id}"
    failed = server.authenticate(second.id, succeed=False)
    assert failed["status"] == "requires_payment_method"
    assert failed["last_payment_error"]["code"] == "payment_intent_authentication_failure"
    with pytest.raises(Exception, match="nothing to authenticate"):
        server.authenticate(second.id)


@pytest.mark.parametrize("params", [{"off_session": True}, {"error_on_requires_action": True}])
def test_nobody_there_to_authenticate_is_a_decline(client: Any, params: dict[str, Any]) -> None:
    with pytest.raises(stripe.CardError) as caught:
        client.payment_intents.create(
            {**MONEY, **params, "confirm": True, "payment_method": "pm_card_authenticationRequired"}
        )
    assert caught.value.code == "authentication_required"


def test_a_failed_authentication_of_an_invoice_counts_as_its_failure(server: LocalStripe, client: Any) -> None:
    customer = client.customers.create({})
    subscription = subscribe(
        client, customer, payment_behavior="default_incomplete", expand=["latest_invoice.payments"]
    )
    intent = subscription.latest_invoice.payments.data[0].payment.payment_intent
    client.payment_intents.confirm(intent, {"payment_method": "pm_card_authenticationRequired"})
    assert server.events("invoice.payment_failed") == []
    server.authenticate(intent, succeed=False)
    assert len(server.events("invoice.payment_failed")) == 1
    assert client.subscriptions.retrieve(subscription.id).status == "incomplete"
    with pytest.raises(stripe.InvalidRequestError):
        client.payment_intents.cancel(intent)


@pytest.fixture
def owed(client: Any) -> Any:
    """An open first invoice whose card fails."""
    subscription = subscribe(client, new_customer(client, "pm_card_chargeCustomerFail"))
    return client.invoices.retrieve(subscription.latest_invoice)


def test_an_open_invoice_is_paid_with_another_card(client: Any, owed: Any) -> None:
    paid = client.invoices.pay(owed.id, {"payment_method": "pm_card_visa"})
    assert (paid.status, paid.amount_remaining) == ("paid", 0)
    with pytest.raises(stripe.InvalidRequestError, match="already paid"):
        client.invoices.pay(owed.id)


def test_a_declined_payment_of_an_invoice_is_booked(server: LocalStripe, client: Any, owed: Any) -> None:
    with pytest.raises(stripe.CardError):
        client.invoices.pay(owed.id)
    assert len(server.objects("charge")) == 2
    again = client.invoices.retrieve(owed.id)
    assert (again.status, again.attempt_count) == ("open", 1)


def test_paying_with_a_card_that_asks_says_so(client: Any, owed: Any) -> None:
    with pytest.raises(stripe.CardError) as caught:
        client.invoices.pay(owed.id, {"payment_method": "pm_card_authenticationRequired"})
    assert caught.value.code == "invoice_payment_intent_requires_action"


def test_an_invoice_is_paid_outside_of_stripe(client: Any, owed: Any) -> None:
    paid = client.invoices.pay(owed.id, {"paid_out_of_band": True, "expand": ["payments"]})
    assert (paid.status, paid.amount_paid_off_stripe) == ("paid", owed.amount_due)
    assert paid.payments.data[0].status == "canceled"


def test_an_invoice_is_voided_once(server: LocalStripe, client: Any, owed: Any) -> None:
    assert client.invoices.void_invoice(owed.id).status == "void"
    for call in (client.invoices.void_invoice, client.invoices.pay, client.invoices.mark_uncollectible):
        with pytest.raises(stripe.InvalidRequestError):
            call(owed.id)
    assert len(server.events("invoice.voided")) == 1


def test_an_uncollectible_invoice_can_still_be_paid(client: Any, owed: Any) -> None:
    given_up = client.invoices.mark_uncollectible(owed.id)
    assert (given_up.status, given_up.status_details.uncollectible.reason) == ("uncollectible", "user_forgiven")
    assert client.invoices.pay(owed.id, {"payment_method": "pm_card_visa"}).status == "paid"


def test_a_late_payment_does_not_revive_a_canceled_subscription(
    server: LocalStripe, client: Any, customer: Any
) -> None:
    subscription = subscribe(client, customer)
    pay_with(client, customer, "pm_card_chargeCustomerFail")
    server.advance(32 * 86_400)
    invoice = client.subscriptions.cancel(subscription.id).latest_invoice
    assert client.invoices.retrieve(invoice).next_payment_attempt is None
    assert client.invoices.pay(invoice, {"payment_method": "pm_card_visa"}).status == "paid"
    assert client.subscriptions.retrieve(subscription.id).status == "canceled"


def test_a_draft_is_paid_by_hand(server: LocalStripe, client: Any, customer: Any) -> None:
    end = item_of(subscribe(client, customer)).current_period_end
    server.advance(end - server.now() + 60)
    (draft,) = client.invoices.list({"status": "draft"}).data
    assert client.invoices.pay(draft.id).status == "paid"


def test_a_draft_the_balance_covers_is_paid_by_it(server: LocalStripe, client: Any, customer: Any) -> None:
    end = item_of(subscribe(client, customer)).current_period_end
    client.customers.update(customer.id, {"balance": -5000})
    server.advance(end - server.now() + 60)
    draft = client.invoices.list({"status": "draft"}).data[0]
    paid = client.invoices.pay(draft.id)
    assert (paid.status, paid.amount_due, paid.ending_balance) == ("paid", 0, -4001)


def test_a_void_gives_the_balance_back(server: LocalStripe, client: Any) -> None:
    customer = new_customer(client, "pm_card_chargeCustomerFail")
    client.customers.update(customer.id, {"balance": -300})
    subscription = subscribe(client, customer, expand=["latest_invoice"])
    assert subscription.latest_invoice.amount_due == 699
    assert client.customers.retrieve(customer.id).balance == 0
    client.invoices.void_invoice(subscription.latest_invoice.id)
    assert client.customers.retrieve(customer.id).balance == -300


def test_a_sum_below_the_minimum_is_carried_over(client: Any, customer: Any) -> None:
    client.customers.update(customer.id, {"balance": -960})
    subscription = subscribe(client, customer, expand=["latest_invoice"])
    assert (subscription.status, subscription.latest_invoice.amount_due) == ("active", 0)
    assert client.customers.retrieve(customer.id).balance == 39


@pytest.mark.parametrize(
    ("amount", "currency", "code"),
    [
        (50, "usd", None),
        (50, "jpy", None),
        (49, "jpy", "amount_too_small"),
        (29, "gbp", "amount_too_small"),
        (1500, "kwd", None),
        (1505, "kwd", "nothing"),
        (100, "kwd", "amount_too_small"),
        (100_000_000, "jpy", "amount_too_large"),
        (500, "xyz", "nothing"),
    ],
)
def test_amounts_fit_their_currency(server: LocalStripe, client: Any, amount: int, currency: str, code: Any) -> None:
    params = {"amount": amount, "currency": currency.upper()}
    if code is None:
        assert client.payment_intents.create(params).currency == currency
        return
    with pytest.raises(stripe.InvalidRequestError) as caught:
        client.payment_intents.create(params)
    assert caught.value.code == (None if code == "nothing" else code)
    assert server.objects("payment_intent") == []


@pytest.mark.parametrize("wish", ["any", "challenge"])
def test_authentication_can_be_asked_of_every_card(server: LocalStripe, client: Any, wish: str) -> None:
    options = {"payment_method_options": {"card": {"request_three_d_secure": wish}}}
    params = {**MONEY, "payment_method": "pm_card_visa", "confirm": True}
    intent = client.payment_intents.create({**params, **options})
    assert (intent.status, intent.payment_method_options.card.request_three_d_secure) == ("requires_action", wish)
    server.authenticate(intent.id)
    done = client.payment_intents.retrieve(intent.id, {"expand": ["latest_charge"]})
    assert done.status == "succeeded"
    assert done.latest_charge.payment_method_details.card.three_d_secure.result == "authenticated"
    with pytest.raises(stripe.CardError) as caught:
        client.payment_intents.create({**params, **options, "off_session": True})
    assert caught.value.code == "authentication_required"
    automatic = {"payment_method_options": {"card": {"request_three_d_secure": "automatic"}}}
    assert client.payment_intents.create({**params, **automatic}).status == "succeeded"


def test_a_card_used_once_is_kept_when_the_future_is_named(client: Any) -> None:
    customer = client.customers.create({})
    params = {**MONEY, "customer": customer.id, "payment_method": "pm_card_visa", "confirm": True}
    once = client.payment_intents.create({**params, "receipt_email": "a@example.com", "expand": ["latest_charge"]})
    assert once.latest_charge.receipt_email == "a@example.com"
    assert client.payment_methods.list({"customer": customer.id}).data == []
    kept = client.payment_intents.create({**params, "setup_future_usage": "off_session"})
    assert [each.id for each in client.payment_methods.list({"customer": customer.id}).data] == [kept.payment_method]
    again = client.payment_intents.create({**params, "payment_method": kept.payment_method, "off_session": True})
    assert again.status == "succeeded"
    other = client.customers.create({})
    for stranger in ({"customer": other.id}, {}):
        with pytest.raises(stripe.InvalidRequestError, match="belongs to another customer"):
            client.payment_intents.create({**MONEY, **stranger, "payment_method": kept.payment_method})


def test_an_intent_changes_its_currency_and_customer(client: Any, customer: Any) -> None:
    intent = client.payment_intents.create(MONEY)
    changed = client.payment_intents.update(intent.id, {"currency": "eur", "customer": customer.id})
    assert (changed.amount, changed.currency, changed.customer) == (1500, "eur", customer.id)


def test_a_slow_payment_is_decided_by_time_or_by_the_test(server: LocalStripe, client: Any) -> None:
    params = {**MONEY, "confirm": True}
    good, bad, turned = (
        client.payment_intents.create({**params, "payment_method": token})
        for token in ("pm_local_slow", "pm_local_slowDeclined", "pm_local_slow")
    )
    assert (good.status, good.amount_received) == ("processing", 0)
    assert client.charges.retrieve(good.latest_charge).status == "pending"
    assert len(server.events("payment_intent.processing")) == 3
    with pytest.raises(stripe.InvalidRequestError) as caught:
        client.payment_intents.cancel(good.id)
    assert caught.value.code == "payment_intent_unexpected_state"
    assert server.settle_payment(turned.id, succeed=False)["last_payment_error"]["decline_code"] == "generic_decline"
    with pytest.raises(Exception, match="no bank is to answer"):
        server.settle_payment(turned.id)
    server.advance(4 * 86_400)
    assert client.payment_intents.retrieve(good.id).status == "succeeded"
    failed = client.payment_intents.retrieve(bad.id)
    assert (failed.status, failed.last_payment_error.decline_code) == ("requires_payment_method", "insufficient_funds")


def test_a_slow_payment_of_an_invoice_activates_its_subscription_late(server: LocalStripe, client: Any) -> None:
    customer = client.customers.create({})
    subscription = subscribe(
        client, customer, payment_behavior="default_incomplete", expand=["latest_invoice.payments"]
    )
    intent = subscription.latest_invoice.payments.data[0].payment.payment_intent
    client.payment_intents.confirm(intent, {"payment_method": "pm_local_slow"})
    assert client.subscriptions.retrieve(subscription.id).status == "incomplete"
    server.settle_payment(intent)
    assert client.subscriptions.retrieve(subscription.id).status == "active"


@pytest.mark.parametrize(("card", "ends"), [("slow", "active"), ("slowDeclined", "incomplete_expired")])
def test_nothing_expires_while_a_bank_is_deciding(server: LocalStripe, client: Any, card: str, ends: str) -> None:
    subscription = subscribe(
        client, client.customers.create({}), payment_behavior="default_incomplete", expand=["latest_invoice.payments"]
    )
    intent = subscription.latest_invoice.payments.data[0].payment.payment_intent
    client.payment_intents.confirm(intent, {"payment_method": f"pm_local_{card}"})
    server.advance(2 * 86_400)
    assert client.subscriptions.retrieve(subscription.id).status == "incomplete"
    server.advance(2 * 86_400)
    ended = client.subscriptions.retrieve(subscription.id)
    assert ended.status == ends
    assert (ended.ended_at is None) == (ends == "active")
    assert ended.ended_at is None or ended.ended_at - subscription.created >= 3 * 86_400


def test_a_charge_shows_what_the_account_earns(client: Any, customer: Any) -> None:
    intent = client.payment_intents.create(
        {
            **MONEY,
            "customer": customer.id,
            "payment_method": "pm_card_visa",
            "setup_future_usage": "off_session",
            "confirm": True,
            "expand": ["latest_charge.balance_transaction"],
        }
    )
    earned = intent.latest_charge.balance_transaction
    assert (earned.amount, earned.fee, earned.net, earned.type) == (1500, 74, 1426, "charge")
    assert [(detail.amount, detail.type) for detail in earned.fee_details] == [(74, "stripe_fee")]
    client.payment_intents.create({**MONEY, "payment_method": "pm_card_visa", "confirm": True})
    (charge,) = client.charges.list({"payment_intent": intent.id}).data
    assert (charge.id, charge.balance_transaction) == (intent.latest_charge.id, earned.id)
