from typing import Any

import pytest
import stripe

from dev.local_stripe import LocalStripe
from dev.local_stripe.tests.conftest import connect, new_customer, subscribe


def test_a_customer_is_made_changed_and_found(server: LocalStripe, client: Any) -> None:
    customer = client.customers.create(
        {"email": "a@example.com", "name": "A", "metadata": {"x": "1"}, "address": {"city": "Rome"}}
    )
    changed = client.customers.update(customer.id, {"name": "", "metadata": {"y": "2"}, "phone": "+39"})
    assert (changed.name, changed.phone) == (None, "+39")
    assert changed.metadata.to_dict() == {"x": "1", "y": "2"}
    (event,) = server.events("customer.updated")
    assert event["data"]["previous_attributes"] == {"name": "A", "phone": None, "metadata": {"y": None}}
    client.customers.create({"email": "b@example.com"})
    assert [each.id for each in client.customers.list({"email": "a@example.com"}).data] == [customer.id]


def test_a_deleted_customer_answers_only_that(server: LocalStripe, client: Any, customer: Any) -> None:
    subscription = subscribe(client, customer)
    assert client.customers.delete(customer.id).deleted is True
    assert client.customers.retrieve(customer.id).to_dict() == {
        "id": customer.id,
        "object": "customer",
        "deleted": True,
    }
    assert client.subscriptions.retrieve(subscription.id).status == "canceled"
    assert client.customers.list().data == []
    assert client.payment_methods.list({"customer": customer.id}).data == []
    assert server.events("customer.deleted")[0]["data"]["object"]["email"] == "alice@example.com"
    again: list[tuple[Any, Any]] = [
        (client.customers.delete, (customer.id,)),
        (client.customers.update, (customer.id, {"name": "B"})),
        (subscribe, (client, customer)),
    ]
    for call, args in again:
        with pytest.raises(stripe.InvalidRequestError) as caught:
            call(*args)
        assert caught.value.code == "resource_missing"


def test_a_test_token_becomes_a_new_card_of_the_customer(server: LocalStripe, client: Any) -> None:
    customer = client.customers.create({})
    first = client.payment_methods.attach("pm_card_visa", {"customer": customer.id})
    second = client.payment_methods.attach("pm_card_visa", {"customer": customer.id})
    assert first.id != second.id
    assert first.card.fingerprint == second.card.fingerprint
    assert (first.card.brand, first.card.last4, first.customer) == ("visa", "4242", customer.id)
    amex = client.payment_methods.attach("pm_card_amex", {"customer": customer.id})
    assert amex.card.fingerprint != first.card.fingerprint
    listed = client.customers.payment_methods.list(customer.id, {"type": "card"}).data
    assert [each.id for each in listed] == [amex.id, second.id, first.id]
    assert len(server.events("payment_method.attached")) == 3


@pytest.mark.parametrize(
    ("token", "code", "decline_code"),
    [
        ("pm_card_chargeDeclined", "card_declined", "generic_decline"),
        ("pm_card_chargeDeclinedInsufficientFunds", "card_declined", "insufficient_funds"),
        ("pm_card_chargeDeclinedExpiredCard", "expired_card", "expired_card"),
    ],
)
def test_a_declining_card_cannot_be_saved(
    server: LocalStripe, client: Any, token: str, code: str, decline_code: str
) -> None:
    customer = client.customers.create({})
    with pytest.raises(stripe.CardError) as caught:
        client.payment_methods.attach(token, {"customer": customer.id})
    error: Any = caught.value.error
    assert (error.code, error.decline_code) == (code, decline_code)
    assert server.objects("payment_method") == []


def test_a_card_is_detached_from_every_place(server: LocalStripe, client: Any, customer: Any) -> None:
    method = client.payment_methods.list({"customer": customer.id}).data[0]
    subscription = subscribe(client, customer, default_payment_method=method.id)
    assert client.payment_methods.detach(method.id).customer is None
    assert client.customers.retrieve(customer.id).invoice_settings.default_payment_method is None
    assert client.subscriptions.retrieve(subscription.id).default_payment_method is None
    (event,) = server.events("payment_method.detached")
    assert event["data"]["previous_attributes"] == {"customer": customer.id}
    with pytest.raises(stripe.InvalidRequestError):
        client.payment_methods.detach(method.id)


def test_a_saved_card_belongs_to_one_customer(client: Any, customer: Any) -> None:
    method = client.payment_methods.list({"customer": customer.id}).data[0]
    other = client.customers.create({})
    with pytest.raises(stripe.InvalidRequestError):
        client.payment_methods.attach(method.id, {"customer": other.id})
    with pytest.raises(stripe.InvalidRequestError):
        client.customers.update(other.id, {"invoice_settings": {"default_payment_method": method.id}})
    assert client.payment_methods.attach(method.id, {"customer": customer.id}).id == method.id
    with pytest.raises(stripe.InvalidRequestError) as caught:
        client.payment_methods.attach(method.id)
    assert caught.value.param == "customer"


def test_a_default_card_is_set_and_cleared(client: Any, customer: Any) -> None:
    assert customer.invoice_settings.default_payment_method
    cleared = client.customers.update(customer.id, {"invoice_settings": {"default_payment_method": ""}})
    assert cleared.invoice_settings.default_payment_method is None


def test_reading_a_token_makes_a_card(client: Any) -> None:
    fresh = client.payment_methods.retrieve("pm_card_visa")
    assert client.payment_methods.retrieve(fresh.id).customer is None


def test_keys_are_test_keys(server: LocalStripe) -> None:
    for key, message in ((" ", "did not provide"), ("sk_live_0000000000", "sk_live_\\*+0000")):
        client = stripe.StripeClient(key, base_addresses={"api": server.url}, max_network_retries=0)
        with pytest.raises(stripe.AuthenticationError, match=message) as caught:
            client.v1.customers.list()
        assert caught.value.http_status == 401


def test_unknown_addresses_and_objects_are_404(server: LocalStripe, client: Any) -> None:
    missing: list[tuple[Any, Any]] = [
        (client.topups.list, ()),
        (client.customers.retrieve, ("cus_none",)),
        (client.payment_methods.retrieve, ("pm_none",)),
    ]
    for call, args in missing:
        with pytest.raises(stripe.InvalidRequestError) as caught:
            call(*args)
        assert caught.value.http_status == 404


def test_another_version_of_the_api_is_refused(client: Any) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="2026-10-28"):
        client.customers.list({}, {"stripe_version": "2023-10-16"})


def test_one_connection_serves_many_requests(server: LocalStripe) -> None:
    client = connect(server)
    for _ in range(5):
        new_customer(client)
    assert len(server.objects("customer")) == 5
