"""Buying one thing over the API: paid by the page or at once, handed over once, whichever news comes first."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
import stripe
from pytest_django import DjangoAssertNumQueries, Settings
from rest_framework.test import APIClient

from accounts.models import User
from conftest import Api
from dev.local_stripe import LocalStripe
from payments.gateway.connection.breaker import breaker
from payments.models import Fulfilment, LedgerEntry, Payment, WebhookEvent
from payments.purchasables import Price
from payments.services import create_payment_intent, get_or_create_stripe_customer, retrieve_payment_intent
from payments.signals import payment_succeeded
from payments.sync import sync_payment_intent
from payments.tests.delivering import Deliver, asked, confirm
from payments.tests.factories import paid_subscription
from payments.tests.racing import together
from payments.tests.selling import KIND, Seller, gets, news, selling, told

URL = "/api/v1/payments/create-payment/"
PAGES = "/api/v1/payments/create-checkout-session/"
INTENTS = "/v1/payment_intents"


@pytest.fixture
def seller() -> Iterator[Seller]:
    with selling() as ours:
        yield ours


def buy(client: APIClient, reference: str = "row-1", **more: Any) -> Any:
    headers = {"Idempotency-Key": more.pop("key")} if "key" in more else {}
    return client.post(URL, {"kind": KIND, "reference": reference} | more, headers=headers)


def status_of(client: APIClient, identifier: str) -> Any:
    return client.get(f"/api/v1/payments/status/{identifier}/")


def test_a_card_pays_at_once(api: Api, bob: User, local_stripe: LocalStripe, seller: Seller) -> None:
    answer = buy(api(bob), payment_method_id="pm_card_visa", amount="25.00", currency="USD")

    assert answer.status_code == 201
    row = Payment.objects.get()
    assert answer.json() == {
        "payment_id": str(row.pk),
        "payment_intent_id": row.stripe_id,
        "client_secret": None,
        "status": "succeeded",
        "amount": "25.00",
        "currency": "usd",
    }
    assert (row.kind, row.reference, row.description) == (KIND, "row-1", "A ticket for row-1")
    assert (row.amount, row.platform_fee, row.stripe_fee, row.stripe_fee_currency) == (2500, 280, 103, "usd")
    assert (row.status, row.fulfilment, row.user_id) == ("succeeded", Fulfilment.FULFILLED, bob.pk)
    assert row.receipt_url.startswith("http")
    assert row.charge_id.startswith("ch_")
    [purchase] = seller.paid
    assert (purchase.payment_id, purchase.user_id, purchase.amount) == (row.pk, bob.pk, 2500)
    assert not purchase.is_fully_refunded
    assert LedgerEntry.objects.get().amount == 2500
    assert told(bob) == ["payments.purchase_paid"]


def test_the_page_confirms_and_the_webhook_hands_over(
    api: Api, bob: User, local_stripe: LocalStripe, browser: stripe.StripeClient, deliver: Deliver, seller: Seller
) -> None:
    answer = buy(api(bob))
    assert (answer.status_code, answer.json()["status"]) == (201, "requires_payment_method")
    assert Payment.objects.get().fulfilment == Fulfilment.NONE
    assert confirm(browser, answer.json()["client_secret"]) == "succeeded"
    assert seller.paid == []

    news(local_stripe, deliver, "payment_intent.succeeded")
    news(local_stripe, deliver, "payment_intent.succeeded")

    assert [purchase.reference for purchase in seller.paid] == ["row-1"]
    assert told(bob) == ["payments.purchase_paid"]


def test_rule_51_the_return_page_hands_over_before_the_webhook(
    api: Api, bob: User, local_stripe: LocalStripe, browser: stripe.StripeClient, deliver: Deliver, seller: Seller
) -> None:
    client = api(bob)
    bought = buy(client).json()
    confirm(browser, bought["client_secret"])

    shown = status_of(client, bought["payment_intent_id"])

    assert shown.status_code == 200
    assert shown.json()["is_verified"]
    assert shown.json()["payment"]["is_fulfilled"]
    assert shown.json()["payment"]["status"] == "succeeded"
    assert len(seller.paid) == 1
    before = Payment.objects.values().get()
    news(local_stripe, deliver, "payment_intent.succeeded")
    assert (Payment.objects.values().get(), len(seller.paid)) == (before, 1)
    looks = len(gets(local_stripe))
    assert status_of(client, bought["payment_id"]).json()["payment"]["is_fulfilled"]
    assert len(gets(local_stripe)) == looks


def test_rule_51_without_a_return_the_webhook_suffices(
    bob: User, local_stripe: LocalStripe, browser: stripe.StripeClient, deliver: Deliver, seller: Seller
) -> None:
    bought = create_payment_intent(user=bob, kind=KIND, reference="row-1")
    confirm(browser, bought.client_secret or "")
    news(local_stripe, deliver, "payment_intent.succeeded")
    assert len(seller.paid) == 1


@pytest.mark.parametrize("identifier", ["sub_1", "cs_1", "..", "../status", "pi_", "pi_../x", "pi_1/", "cus_1%20"])
def test_rule_52_an_id_of_another_kind_is_a_400(
    api: Api, bob: User, local_stripe: LocalStripe, identifier: str
) -> None:
    answer = status_of(api(bob), identifier)
    assert (answer.status_code, answer.json()["code"]) == (400, "wrong_id")
    assert gets(local_stripe) == []


def test_rule_52_somebody_elses_payment_is_a_404(
    api: Api, bob: User, charlie: User, local_stripe: LocalStripe, seller: Seller
) -> None:
    bought = create_payment_intent(user=bob, kind=KIND, reference="row-1")
    stranger = api(charlie)
    before = len(gets(local_stripe))
    for identifier in (bought.payment_intent_id, bought.payment_id, "pi_unknown", str(uuid4())):
        assert status_of(stranger, identifier).status_code == 404
    assert stranger.get(f"/api/v1/payments/{bought.payment_id}/").status_code == 404
    assert len(gets(local_stripe)) == before


def test_while_stripe_is_away_the_last_known_state_is_told(
    api: Api, bob: User, local_stripe: LocalStripe, seller: Seller
) -> None:
    client = api(bob)
    bought = buy(client).json()
    local_stripe.faults.api(method="GET", path_prefix=INTENTS, status=500, times=3)
    shown = status_of(client, bought["payment_intent_id"]).json()
    assert (shown["is_verified"], shown["payment"]["status"]) == (False, "requires_payment_method")
    breaker.close()
    assert status_of(client, bought["payment_intent_id"]).json()["is_verified"]


def test_the_status_of_a_bill_is_served_too(api: Api, bob: User, local_stripe: LocalStripe) -> None:
    client = api(bob)
    client.post("/api/v1/payments/create-subscription/", {"plan": "premium"})
    row = Payment.objects.get()
    shown = status_of(client, row.stripe_id).json()["payment"]
    assert (shown["kind"], shown["status"]) == ("subscription", "requires_payment_method")


def test_rule_26_eight_looks_at_once_make_one_payment_and_one_mail(
    bob: User, local_stripe: LocalStripe, browser: stripe.StripeClient, seller: Seller
) -> None:
    bought = create_payment_intent(user=bob, kind=KIND, reference="row-1")
    confirm(browser, bought.client_secret or "")
    heard: list[Any] = []
    payment_succeeded.connect(receiver := lambda purchase, **_: heard.append(purchase))
    customer = get_or_create_stripe_customer(bob)

    def act(number: int) -> None:
        if number % 2:
            retrieve_payment_intent(user=bob, payment_intent_id=bought.payment_intent_id)
        else:
            sync_payment_intent(bought.payment_intent_id, customer_id=customer.stripe_id, is_purchase=True)

    together(8, act)
    payment_succeeded.disconnect(receiver)
    assert Payment.objects.count() == 1
    assert (len(seller.paid), len(heard)) == (1, 1)
    assert told(bob) == ["payments.purchase_paid"]


def test_an_unpaid_payment_for_the_same_is_offered_again(
    api: Api, bob: User, local_stripe: LocalStripe, browser: stripe.StripeClient, seller: Seller
) -> None:
    client = api(bob)
    first = buy(client).json()
    assert buy(client).json() == first
    assert len(asked(local_stripe, "POST", INTENTS)) == 1
    confirm(browser, first["client_secret"])
    refused = buy(client)
    assert (refused.status_code, refused.json()["payment_id"]) == (409, first["payment_id"])
    second = buy(client).json()
    assert second["payment_intent_id"] != first["payment_intent_id"]
    assert len(seller.paid) == 1


@pytest.mark.parametrize("way", ["card", "page"])
@pytest.mark.parametrize("first", ["intent", "page"])
def test_what_another_tab_has_just_paid_is_not_paid_again(
    api: Api, bob: User, local_stripe: LocalStripe, browser: stripe.StripeClient, seller: Seller, way: str, first: str
) -> None:
    client, thing = api(bob), {"kind": KIND, "reference": "row-1"}
    if first == "intent":
        confirm(browser, buy(client).json()["client_secret"])
    else:
        local_stripe.pay_session(client.post(PAGES, thing).json()["session_id"])
    refused = buy(client, payment_method_id="pm_card_visa") if way == "card" else client.post(PAGES, thing)
    assert (refused.status_code, refused.json()["code"]) == (409, "paid_already")
    assert len(seller.paid) == 1
    assert [each["amount"] for each in local_stripe.objects("charge")] == [2500]
    # Whoever wants another one says so again.
    assert buy(client, payment_method_id="pm_card_visa").json()["status"] == "succeeded"


def test_another_price_closes_the_unpaid_payment(
    api: Api, bob: User, local_stripe: LocalStripe, seller: Seller
) -> None:
    client = api(bob)
    first = buy(client).json()
    seller.prices["row-1"] = Price(3000, "usd")
    assert buy(client, amount="25.00").json()["code"] == "price_changed"
    second = buy(client, amount="30.00").json()
    assert second["amount"] == "30.00"
    statuses = dict(Payment.objects.values_list("stripe_id", "status"))
    assert statuses[first["payment_intent_id"]] == "canceled"


def test_a_declined_card_leaves_nothing_behind(
    api: Api, bob: User, local_stripe: LocalStripe, deliver: Deliver, seller: Seller
) -> None:
    client = api(bob)
    answer = buy(client, payment_method_id="pm_card_chargeDeclined")
    assert (answer.status_code, answer.json()["code"]) == (402, "card_declined")
    row = Payment.objects.get()
    assert (row.status, row.fulfilment, row.failure_code) == ("canceled", Fulfilment.NONE, "generic_decline")
    news(local_stripe, deliver, "payment_intent.payment_failed", "payment_intent.canceled")
    assert (seller.paid, told(bob)) == ([], [])
    assert buy(client, payment_method_id="pm_card_visa").json()["status"] == "succeeded"


def test_a_refusal_stands_when_the_rest_cannot_be_cleared_away(
    api: Api, bob: User, local_stripe: LocalStripe, seller: Seller
) -> None:
    local_stripe.faults.api(method="GET", path_prefix=INTENTS, status=500, times=3)
    answer = buy(api(bob), payment_method_id="pm_card_chargeDeclined")
    assert (answer.status_code, answer.json()["code"]) == (402, "card_declined")
    assert seller.paid == []


def test_a_bank_that_asks_leaves_the_payment_to_the_page(
    api: Api, bob: User, local_stripe: LocalStripe, seller: Seller
) -> None:
    client = api(bob)
    answer = buy(client, payment_method_id="pm_card_authenticationRequired").json()
    assert answer["status"] == "requires_action"
    local_stripe.authenticate(answer["payment_intent_id"])
    assert status_of(client, answer["payment_intent_id"]).json()["payment"]["is_fulfilled"]
    assert len(seller.paid) == 1


@pytest.mark.parametrize("method", ["pm_unknown", "pm_card_unknown"])
def test_an_unknown_card_is_refused(
    api: Api, bob: User, local_stripe: LocalStripe, seller: Seller, method: str
) -> None:
    answer = buy(api(bob), payment_method_id=method)
    assert (answer.status_code, answer.json()["code"]) == (400, "payment_method_invalid")
    assert Payment.objects.get().status == "canceled"


def test_a_large_amount_is_authenticated(
    api: Api, bob: User, local_stripe: LocalStripe, settings: Settings, seller: Seller
) -> None:
    settings.PURCHASE_AUTHENTICATED_FROM = {"usd": "25.00"}
    assert buy(api(bob), payment_method_id="pm_card_visa").json()["status"] == "requires_action"
    options = local_stripe.objects("payment_intent")[0]["payment_method_options"]
    assert options["card"]["request_three_d_secure"] == "any"
    settings.PURCHASE_AUTHENTICATED_FROM = {"usd": "25.01"}
    assert buy(api(bob), payment_method_id="pm_card_visa").json()["status"] == "succeeded"
    settings.PURCHASE_AUTHENTICATED_FROM = {}
    assert buy(api(bob), payment_method_id="pm_card_visa").json()["status"] == "requires_action"


def test_a_slow_payment_that_fails_is_told_once_and_never_handed_over(
    api: Api, bob: User, local_stripe: LocalStripe, browser: stripe.StripeClient, deliver: Deliver, seller: Seller
) -> None:
    client = api(bob)
    bought = buy(client).json()
    browser.v1.payment_intents.confirm(bought["payment_intent_id"], {"payment_method": "pm_local_slowDeclined"})
    assert status_of(client, bought["payment_id"]).json()["payment"]["status"] == "processing"
    local_stripe.settle_payment(bought["payment_intent_id"])
    news(local_stripe, deliver, "payment_intent.processing", "payment_intent.payment_failed")
    news(local_stripe, deliver, "payment_intent.payment_failed")
    assert told(bob) == ["payments.purchase_failed"]
    assert (seller.paid, Payment.objects.get().fulfilment) == ([], Fulfilment.NONE)


def test_a_sellers_mistake_leaves_nothing_half_done(
    api: Api, bob: User, local_stripe: LocalStripe, browser: stripe.StripeClient, deliver: Deliver, seller: Seller
) -> None:
    bought = buy(api(bob)).json()
    confirm(browser, bought["client_secret"])
    seller.fails = True
    news(local_stripe, deliver, "payment_intent.succeeded")
    assert WebhookEvent.objects.get().state == "failed"
    row = Payment.objects.get()
    assert (row.status, row.fulfilment) == ("requires_payment_method", Fulfilment.NONE)
    assert (LedgerEntry.objects.count(), told(bob)) == (0, [])
    seller.fails = False
    assert status_of(api(bob), bought["payment_id"]).json()["payment"]["is_fulfilled"]
    assert len(seller.paid) == 1


@pytest.mark.parametrize(
    ("body", "code", "status"),
    [
        ({"kind": "nothing"}, "not_for_sale", 400),
        ({"kind": "Bad Kind"}, "validation_error", 400),
        ({"reference": "unknown"}, "not_found", 404),
        ({"reference": ""}, "validation_error", 400),
        ({"amount": "24.99"}, "price_changed", 409),
        ({"currency": "eur"}, "price_changed", 409),
        ({"amount": "25.00", "currency": "jpy"}, "amount_invalid", 400),
        ({"currency": "dollars"}, "validation_error", 400),
        ({"payment_method_id": "card_1"}, "validation_error", 400),
        ({"amount": "-25.00"}, "amount_invalid", 400),
        ({"amount": "NaN"}, "amount_invalid", 400),
    ],
)
def test_bad_input_reaches_nobody(
    api: Api, bob: User, local_stripe: LocalStripe, seller: Seller, body: dict[str, str], code: str, status: int
) -> None:
    answer = api(bob).post(URL, {"kind": KIND, "reference": "row-1"} | body)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert (local_stripe.requests, Payment.objects.count()) == ([], 0)


def test_what_is_not_theirs_to_buy_is_a_404(api: Api, charlie: User, local_stripe: LocalStripe, seller: Seller) -> None:
    assert buy(api(charlie)).status_code == 404
    assert api(None).post(URL, {}).status_code == 401
    assert local_stripe.requests == []


def test_the_same_key_gives_the_same_answer(api: Api, bob: User, local_stripe: LocalStripe, seller: Seller) -> None:
    client = api(bob)
    first = buy(client, payment_method_id="pm_card_visa", key="k1")
    seller.prices["row-1"] = Price(9900, "usd")
    assert buy(client, payment_method_id="pm_card_visa", key="k1").json() == first.json()
    other = buy(client, "row-2", key="k1")
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    assert len(local_stripe.objects("payment_intent")) == 1


def test_the_list_is_ones_own_newest_first_and_costs_two_queries(
    api: Api, bob: User, charlie: User, local_stripe: LocalStripe, seller: Seller,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:  # fmt: skip
    for number in range(3):
        create_payment_intent(user=bob, kind=KIND, reference=f"row-{number}")
        local_stripe.advance(60)
    paid_subscription(charlie)
    client = api(bob)
    with django_assert_num_queries(3):
        shown = client.get("/api/v1/payments/my-payments/").json()
    assert [row["reference"] for row in shown["results"]] == ["row-2", "row-1", "row-0"]
    one = client.get(f"/api/v1/payments/{shown['results'][0]['id']}/")
    assert one.json() == shown["results"][0]


def test_the_list_is_narrowed(api: Api, bob: User, local_stripe: LocalStripe, seller: Seller) -> None:
    create_payment_intent(user=bob, kind=KIND, reference="row-1")
    paid_subscription(bob)
    client = api(bob)

    def count(**query: str) -> int:
        return int(client.get("/api/v1/payments/my-payments/", query).json()["count"])

    today = Payment.objects.latest("stripe_created_at").stripe_created_at.date().isoformat()
    assert (count(), count(kind=KIND), count(kind="subscription"), count(kind="other")) == (2, 1, 1, 0)
    assert (count(status="succeeded"), count(status="canceled")) == (1, 0)
    assert count(**{"from": today, "to": today}) == 2
    assert (count(to="2020-01-01"), count(**{"from": "2999-01-01"})) == (0, 0)
    assert (count(to="9999-12-31"), count(**{"from": "0001-01-01"})) == (2, 2)


@pytest.mark.parametrize(
    "query",
    [{"status": "lost"}, {"kind": "No Kind"}, {"from": "yesterday"}, {"from": "2026-02-02", "to": "2026-02-01"}],
)
def test_a_bad_filter_is_a_400(api: Api, bob: User, query: dict[str, str]) -> None:
    answer = api(bob).get("/api/v1/payments/my-payments/", query)
    assert (answer.status_code, answer.json()["code"]) == (400, "validation_error")
