"""Paying on Stripe's own page: one thing or a plan, quickly, slowly or never, in one tab or two."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from pytest_django import Settings
from rest_framework.test import APIClient

from accounts.models import Plan, User
from conftest import Api
from dev.local_stripe import LocalStripe
from payments.gateway.connection.breaker import breaker
from payments.models import CheckoutSession, Fulfilment, Payment, Refund, Subscription, WebhookEvent
from payments.purchasables import Price
from payments.reconciling import reconcile_everything
from payments.services import create_checkout_session, create_subscription, get_or_create_stripe_customer
from payments.services.selling.checkouts import look_at_checkout
from payments.tests.delivering import Deliver, asked
from payments.tests.racing import together
from payments.tests.selling import KIND, Seller, gets, news, selling, told

URL = "/api/v1/payments/create-checkout-session/"
SESSIONS = "/v1/checkout/sessions"
ENDED = ("completed", "async_payment_succeeded", "async_payment_failed", "expired")


@pytest.fixture
def seller() -> Iterator[Seller]:
    with selling() as ours:
        yield ours


def visit(client: APIClient, **body: str) -> Any:
    headers = {"Idempotency-Key": body.pop("key")} if "key" in body else {}
    return client.post(URL, body or {"kind": KIND, "reference": "row-1"}, headers=headers)


def status_of(client: APIClient, identifier: str) -> Any:
    return client.get(f"/api/v1/payments/checkout-status/{identifier}/")


def ended(server: LocalStripe, deliver: Deliver, *which: str) -> None:
    news(server, deliver, *(f"checkout.session.{what}" for what in which or ENDED))


def plan_of(user: User) -> str:
    user.refresh_from_db()
    return str(user.subscription_plan)


def test_a_page_for_one_thing(
    api: Api, bob: User, local_stripe: LocalStripe, deliver: Deliver, settings: Settings, seller: Seller
) -> None:
    settings.FRONTEND_URL = "https://app.example.com/"
    answer = visit(api(bob), kind=KIND, reference="row-1", success_path="/thanks?for=row-1", cancel_path="/shop")

    assert answer.status_code == 201
    page = CheckoutSession.objects.get()
    body = answer.json()
    assert body["session_id"] == page.stripe_id
    assert body["url"].startswith("http")
    theirs = local_stripe.objects("checkout.session")[0]
    assert theirs["success_url"] == "https://app.example.com/thanks?for=row-1&session_id={CHECKOUT_SESSION_ID}"
    assert theirs["cancel_url"] == "https://app.example.com/shop"
    assert (page.kind, page.reference, page.amount, page.platform_fee, page.status) == (
        KIND,
        "row-1",
        2500,
        280,
        "open",
    )

    local_stripe.pay_session(page.stripe_id)
    ended(local_stripe, deliver)

    page.refresh_from_db()
    payment = Payment.objects.get()
    assert (page.status, page.payment_status, page.payment_id) == ("complete", "paid", payment.pk)
    assert (payment.status, payment.fulfilment, payment.platform_fee) == ("succeeded", Fulfilment.FULFILLED, 280)
    assert (payment.stripe_fee, payment.description) == (103, "A ticket for row-1")
    assert [purchase.reference for purchase in seller.paid] == ["row-1"]
    assert told(bob) == ["payments.purchase_paid"]


@pytest.mark.parametrize(("amount", "currency"), [(2300, "eur"), (4000, "jpy")])
def test_a_page_in_another_currency_is_kept_and_paid_in_it(
    api: Api, bob: User, seller: Seller, local_stripe: LocalStripe, deliver: Deliver, amount: int, currency: str
) -> None:
    seller.prices["row-1"] = Price(amount, currency)
    session_id = visit(api(bob), kind=KIND, reference="row-1").json()["session_id"]
    local_stripe.pay_session(session_id)
    ended(local_stripe, deliver)

    page, payment = CheckoutSession.objects.get(), Payment.objects.get()
    assert (page.amount, page.currency, page.status) == (amount, currency, "complete")
    assert (payment.amount, payment.currency) == (amount, currency)
    assert [(entry.amount, entry.currency) for entry in payment.ledger.all()] == [(amount, currency)]


def test_a_page_for_a_plan(api: Api, bob: User, local_stripe: LocalStripe, deliver: Deliver) -> None:
    client = api(bob)
    bought = visit(client, plan="premium").json()
    local_stripe.pay_session(bought["session_id"])
    ended(local_stripe, deliver)
    page = CheckoutSession.objects.get()
    told = client.get(f"/api/v1/payments/checkout-status/{bought['session_id']}/").json()["checkout"]
    assert bought["expires_at"] == told["expires_at"]
    row = Subscription.objects.get()
    assert (page.mode, page.kind, page.plan, page.subscription_id) == (
        "subscription",
        "subscription",
        "premium",
        row.pk,
    )
    assert (row.status, row.paid_plan) == ("active", "premium")
    assert plan_of(bob) == Plan.PREMIUM
    assert visit(client, plan="elite").json()["code"] == "already_subscribed"


def test_rule_51_the_return_page_gives_access_before_any_webhook(
    api: Api, bob: User, local_stripe: LocalStripe, deliver: Deliver, seller: Seller
) -> None:
    client = api(bob)
    plan, thing = visit(client, plan="premium").json(), visit(client).json()
    for page in (plan, thing):
        local_stripe.pay_session(page["session_id"])
        shown = status_of(client, page["session_id"]).json()
        assert shown["is_verified"]
        assert (shown["checkout"]["status"], shown["checkout"]["payment_status"]) == ("complete", "paid")
    assert shown["checkout"]["payment"]["is_fulfilled"]
    assert plan_of(bob) == Plan.PREMIUM
    before = list(CheckoutSession.objects.order_by("pk").values())
    ended(local_stripe, deliver)
    assert list(CheckoutSession.objects.order_by("pk").values()) == before
    assert len(seller.paid) == 1
    assert status_of(client, str(CheckoutSession.objects.latest("created_at").pk)).status_code == 200


@pytest.mark.parametrize("succeeds", [True, False])
def test_rule_50_unpaid_gives_nothing_until_the_bank_has_said_yes(
    api: Api, bob: User, local_stripe: LocalStripe, deliver: Deliver, seller: Seller, succeeds: bool
) -> None:
    client = api(bob)
    page = visit(client).json()["session_id"]
    local_stripe.pay_session_slowly(page)
    ended(local_stripe, deliver)
    shown = status_of(client, page).json()["checkout"]
    assert (shown["status"], shown["payment_status"], shown["payment"]["status"]) == (
        "complete",
        "unpaid",
        "processing",
    )
    assert (seller.paid, told(bob)) == ([], [])

    local_stripe.settle_session(page, succeed=succeeds)
    ended(local_stripe, deliver)
    news(local_stripe, deliver, "payment_intent.payment_failed", "payment_intent.succeeded")

    assert len(seller.paid) == int(succeeds)
    assert told(bob) == [f"payments.purchase_{'paid' if succeeds else 'failed'}"]
    assert Payment.objects.get().fulfilment == (Fulfilment.FULFILLED if succeeds else Fulfilment.NONE)


@pytest.mark.parametrize("succeeds", [True, False])
def test_rule_50_a_plan_that_is_paid_slowly(
    api: Api, bob: User, local_stripe: LocalStripe, deliver: Deliver, succeeds: bool
) -> None:
    page = visit(api(bob), plan="premium").json()["session_id"]
    local_stripe.pay_session_slowly(page)
    ended(local_stripe, deliver)
    assert plan_of(bob) == Plan.FREE
    local_stripe.settle_session(page, succeed=succeeds)
    ended(local_stripe, deliver)
    assert plan_of(bob) == (Plan.PREMIUM if succeeds else Plan.FREE)


def test_a_page_that_nobody_used_expires(
    api: Api, bob: User, local_stripe: LocalStripe, deliver: Deliver, seller: Seller
) -> None:
    visit(api(bob))
    local_stripe.advance(25 * 3600)
    ended(local_stripe, deliver)
    assert CheckoutSession.objects.get().status == "expired"
    assert (seller.paid, told(bob), Payment.objects.count()) == ([], [], 0)


@pytest.mark.parametrize("identifier", ["sub_1", "pi_1", "..", "../x", "cs_", "cs_../x"])
def test_rule_52_an_id_of_another_kind_is_a_400(
    api: Api, bob: User, local_stripe: LocalStripe, identifier: str
) -> None:
    answer = status_of(api(bob), identifier)
    assert (answer.status_code, answer.json()["code"]) == (400, "wrong_id")
    assert local_stripe.requests == []


def test_rule_52_somebody_elses_page_is_a_404(
    api: Api, bob: User, charlie: User, local_stripe: LocalStripe, seller: Seller
) -> None:
    page = create_checkout_session(user=bob, kind=KIND, reference="row-1").session_id
    local_stripe.pay_session(page)
    before = gets(local_stripe)
    for identifier in (page, str(CheckoutSession.objects.get().pk), "cs_unknown", str(uuid4())):
        assert status_of(api(charlie), identifier).status_code == 404
    assert (gets(local_stripe), seller.paid) == (before, [])


def test_while_stripe_is_away_the_last_known_state_is_told(
    api: Api, bob: User, local_stripe: LocalStripe, seller: Seller
) -> None:
    client = api(bob)
    page = visit(client).json()["session_id"]
    local_stripe.faults.api(method="GET", path_prefix=SESSIONS, status=500, times=3)
    shown = status_of(client, page).json()
    assert (shown["is_verified"], shown["checkout"]["status"]) == (False, "open")
    breaker.close()


def test_rule_45_a_second_tab_closes_the_page_of_the_first(api: Api, bob: User, local_stripe: LocalStripe) -> None:
    client = api(bob)
    first, second = visit(client, plan="premium").json(), visit(client, plan="elite").json()
    with pytest.raises(Exception, match="expired"):
        local_stripe.pay_session(first["session_id"])
    local_stripe.pay_session(second["session_id"])
    assert status_of(client, second["session_id"]).json()["checkout"]["subscription_status"] == "active"
    assert plan_of(bob) == Plan.ELITE
    assert dict(CheckoutSession.objects.values_list("plan", "status")) == {"premium": "expired", "elite": "complete"}


def test_rule_45_a_first_tab_that_was_paid_meanwhile_is_found(api: Api, bob: User, local_stripe: LocalStripe) -> None:
    client = api(bob)
    local_stripe.pay_session(visit(client, plan="premium").json()["session_id"])
    answer = visit(client, plan="elite")
    assert (answer.status_code, answer.json()["code"]) == (409, "already_subscribed")
    assert plan_of(bob) == Plan.PREMIUM


@pytest.mark.parametrize("how", ["webhook", "return", "both"])
def test_rule_45_what_is_completed_second_is_ended_and_given_back(
    api: Api, bob: User, local_stripe: LocalStripe, deliver: Deliver, settings: Settings, how: str
) -> None:
    settings.CHECKOUT_SECOND_TAB = "refund"
    client = api(bob)
    pages = [visit(client, plan=plan).json()["session_id"] for plan in ("premium", "elite")]
    for page in pages:
        local_stripe.pay_session(page)
    if how == "webhook":
        ended(local_stripe, deliver)
    elif how == "return":
        for page in pages:
            assert status_of(client, page).status_code == 200
    else:
        look_at_checkout(pages[0])
        together(4, lambda number: look_at_checkout(pages[1]))

    assert sorted(Subscription.objects.values_list("plan", "status")) == [("elite", "canceled"), ("premium", "active")]
    refund = Refund.objects.get()
    assert (refund.amount, refund.payment.invoice.subscription.plan) == (2999, "elite")  # type: ignore[union-attr]
    assert plan_of(bob) == Plan.PREMIUM
    assert told(bob).count("payments.second_subscription") == 1
    live = [each for each in local_stripe.objects("subscription") if each["status"] != "canceled"]
    assert len(live) == 1
    assert len(asked(local_stripe, "POST", "/v1/refunds")) == 1


def test_rule_45_a_page_left_open_beside_a_purchase_elsewhere(
    api: Api, bob: User, local_stripe: LocalStripe, deliver: Deliver
) -> None:
    page = visit(api(bob), plan="premium").json()["session_id"]
    create_subscription(user=bob, plan="elite", payment_method_id="pm_card_visa")
    local_stripe.pay_session(page)
    ended(local_stripe, deliver)
    assert sorted(Subscription.objects.values_list("plan", "status")) == [("elite", "active"), ("premium", "canceled")]
    assert plan_of(bob) == Plan.ELITE


def test_rule_45_without_any_event_the_nightly_comparison_finds_the_second(
    api: Api, bob: User, local_stripe: LocalStripe, settings: Settings
) -> None:
    settings.CHECKOUT_SECOND_TAB = "refund"
    client = api(bob)
    for page in [visit(client, plan=plan).json()["session_id"] for plan in ("premium", "elite")]:
        local_stripe.pay_session(page)
    reconcile_everything()
    assert sorted(Subscription.objects.values_list("status", flat=True)) == ["active", "canceled"]
    assert Refund.objects.count() == 1


def test_giving_back_is_taken_up_again_after_a_failure(
    api: Api, bob: User, local_stripe: LocalStripe, deliver: Deliver, settings: Settings
) -> None:
    settings.CHECKOUT_SECOND_TAB = "refund"
    client = api(bob)
    pages = [visit(client, plan="premium").json()["session_id"] for _ in range(2)]
    for page in pages:
        local_stripe.pay_session(page)
    look_at_checkout(pages[0])
    local_stripe.faults.api(method="DELETE", path_prefix="/v1/subscriptions", status=500, times=3)
    assert status_of(client, pages[1]).json()["is_verified"] is False
    breaker.close()
    ended(local_stripe, deliver)
    assert sorted(Subscription.objects.values_list("status", flat=True)) == ["active", "canceled"]
    assert (Refund.objects.count(), WebhookEvent.objects.filter(state="failed").count()) == (1, 0)


def test_a_subscription_that_is_over_is_no_obstacle(api: Api, bob: User, local_stripe: LocalStripe) -> None:
    create_subscription(user=bob, plan="premium")
    local_stripe.advance(24 * 3600)
    assert [each["status"] for each in local_stripe.objects("subscription")] == ["incomplete_expired"]
    assert visit(api(bob), plan="premium").status_code == 201


def test_an_unpaid_subscription_gives_way_to_the_page(api: Api, bob: User, local_stripe: LocalStripe) -> None:
    create_subscription(user=bob, plan="premium")
    answer = visit(api(bob), plan="premium")
    assert answer.status_code == 201
    local_stripe.pay_session(answer.json()["session_id"])
    assert sorted(each["status"] for each in local_stripe.objects("subscription")) == ["active", "incomplete_expired"]


def test_a_second_page_for_the_same_thing_closes_the_first_and_the_unpaid_payment(
    api: Api, bob: User, local_stripe: LocalStripe, seller: Seller
) -> None:
    client = api(bob)
    client.post("/api/v1/payments/create-payment/", {"kind": KIND, "reference": "row-1"})
    first, second = visit(client).json(), visit(client).json()
    assert Payment.objects.get().status == "canceled"
    states = dict(CheckoutSession.objects.values_list("stripe_id", "status"))
    assert states == {first["session_id"]: "expired", second["session_id"]: "open"}
    client.post("/api/v1/payments/create-payment/", {"kind": KIND, "reference": "row-1"})
    assert not CheckoutSession.objects.filter(status="open").exists()


def test_the_same_key_opens_one_page(api: Api, bob: User, local_stripe: LocalStripe, seller: Seller) -> None:
    client = api(bob)
    body = {"kind": KIND, "reference": "row-1", "key": "k1"}
    assert visit(client, **body).json() == visit(client, **body).json()
    assert len(asked(local_stripe, "POST", SESSIONS)) == 1


@pytest.mark.parametrize(
    ("body", "code", "status"),
    [
        ({}, "validation_error", 400),
        ({"kind": KIND}, "validation_error", 400),
        ({"reference": "row-1", "plan": "premium"}, "validation_error", 400),
        ({"kind": KIND, "reference": "row-1", "plan": "premium"}, "validation_error", 400),
        ({"plan": "gold"}, "validation_error", 400),
        ({"kind": "nothing", "reference": "row-1"}, "not_for_sale", 400),
        ({"kind": KIND, "reference": "unknown"}, "not_found", 404),
        ({"plan": "premium", "success_path": "https://evil.example"}, "validation_error", 400),
        ({"plan": "premium", "success_path": "//evil.example"}, "validation_error", 400),
        ({"plan": "premium", "cancel_path": "/\\evil.example"}, "validation_error", 400),
        ({"plan": "premium", "cancel_path": "evil"}, "validation_error", 400),
        ({"plan": "premium", "success_path": "/{CHECKOUT_SESSION_ID}"}, "validation_error", 400),
        ({"plan": "premium", "success_path": "/#thanks"}, "validation_error", 400),
        ({"plan": "premium", "success_path": "/\x01"}, "validation_error", 400),
        ({"plan": "premium", "cancel_path": "/\N{RIGHT-TO-LEFT OVERRIDE}"}, "validation_error", 400),
    ],
)
def test_bad_input_reaches_nobody(
    api: Api, bob: User, local_stripe: LocalStripe, seller: Seller, body: dict[str, str], code: str, status: int
) -> None:
    answer = api(bob).post(URL, body)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert (local_stripe.requests, CheckoutSession.objects.count()) == ([], 0)


def test_a_large_amount_is_authenticated(
    api: Api, bob: User, local_stripe: LocalStripe, settings: Settings, seller: Seller
) -> None:
    settings.PURCHASE_AUTHENTICATED_FROM = {"usd": "25.00"}
    local_stripe.pay_session(visit(api(bob)).json()["session_id"])
    options = local_stripe.objects("payment_intent")[0]["payment_method_options"]
    assert options["card"]["request_three_d_secure"] == "any"


def test_a_page_of_somebody_elses_making_is_no_page_of_ours(bob: User, local_stripe: LocalStripe, browser: Any) -> None:
    customer = get_or_create_stripe_customer(bob)
    line = {"quantity": 1, "price_data": {"currency": "usd", "unit_amount": 500, "product_data": {"name": "X"}}}
    made = browser.v1.checkout.sessions.create(
        {"mode": "payment", "customer": customer.stripe_id, "line_items": [line], "success_url": "https://x.example"}
    )
    local_stripe.pay_session(made.id)
    look_at_checkout(made.id)
    assert (CheckoutSession.objects.count(), Payment.objects.count()) == (0, 0)
