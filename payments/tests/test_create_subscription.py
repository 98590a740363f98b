"""Buying a subscription over the API, against the local Stripe."""

from typing import Any

import pytest
import stripe
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings
from rest_framework.test import APIClient

from accounts.models import Plan, User
from conftest import Api
from dev.local_stripe import LocalStripe
from notifications.models import Notification
from payments import sync
from payments.models import BillingHistory, BillingOperation, OperationState, Payment, StripeCustomer, Subscription
from payments.services import create_subscription, get_or_create_stripe_customer
from payments.tests.delivering import asked, confirm, difference
from payments.tests.racing import together

URL = "/api/v1/payments/create-subscription/"


def subscribe(client: APIClient, plan: str = "premium", card: str | None = None, **headers: str) -> Any:
    body = {"plan": plan} | ({"payment_method_id": card} if card else {})
    return client.post(URL, body, headers=headers)


def statuses(server: LocalStripe) -> list[str]:
    return [subscription["status"] for subscription in server.objects("subscription")]


def assert_nothing_bought(user: User) -> None:
    user.refresh_from_db()
    assert user.subscription_plan == Plan.FREE
    assert not Subscription.objects.live().exists()
    assert not Payment.objects.filter(status="succeeded").exists()
    assert not Notification.objects.exists()


def test_a_card_is_charged_at_once(api: Api, bob: User, local_stripe: LocalStripe) -> None:
    answer = subscribe(api(bob), "premium", "pm_card_visa")

    assert answer.status_code == 201
    row = Subscription.objects.get()
    assert answer.json() == {
        "message": "Your Premium subscription is active.",
        "subscription_id": str(row.pk),
        "client_secret": None,
        "client_secret_type": None,
        "trial_days": 0,
        "status": "active",
    }
    bob.refresh_from_db()
    assert (bob.plan, bob.is_premium) == (Plan.PREMIUM, True)
    assert (row.plan, row.amount, row.currency) == ("premium", 1999, "usd")
    bill = BillingHistory.objects.get()
    assert (bill.status, bill.amount_paid, bill.user_id, bill.subscription_id) == ("paid", 1999, bob.pk, row.pk)
    payment = Payment.objects.get()
    assert (payment.status, payment.amount, payment.invoice_id) == ("succeeded", 1999, bill.pk)
    assert payment.charge_id.startswith("ch_")
    assert difference(local_stripe) == []


def test_the_buyer_is_told_exactly_once(api: Api, bob: User, local_stripe: LocalStripe) -> None:
    client = api(bob)
    subscribe(client, "elite", "pm_card_visa")
    assert client.get("/api/v1/notifications/unread-count/").json()["count"] == 1
    shown = client.get("/api/v1/notifications/").json()["results"][0]
    assert shown["notification_type"] == "payment"
    assert "Elite" in shown["title"]
    assert "29.99 USD" in shown["message"]


def test_the_card_is_kept_for_renewals(api: Api, bob: User, local_stripe: LocalStripe) -> None:
    subscribe(api(bob), "premium", "pm_card_visa")
    customer = local_stripe.objects("customer")[0]
    card = customer["invoice_settings"]["default_payment_method"]
    assert local_stripe.objects("subscription")[0]["default_payment_method"] == card
    assert customer["email"] == "bob@example.com"
    assert customer["metadata"]["user_id"] == str(bob.pk)


def test_rule_47_without_a_card_it_waits_for_the_page(api: Api, bob: User, local_stripe: LocalStripe) -> None:
    answer = subscribe(api(bob))

    assert answer.status_code == 201
    assert answer.json()["status"] == "incomplete"
    assert answer.json()["client_secret"].startswith("pi_")
    assert Subscription.objects.get().status == "incomplete"
    assert_nothing_bought(bob)


def test_the_page_confirms_and_the_webhook_gives_access(
    api: Api, bob: User, local_stripe: LocalStripe, browser: stripe.StripeClient
) -> None:
    secret = subscribe(api(bob)).json()["client_secret"]
    assert confirm(browser, secret) == "succeeded"
    sync.sync_invoice(local_stripe.objects("invoice")[0]["id"])

    bob.refresh_from_db()
    assert bob.subscription_plan == Plan.PREMIUM
    assert Notification.objects.filter(in_centre=True).count() == 1
    assert difference(local_stripe) == []


@pytest.mark.parametrize(
    ("card", "told"),
    [
        ("pm_card_chargeDeclined", ("generic_decline", "Your card was declined.")),
        ("pm_card_chargeDeclinedInsufficientFunds", ("insufficient_funds", "Your card does not have enough funds.")),
        ("pm_card_chargeDeclinedExpiredCard", ("expired_card", "Your card has expired.")),
        ("pm_card_chargeCustomerFail", ("generic_decline", "Your card was declined.")),
    ],
)
def test_rule_41_a_declined_card_is_a_402_and_leaves_nothing_behind(
    api: Api, bob: User, local_stripe: LocalStripe, card: str, told: tuple[str, str]
) -> None:
    answer = subscribe(api(bob), "premium", card)

    assert answer.status_code == 402
    assert answer["Content-Type"] == "application/problem+json"
    problem = answer.json()
    assert problem["code"] == "card_declined"
    assert (problem["decline_code"], problem["detail"].partition(" Please")[0]) == told
    assert statuses(local_stripe) == []
    assert BillingOperation.objects.get(kind="create_subscription").state == OperationState.FAILED
    assert_nothing_bought(bob)


def test_rule_37_a_declined_card_is_followed_by_a_new_key(api: Api, bob: User, local_stripe: LocalStripe) -> None:
    assert subscribe(api(bob), "premium", "pm_card_chargeCustomerFail").status_code == 402
    assert subscribe(api(bob), "premium", "pm_card_visa").status_code == 201

    first, second = asked(local_stripe, "POST", "/v1/subscriptions")
    assert first != second
    assert statuses(local_stripe) == ["active"]


def test_a_bank_that_asks_for_the_customer_leaves_the_page_to_confirm(
    api: Api, bob: User, local_stripe: LocalStripe, browser: stripe.StripeClient
) -> None:
    answer = subscribe(api(bob), "premium", "pm_card_threeDSecure2Required")

    assert answer.status_code == 201
    assert answer.json()["status"] == "incomplete"
    assert_nothing_bought(bob)
    secret = answer.json()["client_secret"]
    card = local_stripe.objects("payment_method")[0]["id"]
    assert confirm(browser, secret, card) == "requires_action"
    local_stripe.authenticate(secret.partition("_secret_")[0])
    sync.sync_invoice(local_stripe.objects("invoice")[-1]["id"])
    bob.refresh_from_db()
    assert bob.is_premium
    assert statuses(local_stripe) == ["active"]


@pytest.mark.parametrize("status", ["active", "trialing", "past_due", "unpaid", "paused"])
def test_whoever_is_subscribed_already_gets_a_409(api: Api, bob: User, local_stripe: LocalStripe, status: str) -> None:
    subscribe(api(bob), "basic", "pm_card_visa")
    with local_stripe.world.transaction():
        [subscription] = local_stripe.world.all("subscription")
        now = local_stripe.now()
        trial = {"trial_start": now, "trial_end": now + 1000} if status == "trialing" else {}
        local_stripe.world.put("subscription", subscription | {"status": status} | trial)

    answer = subscribe(api(bob), "elite", "pm_card_visa")

    assert answer.status_code == 409
    assert answer.json()["code"] == "already_subscribed"
    assert statuses(local_stripe) == [status]
    assert Subscription.objects.get().plan == "basic"


def test_a_subscription_that_only_stripe_knows_counts(
    api: Api, bob: User, local_stripe: LocalStripe, browser: stripe.StripeClient
) -> None:
    customer = get_or_create_stripe_customer(bob)
    browser.v1.payment_methods.attach("pm_card_visa", {"customer": customer.stripe_id})
    card = browser.v1.customers.payment_methods.list(customer.stripe_id).data[0].id
    browser.v1.subscriptions.create(
        {"customer": customer.stripe_id, "items": [{"price": "price_test_basic"}], "default_payment_method": card}
    )
    assert subscribe(api(bob), "elite", "pm_card_visa").json()["code"] == "already_subscribed"
    assert Subscription.objects.get().plan == "basic"


def test_an_unpaid_one_of_the_same_plan_is_offered_again(api: Api, bob: User, local_stripe: LocalStripe) -> None:
    first = subscribe(api(bob)).json()
    assert subscribe(api(bob)).json() == first
    assert statuses(local_stripe) == ["incomplete"]


@pytest.mark.parametrize(("plan", "card"), [("elite", None), ("premium", "pm_card_visa"), ("elite", "pm_card_visa")])
def test_an_unpaid_one_is_replaced_by_another_plan_or_a_card(
    api: Api, bob: User, local_stripe: LocalStripe, plan: str, card: str | None
) -> None:
    subscribe(api(bob))
    answer = subscribe(api(bob), plan, card)
    assert answer.status_code == 201
    assert statuses(local_stripe) == ["incomplete_expired", "active" if card else "incomplete"]
    assert local_stripe.objects("invoice")[0]["status"] == "void"
    assert difference(local_stripe) == []


def test_whose_subscription_ended_may_subscribe_again(
    api: Api, bob: User, local_stripe: LocalStripe, browser: stripe.StripeClient
) -> None:
    subscribe(api(bob), "basic", "pm_card_visa")
    browser.v1.subscriptions.cancel(local_stripe.objects("subscription")[0]["id"])
    assert subscribe(api(bob), "elite", "pm_card_visa").status_code == 201
    assert len(local_stripe.objects("customer")) == 1
    sync.sync_subscription(local_stripe.objects("subscription")[0]["id"])
    bob.refresh_from_db()
    assert bob.subscription_plan == Plan.ELITE


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "plan"),
        ({"plan": "free"}, "plan"),
        ({"plan": "platinum"}, "plan"),
        ({"plan": ["premium"]}, "plan"),
        ({"plan": None}, "plan"),
        ({"plan": "premium", "payment_method_id": "cus_1"}, "payment_method_id"),
        ({"plan": "premium", "payment_method_id": "pm_1/../x"}, "payment_method_id"),
        ({"plan": "premium", "payment_method_id": "pm_" + "x" * 300}, "payment_method_id"),
        ({"plan": "premium", "payment_method_id": {"id": "pm_1"}}, "payment_method_id"),
    ],
)
def test_bad_input_is_a_400_and_changes_nothing(
    api: Api, bob: User, local_stripe: LocalStripe, body: Any, field: str
) -> None:
    answer = api(bob).post(URL, body)
    assert answer.status_code == 400
    assert [error["field"] for error in answer.json()["errors"]] == [field]
    assert local_stripe.requests == []
    assert not BillingOperation.objects.exists()


@pytest.mark.parametrize("empty", ["", None])
def test_an_empty_card_is_no_card(api: Api, bob: User, local_stripe: LocalStripe, empty: str | None) -> None:
    answer = api(bob).post(URL, {"plan": "premium", "payment_method_id": empty})
    assert answer.json()["status"] == "incomplete"


def test_a_card_that_stripe_does_not_know_is_a_400(api: Api, bob: User, local_stripe: LocalStripe) -> None:
    answer = subscribe(api(bob), "premium", "pm_unknown")
    assert answer.status_code == 400
    assert answer.json()["code"] == "payment_method_invalid"
    assert answer.json()["errors"][0]["field"] == "payment_method_id"
    assert_nothing_bought(bob)


def test_a_card_of_somebody_else_is_a_400(
    api: Api, bob: User, charlie: User, local_stripe: LocalStripe, browser: stripe.StripeClient
) -> None:
    subscribe(api(charlie), "basic", "pm_card_visa")
    theirs = local_stripe.objects("payment_method")[0]["id"]
    assert subscribe(api(bob), "premium", theirs).json()["code"] == "payment_method_invalid"
    assert len(statuses(local_stripe)) == 1


def test_anonymous_callers_buy_nothing(local_stripe: LocalStripe) -> None:
    answer = Client().post(URL, {"plan": "premium"}, content_type="application/json")
    assert answer.status_code == 401
    assert local_stripe.requests == []


def test_attempts_are_limited(api: Api, bob: User, local_stripe: LocalStripe, settings: Settings) -> None:
    settings.RATE_LIMIT_ENABLED = True
    client = api(bob)
    answers = [subscribe(client, "premium", "pm_card_chargeDeclined").status_code for _ in range(21)]
    assert answers == [402] * 20 + [429]


@pytest.mark.usefixtures("_patience")
def test_rule_45_two_tabs_make_one_subscription(api: Api, bob: User, local_stripe: LocalStripe) -> None:
    clients = [api(bob), api(bob)]
    answers = together(2, lambda number: subscribe(clients[number], "premium", "pm_card_visa"))
    assert sorted(answer.status_code for answer in answers) == [201, 409]
    assert statuses(local_stripe) == ["active"]
    assert Subscription.objects.count() == 1
    assert Notification.objects.filter(in_centre=True).count() == 1


@pytest.mark.usefixtures("_patience")
def test_rule_45_two_tabs_without_a_card_share_one(api: Api, bob: User, local_stripe: LocalStripe) -> None:
    clients = [api(bob), api(bob), api(bob)]
    answers = together(3, lambda number: subscribe(clients[number]).json())
    assert answers[0]["client_secret"]
    assert answers[0] == answers[1] == answers[2]
    assert statuses(local_stripe) == ["incomplete"]


def test_rule_46_parallel_first_requests_make_one_customer(bob: User, local_stripe: LocalStripe) -> None:
    found = together(6, lambda _: get_or_create_stripe_customer(bob).stripe_id)
    assert len(set(found)) == 1
    assert len(local_stripe.objects("customer")) == 1
    assert StripeCustomer.objects.count() == 1


def test_rule_34_a_changed_address_does_not_spoil_the_key(bob: User, local_stripe: LocalStripe) -> None:
    local_stripe.faults.api(method="POST", path_prefix="/v1/customers", close_after_commit=True, times=3)
    with pytest.raises(Exception, match="unavailable"):
        get_or_create_stripe_customer(bob)
    bob.email = "robert@example.com"
    bob.save()

    get_or_create_stripe_customer(bob)

    assert len(local_stripe.objects("customer")) == 1
    assert len(set(asked(local_stripe, "POST", "/v1/customers"))) == 1


def test_an_address_that_stripe_refuses_keeps_nobody_from_buying(bob: User, local_stripe: LocalStripe) -> None:
    bob.email = "bob@intranet"
    bob.save()
    assert create_subscription(user=bob, plan="basic", payment_method_id="pm_card_visa").status == "active"
    [customer] = local_stripe.objects("customer")
    assert (customer["email"], customer["metadata"]) == (None, {"user_id": str(bob.pk)})


def test_a_declined_card_is_not_kept(api: Api, bob: User, local_stripe: LocalStripe) -> None:
    assert subscribe(api(bob), "premium", "pm_card_chargeCustomerFail").status_code == 402
    [customer] = local_stripe.objects("customer")
    [card] = local_stripe.objects("payment_method")
    assert customer["invoice_settings"]["default_payment_method"] is None
    assert card["customer"] is None


def test_a_default_that_cannot_be_set_does_not_undo_the_purchase(
    api: Api, bob: User, local_stripe: LocalStripe
) -> None:
    get_or_create_stripe_customer(bob)
    local_stripe.faults.api(method="POST", path_prefix="/v1/customers/", status=500)
    assert subscribe(api(bob), "premium", "pm_card_visa").status_code == 201
    [card] = local_stripe.objects("payment_method")
    assert local_stripe.objects("subscription")[0]["default_payment_method"] == card["id"]


def test_rule_89_a_customer_deleted_at_stripe_is_replaced(
    bob: User, local_stripe: LocalStripe, browser: stripe.StripeClient
) -> None:
    old = get_or_create_stripe_customer(bob)
    browser.v1.customers.delete(old.stripe_id)
    with pytest.raises(Exception, match="unavailable"):
        create_subscription(user=bob, plan="premium", payment_method_id="pm_card_visa")
    old.refresh_from_db()
    assert old.deleted_at is not None

    assert create_subscription(user=bob, plan="premium", payment_method_id="pm_card_visa").status == "active"
    assert StripeCustomer.objects.count() == 2


def test_the_database_is_asked_a_bounded_number_of_times(
    bob: User, local_stripe: LocalStripe, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_max_num_queries(72):
        create_subscription(user=bob, plan="premium", payment_method_id="pm_card_visa")
