from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import stripe

from dev.local_stripe import LocalStripe
from dev.local_stripe.tests.conftest import new_customer, subscribe
from dev.local_stripe.tests.test_control_and_pages import control, page, press


def methods_of(client: Any, customer: Any) -> list[str]:
    return [each.id for each in client.payment_methods.list({"customer": customer.id}).data]


def test_a_card_is_saved_without_a_payment(server: LocalStripe, client: Any) -> None:
    customer = client.customers.create({})
    intent = client.setup_intents.create(
        {
            "customer": customer.id,
            "usage": "off_session",
            "automatic_payment_methods": {"enabled": True},
            "metadata": {"user": "7"},
        }
    )
    assert (intent.status, intent.usage, intent.metadata.to_dict()) == (
        "requires_payment_method",
        "off_session",
        {"user": "7"},
    )
    assert intent.client_secret.startswith(f"{intent.id}_secret_")
    changed = client.setup_intents.update(intent.id, {"description": "A card", "payment_method": "pm_card_visa"})
    assert (changed.status, changed.description) == ("requires_confirmation", "A card")
    done = client.setup_intents.confirm(intent.id, {"expand": ["payment_method"]})
    assert (done.status, done.payment_method.customer) == ("succeeded", customer.id)
    assert methods_of(client, customer) == [done.payment_method.id]
    assert [each.id for each in client.setup_intents.list({"customer": customer.id}).data] == [intent.id]
    assert [event["type"] for event in server.events()][1:] == [
        "setup_intent.created",
        "payment_method.attached",
        "setup_intent.succeeded",
    ]
    for again in (client.setup_intents.confirm, client.setup_intents.cancel, client.setup_intents.update):
        with pytest.raises(stripe.InvalidRequestError) as caught:
            again(intent.id)
        assert caught.value.code == "setup_intent_unexpected_state"


def test_a_refused_card_is_not_saved(server: LocalStripe, client: Any) -> None:
    customer = client.customers.create({})
    params = {"customer": customer.id, "confirm": True, "payment_method": "pm_card_chargeDeclined"}
    with pytest.raises(stripe.CardError) as caught:
        client.setup_intents.create(params)
    error: Any = caught.value.error
    intent = client.setup_intents.retrieve(error.setup_intent.id)
    assert (intent.status, intent.last_setup_error.code) == ("requires_payment_method", "card_declined")
    assert methods_of(client, customer) == []
    assert len(server.events("setup_intent.setup_failed")) == 1
    assert client.setup_intents.confirm(intent.id, {"payment_method": "pm_card_visa"}).last_setup_error is None


@pytest.mark.parametrize(
    "params",
    [
        {"payment_method": "pm_card_authenticationRequired"},
        {"payment_method": "pm_card_authenticationRequiredOnSetup"},
        {
            "payment_method": "pm_card_visa",
            "payment_method_options": {"card": {"request_three_d_secure": "challenge"}},
        },
    ],
)
def test_a_card_that_asks_is_saved_after_authentication(
    server: LocalStripe, client: Any, params: dict[str, Any]
) -> None:
    customer = client.customers.create({})
    first, second = (
        client.setup_intents.create({"customer": customer.id, "confirm": True, **params}) for _ in range(2)
    )
    assert (first.status, first.next_action.type) == ("requires_action", "use_stripe_sdk")
    assert len(server.events("setup_intent.requires_action")) == 2
    assert server.authenticate(first.id, succeed=False)["last_setup_error"]["code"] == (
        "setup_intent_authentication_failure"
    )
    assert methods_of(client, customer) == []
    assert control(server, "POST", f"authenticate/{second.id}")[1]["status"] == "succeeded"
    assert len(methods_of(client, customer)) == 1
    with pytest.raises(Exception, match="nothing to authenticate"):
        server.authenticate(second.id)


def test_a_setup_intent_is_canceled_and_cannot_go_on(server: LocalStripe, client: Any) -> None:
    intent = client.setup_intents.create({})
    canceled = client.setup_intents.cancel(intent.id, {"cancellation_reason": "abandoned"})
    assert (canceled.status, canceled.cancellation_reason) == ("canceled", "abandoned")
    assert len(server.events("setup_intent.canceled")) == 1
    bare = client.setup_intents.create({})
    with pytest.raises(stripe.InvalidRequestError, match="missing a payment method"):
        client.setup_intents.confirm(bare.id)
    assert client.setup_intents.confirm(bare.id, {"payment_method": "pm_card_visa"}).customer is None


def test_somebody_elses_card_is_not_set_up(client: Any, customer: Any) -> None:
    method = methods_of(client, customer)[0]
    other = client.customers.create({})
    for params in ({"customer": other.id}, {}):
        with pytest.raises(stripe.InvalidRequestError):
            client.setup_intents.create({**params, "payment_method": method, "confirm": True})
    assert methods_of(client, customer) == [method]


def test_the_page_saves_a_card_and_returns_to_the_shop(server: LocalStripe, client: Any) -> None:
    customer = client.customers.create({})
    intent = client.setup_intents.create({"customer": customer.id})
    assert "Save a card" in page(server, f"/pay/{intent.id}")
    press(server, intent.id, "decline")
    assert "Your card was declined." in page(server, f"/pay/{intent.id}")
    press(server, intent.id, "authenticate")
    press(server, intent.id, "fail")
    press(server, intent.id, "pay")
    assert client.setup_intents.retrieve(intent.id).status == "succeeded"
    asking = client.setup_intents.create(
        {
            "customer": customer.id,
            "confirm": True,
            "payment_method": "pm_card_authenticationRequired",
            "return_url": "https://shop.example.com/cards",
        }
    )
    address = urlsplit(press(server, asking.id, "authenticate"))
    assert parse_qs(address.query) == {
        "setup_intent": [asking.id],
        "setup_intent_client_secret": [asking.client_secret],
        "redirect_status": ["succeeded"],
    }


def test_a_trial_without_a_card_waits_for_its_setup_intent(server: LocalStripe, client: Any) -> None:
    customer = client.customers.create({})
    subscription = subscribe(
        client,
        customer,
        trial_period_days=7,
        payment_behavior="default_incomplete",
        payment_settings={"save_default_payment_method": "on_subscription"},
        expand=["pending_setup_intent"],
    )
    intent = subscription.pending_setup_intent
    assert (subscription.status, intent.status, intent.customer) == (
        "trialing",
        "requires_payment_method",
        customer.id,
    )
    done = client.setup_intents.confirm(intent.id, {"payment_method": "pm_card_visa"})
    after = client.subscriptions.retrieve(subscription.id)
    assert (after.pending_setup_intent, after.default_payment_method) == (None, done.payment_method)
    server.advance(9 * 86_400)
    assert client.subscriptions.retrieve(subscription.id).status == "active"


def test_a_trial_asks_for_authentication_only_of_cards_that_ask(server: LocalStripe, client: Any) -> None:
    ready = subscribe(client, new_customer(client), trial_period_days=7)
    assert ready.pending_setup_intent is None
    asking = new_customer(client, "pm_card_authenticationRequired")
    subscription = subscribe(client, asking, trial_period_days=7, expand=["pending_setup_intent"])
    assert subscription.pending_setup_intent.status == "requires_action"
    server.authenticate(subscription.pending_setup_intent.id)
    after = client.subscriptions.retrieve(subscription.id)
    assert (after.pending_setup_intent, after.default_payment_method) == (None, None)
