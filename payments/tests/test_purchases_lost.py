"""Purchases whose answer never came: found at Stripe, never made twice, and told to whoever asks again."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import stripe
from rest_framework.test import APIClient

from accounts.models import User
from conftest import Api
from dev.local_stripe import LocalStripe
from payments.gateway import (
    ObjectMissing,
    cancel_payment_intent,
    expire_checkout,
    fetch_checkout,
    fetch_payment_intent,
)
from payments.gateway.connection.breaker import breaker
from payments.models import BillingOperation, CheckoutSession, OperationState, Payment, WebhookEvent
from payments.purchasables import Price
from payments.services import create_refund, get_or_create_stripe_customer
from payments.services.settling import CERTAIN_AFTER, SWEPT_AFTER
from payments.tasks import process_webhook_event, sweep_operations
from payments.tests.delivering import Deliver, asked, confirm
from payments.tests.factories import stripe_customer
from payments.tests.racing import together
from payments.tests.selling import KIND, Seller, selling

INTENTS, SESSIONS = "/v1/payment_intents", "/v1/checkout/sessions"


@pytest.fixture
def seller() -> Iterator[Seller]:
    with selling() as ours:
        yield ours


def buy(client: APIClient, card: str = "", key: str = "", **more: str) -> Any:
    body = {"kind": KIND, "reference": "row-1"} | ({"payment_method_id": card} if card else {}) | more
    headers = {"Idempotency-Key": key} if key else {}
    return client.post("/api/v1/payments/create-payment/", body, headers=headers)


def visit(client: APIClient) -> Any:
    return client.post("/api/v1/payments/create-checkout-session/", {"kind": KIND, "reference": "row-1"})


def age(by: timedelta) -> None:
    for operation in BillingOperation.objects.all():
        operation.created_at -= by
        operation.asked_at = operation.asked_at and operation.asked_at - by
        operation.save()


def lose(server: LocalStripe, path: str = INTENTS, suffix: str = "") -> None:
    """Stripe carries out what is posted next, and its answers are lost."""
    server.faults.api(method="POST", path_prefix=path, close_after_commit=True, times=3)


def operation(kind: str = "create_payment") -> BillingOperation:
    return BillingOperation.objects.filter(kind=kind).earliest("created_at")


def charged(server: LocalStripe) -> list[int]:
    return [each["amount"] for each in server.objects("charge") if each["status"] == "succeeded"]


@pytest.mark.parametrize("key", ["", "k1", "other"])
def test_rule_44_work_that_is_redelivered_charges_once(
    api: Api, bob: User, local_stripe: LocalStripe, seller: Seller, key: str
) -> None:
    client = api(bob)
    get_or_create_stripe_customer(bob)
    lose(local_stripe)
    assert buy(client, "pm_card_visa", key="k1").status_code == 503
    assert operation().state == OperationState.UNKNOWN
    age(SWEPT_AFTER)

    together(3, lambda number: sweep_operations())
    sweep_operations()

    assert operation().state == OperationState.SUCCEEDED
    answer = buy(client, "pm_card_visa", key=key)
    assert answer.status_code == 201
    assert len(local_stripe.objects("payment_intent")) == 1
    assert set(asked(local_stripe, "POST", INTENTS)) == {str(operation().pk)}
    assert (charged(local_stripe), len(seller.paid)) == ([], 0)


def test_rule_44_a_redelivered_event_has_the_effect_of_one(
    api: Api, bob: User, local_stripe: LocalStripe, browser: stripe.StripeClient, deliver: Deliver, seller: Seller
) -> None:
    confirm(browser, buy(api(bob)).json()["client_secret"])
    deliver(local_stripe.events("payment_intent.succeeded")[0])
    row_id = str(WebhookEvent.objects.get().pk)
    together(4, lambda number: process_webhook_event(row_id))
    process_webhook_event(row_id)
    assert (charged(local_stripe), len(seller.paid)) == ([2500], 1)


def test_a_payment_whose_confirmation_was_lost_is_found_paid(
    api: Api, bob: User, local_stripe: LocalStripe, seller: Seller
) -> None:
    client = api(bob)
    local_stripe.faults.api(method="GET", path_prefix=INTENTS, status=500, times=3)
    assert buy(client, "pm_card_visa").status_code == 503
    breaker.close()
    assert (operation().state, seller.paid) == (OperationState.UNKNOWN, [])

    answer = buy(client, "pm_card_visa").json()

    assert (answer["status"], answer["client_secret"]) == ("succeeded", None)
    assert (charged(local_stripe), len(seller.paid)) == ([2500], 1)
    assert buy(client, "pm_card_visa").json()["payment_id"] != answer["payment_id"]
    assert charged(local_stripe) == [2500, 2500]


def test_what_was_paid_without_an_answer_is_not_paid_again_with_another_card(
    api: Api, bob: User, local_stripe: LocalStripe, seller: Seller
) -> None:
    client = api(bob)
    lose(local_stripe, f"{INTENTS}/")
    assert buy(client, "pm_card_visa").status_code == 503
    answer = buy(client, "pm_card_mastercard", key="other").json()
    assert (answer["status"], answer["payment_id"]) == ("succeeded", str(Payment.objects.get().pk))
    assert (charged(local_stripe), len(seller.paid)) == ([2500], 1)
    assert buy(client, "pm_card_mastercard").status_code == 201
    assert charged(local_stripe) == [2500, 2500]


def test_what_was_paid_without_an_answer_is_not_paid_again_on_stripes_page(
    api: Api, bob: User, local_stripe: LocalStripe, seller: Seller
) -> None:
    client = api(bob)
    lose(local_stripe, f"{INTENTS}/")
    assert buy(client, "pm_card_visa").status_code == 503
    refused = visit(client)
    assert (refused.status_code, refused.json()["code"]) == (409, "paid_already")
    assert refused.json()["payment_id"] == str(Payment.objects.get().pk)
    assert (local_stripe.objects("checkout.session"), len(seller.paid)) == ([], 1)
    assert visit(client).status_code == 201


def test_what_was_paid_without_an_answer_and_given_back_since_may_be_bought(
    api: Api, bob: User, local_stripe: LocalStripe, seller: Seller
) -> None:
    client = api(bob)
    lose(local_stripe, f"{INTENTS}/")
    assert buy(client, "pm_card_visa").status_code == 503
    age(SWEPT_AFTER)
    sweep_operations()
    create_refund(payment=Payment.objects.get())
    assert visit(client).status_code == 201


def test_a_card_instead_of_a_lost_wait_for_the_bank_closes_it(
    api: Api, bob: User, local_stripe: LocalStripe, seller: Seller
) -> None:
    client = api(bob)
    lose(local_stripe, f"{INTENTS}/")
    assert buy(client, "pm_card_authenticationRequired").status_code == 503
    assert buy(client, "pm_card_visa").json()["status"] == "succeeded"
    assert sorted(each["status"] for each in local_stripe.objects("payment_intent")) == ["canceled", "succeeded"]


@pytest.mark.parametrize("key", ["", "k1"])
def test_a_page_whose_answer_was_lost_is_closed_by_a_payment(
    api: Api, bob: User, local_stripe: LocalStripe, seller: Seller, key: str
) -> None:
    client = api(bob)
    lose(local_stripe, SESSIONS)
    assert visit(client).status_code == 503
    assert buy(client, "pm_card_visa", key=key).json()["status"] == "succeeded"
    assert [each["status"] for each in local_stripe.objects("checkout.session")] == ["expired"]


def test_a_subscription_whose_answer_was_lost_is_found_before_a_page_is_opened(
    api: Api, bob: User, local_stripe: LocalStripe, seller: Seller
) -> None:
    client = api(bob)
    lose(local_stripe, "/v1/subscriptions")
    body = {"plan": "basic", "payment_method_id": "pm_card_visa"}
    assert client.post("/api/v1/payments/create-subscription/", body).status_code == 503
    refused = client.post("/api/v1/payments/create-checkout-session/", {"plan": "basic"})
    assert (refused.status_code, refused.json()["code"]) == (409, "already_subscribed")
    assert operation("create_subscription").state == OperationState.SUCCEEDED


def test_the_same_key_goes_on_where_the_first_try_ended(
    api: Api, bob: User, local_stripe: LocalStripe, seller: Seller
) -> None:
    client = api(bob)
    local_stripe.faults.api(method="GET", path_prefix=f"{INTENTS}/", status=401)
    assert buy(client, "pm_card_visa", "k1").status_code == 503
    seller.prices["row-1"] = Price(9900, "usd")
    answer = buy(client, "pm_card_visa", "k1").json()
    assert (answer["status"], answer["amount"]) == ("succeeded", "25.00")
    assert charged(local_stripe) == [2500]
    assert buy(client, "pm_card_visa", "k1").json() == answer


def test_what_was_found_and_closed_since_is_not_offered(
    api: Api, bob: User, local_stripe: LocalStripe, browser: stripe.StripeClient, seller: Seller
) -> None:
    client = api(bob)
    get_or_create_stripe_customer(bob)
    lose(local_stripe)
    assert buy(client).status_code == 503
    age(SWEPT_AFTER)
    sweep_operations()
    found = Payment.objects.get()
    assert buy(client, "pm_card_visa").json()["status"] == "succeeded"
    answer = buy(client).json()
    assert answer["payment_intent_id"] != found.stripe_id
    assert answer["status"] == "requires_payment_method"


def test_what_was_found_unpaid_is_no_obstacle_to_stripes_page(
    api: Api, bob: User, local_stripe: LocalStripe, seller: Seller
) -> None:
    client = api(bob)
    lose(local_stripe)
    assert buy(client).status_code == 503
    age(SWEPT_AFTER)
    sweep_operations()
    assert operation().state == OperationState.SUCCEEDED
    assert visit(client).status_code == 201
    assert [each["status"] for each in local_stripe.objects("payment_intent")] == ["canceled"]


def test_what_was_cancelled_unnoticed_is_made_anew(
    api: Api, bob: User, local_stripe: LocalStripe, browser: stripe.StripeClient, seller: Seller
) -> None:
    client = api(bob)
    first = buy(client).json()["payment_intent_id"]
    browser.v1.payment_intents.cancel(first)
    second = buy(client).json()
    assert (second["payment_intent_id"] != first, second["status"]) == (True, "requires_payment_method")
    assert Payment.objects.get(stripe_id=first).status == "canceled"


def test_what_somebody_made_unrecognisable_is_closed_all_the_same(
    api: Api, bob: User, local_stripe: LocalStripe, browser: stripe.StripeClient, seller: Seller
) -> None:
    client = api(bob)
    first = buy(client).json()["payment_intent_id"]
    browser.v1.payment_intents.update(first, {"metadata": {"kind": ""}})
    assert buy(client, "pm_card_visa").json()["status"] == "succeeded"
    assert fetch_payment_intent(first).status == "canceled"
    assert charged(local_stripe) == [2500]


def test_what_was_found_and_paid_since_is_told_without_its_secret(
    api: Api, bob: User, local_stripe: LocalStripe, browser: stripe.StripeClient, seller: Seller
) -> None:
    client = api(bob)
    get_or_create_stripe_customer(bob)
    lose(local_stripe)
    assert buy(client).status_code == 503
    age(SWEPT_AFTER)
    sweep_operations()
    row = Payment.objects.get()
    confirm(browser, local_stripe.objects("payment_intent")[0]["client_secret"])
    client.get(f"/api/v1/payments/status/{row.pk}/")
    answer = buy(client).json()
    assert (answer["payment_id"], answer["status"], answer["client_secret"]) == (str(row.pk), "succeeded", None)


@pytest.mark.parametrize(("kind", "path"), [("create_payment", INTENTS), ("create_checkout", SESSIONS)])
def test_what_was_never_made_is_given_up_when_that_is_certain(
    api: Api, bob: User, local_stripe: LocalStripe, seller: Seller, kind: str, path: str
) -> None:
    get_or_create_stripe_customer(bob)
    local_stripe.faults.api(method="POST", path_prefix=path, close_before=True, times=3)
    act = buy if path == INTENTS else visit
    assert act(api(bob)).status_code == 503
    assert operation(kind).state == OperationState.UNKNOWN
    assert act(api(bob)).status_code == 503
    age(CERTAIN_AFTER)
    sweep_operations()
    assert operation(kind).state == OperationState.FAILED
    assert act(api(bob)).status_code == 201


def test_a_page_whose_answer_was_lost_is_found_and_closed_by_the_next(
    api: Api, bob: User, local_stripe: LocalStripe, seller: Seller
) -> None:
    get_or_create_stripe_customer(bob)
    lose(local_stripe, SESSIONS)
    assert visit(api(bob)).status_code == 503
    answer = visit(api(bob))
    assert answer.status_code == 201
    states = dict(CheckoutSession.objects.values_list("stripe_id", "status"))
    assert sorted(states.values()) == ["expired", "open"]
    assert states[answer.json()["session_id"]] == "open"


def test_a_page_that_could_not_be_written_down_is_found(
    api: Api, bob: User, local_stripe: LocalStripe, seller: Seller
) -> None:
    local_stripe.faults.api(method="GET", path_prefix=SESSIONS, status=401)
    assert visit(api(bob)).status_code == 503
    age(SWEPT_AFTER)
    sweep_operations()
    assert operation("create_checkout").state == OperationState.SUCCEEDED
    assert CheckoutSession.objects.get().status == "open"


@pytest.mark.parametrize("act", [buy, visit])
def test_a_customer_of_another_account_is_replaced(
    api: Api, bob: User, local_stripe: LocalStripe, seller: Seller, act: Any
) -> None:
    old = stripe_customer(bob, stripe_id="cus_of_another_account")
    assert act(api(bob)).status_code == 503
    old.refresh_from_db()
    assert old.deleted_at is not None
    assert act(api(bob)).status_code == 201


def test_a_list_that_stripe_refuses_is_no_purchase(
    api: Api, bob: User, local_stripe: LocalStripe, seller: Seller
) -> None:
    """As for a customer of another account."""
    get_or_create_stripe_customer(bob)
    lose(local_stripe)
    assert buy(api(bob)).status_code == 503
    age(CERTAIN_AFTER)
    local_stripe.faults.api(method="GET", path_prefix=INTENTS, status=404)
    sweep_operations()
    assert operation().state == OperationState.FAILED


def test_what_stripe_does_not_know_cannot_be_closed(local_stripe: LocalStripe) -> None:
    with pytest.raises(ObjectMissing):
        cancel_payment_intent(key="k1", intent_id="pi_unknown")
    with pytest.raises(ObjectMissing):
        expire_checkout(key="k2", session_id="cs_unknown")
    for nothing in (fetch_payment_intent, fetch_checkout):
        with pytest.raises(ObjectMissing):
            nothing("")
