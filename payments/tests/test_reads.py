"""Subscription status and billing history: from our own rows, the caller's alone."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries, Settings

from accounts.models import Plan, User
from conftest import Api
from dev.services import free_port
from numerai.common import clock
from payments.models import Subscription
from payments.tests.factories import paid_invoice, paid_payment, paid_subscription

STATUS = "/api/v1/payments/subscription-status/"
NONE = {"basic": 0, "premium": 0, "elite": 0}
HISTORY = "/api/v1/payments/billing-history/"

pytestmark = pytest.mark.django_db


def test_whoever_pays_sees_their_subscription(api: Api, alice: User) -> None:
    row = paid_subscription(alice, Plan.PREMIUM)
    answer = api(alice).get(STATUS)
    assert answer.status_code == 200
    assert answer.json() == {
        "has_subscription": True,
        "trial_days": NONE,
        "subscription": answer.json()["subscription"]
        | {
            "id": str(row.pk),
            "plan": "premium",
            "status": "active",
            "current_period_start": as_json(row.current_period_start),
            "current_period_end": as_json(row.current_period_end),
            "cancel_at_period_end": False,
            "ends_at": None,
            "trial_end": None,
            "amount": "19.99",
            "currency": "usd",
        },
    }


def as_json(moment: object) -> str:
    return str(moment).replace(" ", "T").replace("+00:00", "Z")


@pytest.mark.parametrize("status", ["trialing", "past_due", "unpaid", "paused"])
def test_stripes_word_is_passed_on(api: Api, bob: User, status: str) -> None:
    paid_subscription(bob, status=status)
    assert api(bob).get(STATUS).json()["subscription"]["status"] == status


@pytest.mark.parametrize("status", ["incomplete", "incomplete_expired", "canceled", "hibernating"])
def test_what_is_unpaid_or_over_is_no_subscription(api: Api, bob: User, status: str) -> None:
    paid_subscription(bob, status=status)
    assert api(bob).get(STATUS).json() == {"has_subscription": False, "subscription": None, "trial_days": NONE}


def test_a_scheduled_end_is_told(api: Api, bob: User) -> None:
    row = paid_subscription(bob, cancel_at_period_end=True)
    shown = api(bob).get(STATUS).json()["subscription"]
    assert shown["ends_at"] == shown["current_period_end"] == as_json(row.current_period_end)


def test_a_stranger_sees_nothing_of_it(api: Api, alice: User, charlie: User) -> None:
    paid_subscription(alice)
    assert api(charlie).get(STATUS).json()["has_subscription"] is False
    assert api(charlie).get(HISTORY).json()["count"] == 0


def test_test_money_is_not_shown_with_a_live_key(api: Api, alice: User, settings: Settings) -> None:
    paid_subscription(alice)
    settings.STRIPE_SECRET_KEY = "sk_live_x"
    assert api(alice).get(STATUS).json()["has_subscription"] is False
    assert api(alice).get(HISTORY).json()["count"] == 0


@pytest.mark.parametrize("path", [STATUS, HISTORY])
def test_anonymous_callers_are_asked_to_sign_in(api: Api, path: str) -> None:
    assert api(None).get(path).status_code == 401


def test_bills_are_listed_newest_first(api: Api, alice: User) -> None:
    subscription = paid_subscription(alice)
    earlier = clock.now() - timedelta(days=30)
    paid_invoice(subscription, created_at=earlier, amount=500, currency="jpy", description="An older one")
    page = api(alice).get(HISTORY).json()
    assert set(page) == {"count", "next", "previous", "results"}
    assert page["count"] == 2
    newest, oldest = page["results"]
    assert (newest["amount"], newest["currency"]) == ("19.99", "usd")
    assert (oldest["amount"], oldest["currency"], oldest["description"]) == ("500", "jpy", "An older one")
    assert set(newest) >= {
        "id",
        "amount",
        "currency",
        "description",
        "invoice_url",
        "period_start",
        "period_end",
        "created_at",
    }


def test_bills_of_one_second_are_listed_by_their_numbers(api: Api, alice: User) -> None:
    subscription = paid_subscription(alice)
    moment = clock.now() + timedelta(seconds=1)
    for last in ("0003", "9999", "0002", "10000", "0004"):
        paid_invoice(subscription, created_at=moment, number=f"A1B2-{last}")
    listed = [bill["number"] for bill in api(alice).get(HISTORY).json()["results"]]
    assert listed[:5] == ["A1B2-10000", "A1B2-9999", "A1B2-0004", "A1B2-0003", "A1B2-0002"]


def test_payments_of_one_second_are_listed_newest_first(api: Api, alice: User) -> None:
    subscription = paid_subscription(alice)
    moment = clock.now() + timedelta(seconds=1)
    made = [paid_payment(paid_invoice(subscription), stripe_created_at=moment) for _ in range(5)]
    listed = [each["id"] for each in api(alice).get("/api/v1/payments/my-payments/").json()["results"]]
    assert listed[:5] == [str(row.pk) for row in reversed(made)]


@pytest.mark.parametrize(("status", "is_listed"), [("open", 1), ("uncollectible", 1), ("draft", 0), ("void", 0)])
def test_bills_that_were_never_owed_are_left_out(api: Api, alice: User, status: str, is_listed: int) -> None:
    paid_invoice(paid_subscription(alice), status=status)
    assert api(alice).get(HISTORY).json()["count"] == 1 + is_listed


def test_bills_come_in_pages(api: Api, alice: User) -> None:
    subscription = paid_subscription(alice)
    for days in range(1, 5):
        paid_invoice(subscription, created_at=clock.now() - timedelta(days=days))
    client = api(alice)
    first = client.get(HISTORY, {"page_size": 2}).json()
    assert (first["count"], len(first["results"]), first["previous"]) == (5, 2, None)
    last = client.get(client.get(first["next"]).json()["next"]).json()
    assert (len(last["results"]), last["next"]) == (1, None)
    assert client.get(HISTORY, {"page": 9}).status_code == 404


def test_reading_costs_a_fixed_number_of_queries(
    api: Api, alice: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    subscription = paid_subscription(alice)
    client = api(alice)
    with django_assert_num_queries(2):
        client.get(STATUS)
    with CaptureQueriesContext(connection) as few:
        client.get(HISTORY)
    for _ in range(5):
        paid_invoice(subscription)
    with django_assert_num_queries(len(few)):
        client.get(HISTORY)
    assert len(few) == 3


def test_rule_43_reads_answer_while_stripe_is_down(api: Api, alice: User, settings: Settings) -> None:
    paid_subscription(alice)
    settings.STRIPE_API_BASE = f"http://127.0.0.1:{free_port()}"
    client = api(alice)
    assert client.get(STATUS).json()["has_subscription"] is True
    assert client.get(HISTORY).json()["count"] == 1
    assert client.get("/api/v1/users/profile/").json()["user"]["is_premium"] is True


def test_a_price_that_is_no_longer_known_shows_the_last_known_plan(api: Api, bob: User) -> None:
    row = paid_subscription(bob, plan=Plan.BASIC)
    Subscription.objects.update(plan="", price_id="price_gone")
    shown = api(bob).get("/api/v1/payments/subscription-status/").json()
    assert (shown["has_subscription"], shown["subscription"]["plan"]) == (True, "basic")
    Subscription.objects.filter(pk=row.pk).update(paid_plan="", paid_through=None)
    shown = api(bob).get("/api/v1/payments/subscription-status/").json()
    assert shown == {"has_subscription": False, "subscription": None, "trial_days": NONE}
