"""What is for sale, told to everybody from code alone."""

from collections.abc import Iterator

import pytest
from pytest_django import DjangoAssertNumQueries, Settings

from accounts.models import Plan, User
from conftest import Api
from dev.services import free_port
from payments import purchasables
from payments.purchasables import Limits, Price, Purchasable

PLANS = "/api/v1/payments/plans/"
PRODUCTS = "/api/v1/payments/products/"

pytestmark = pytest.mark.django_db


def test_everybody_sees_the_plans(
    api: Api, settings: Settings, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    settings.STRIPE_API_BASE = f"http://127.0.0.1:{free_port()}"
    settings.STRIPE_TRIAL_DAYS = {"basic": 7}
    client = api(None)
    with django_assert_num_queries(0):
        answer = client.get(PLANS)
    assert answer.status_code == 200
    shown = answer.json()["plans"]
    assert [(each["code"], each["name"], each["price"], each["amount"], each["currency"]) for each in shown] == [
        ("free", "Free", "0.00", 0, "usd"),
        ("basic", "Basic", "9.99", 999, "usd"),
        ("premium", "Premium", "19.99", 1999, "usd"),
        ("elite", "Elite", "29.99", 2999, "usd"),
    ]
    assert [each["interval"] for each in shown] == [None, "month", "month", "month"]
    assert [each["trial_days"] for each in shown] == [0, 7, 0, 0]
    assert {each["is_current"] for each in shown} == {None}


def test_a_plan_names_what_it_has(api: Api) -> None:
    free, basic, *_, elite = api(None).get(PLANS).json()["plans"]
    assert {each["code"] for each in free["features"]} < {each["code"] for each in basic["features"]}
    assert [each["sentence"] for each in basic["features"] if each["is_new"]] == [
        "Readings for any date",
        "The reading of your week",
        "The reading of your month",
        "Life path analysis",
        "Your full report",
        "Your whole chart with its grids",
        "Charts of any name and date",
    ]
    assert {each["code"]: (each["granted"], each["sentence"]) for each in basic["limits"]}["chat_messages_a_day"] == (
        10,
        "10 AI chat messages a day",
    )
    assert len(elite["features"]) == 19
    assert elite["limits"][0]["granted"] is None


def test_whoever_is_signed_in_sees_their_own(
    api: Api, alice: User, bob: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client = api(alice)
    with django_assert_num_queries(1):
        answer = client.get(PLANS)
    assert [each["code"] for each in answer.json()["plans"] if each["is_current"]] == ["premium"]
    assert answer["Cache-Control"] == "private, no-cache"
    assert [each["code"] for each in api(bob).get(PLANS).json()["plans"] if each["is_current"]] == [Plan.FREE]


@pytest.mark.parametrize("path", [PLANS, PRODUCTS])
def test_what_has_not_changed_is_not_sent_again(api: Api, alice: User, path: str) -> None:
    first = api(None).get(path)
    assert first["Cache-Control"] == "public, max-age=300"
    assert "Authorization" in first["Vary"]
    again = api(None).get(path, headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    assert again["Cache-Control"] == "public, max-age=300"
    assert api(None).get(path, headers={"If-None-Match": '"other"'}).status_code == 200


def test_the_validator_tells_people_apart(api: Api, alice: User) -> None:
    assert api(alice).get(PLANS)["ETag"] != api(None).get(PLANS)["ETag"]


def test_a_bad_token_is_told(api: Api) -> None:
    client = api(None)
    client.credentials(HTTP_AUTHORIZATION="Bearer nonsense")
    assert client.get(PLANS).status_code == 401


@pytest.fixture
def sold() -> Iterator[None]:
    def nothing(*_: object) -> None:
        """The test sells nothing in earnest."""

    kinds = ("plans_test.entry", "plans_test.venue")
    purchasables.register(
        Purchasable(
            kind=kinds[0],
            description="Entry to the workshop",
            price=Price(1500, "jpy"),
            find=lambda user, reference: True,
            on_paid=nothing,
            on_refunded=nothing,
            limits=Limits(per_person=1),
        )
    )
    purchasables.register(
        Purchasable(
            kind=kinds[1],
            description=lambda user, reference: f"Venue {reference}",
            price=lambda user, reference: Price(5000, "usd"),
            find=lambda user, reference: True,
            on_paid=nothing,
            on_refunded=nothing,
        )
    )
    yield
    for kind in kinds:
        purchasables.unregister(kind)


@pytest.mark.usefixtures("sold")
def test_what_can_be_bought_once(api: Api, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    client = api(None)
    with django_assert_num_queries(0):
        shown = client.get(PRODUCTS).json()["products"]
    ours = {each["kind"]: each for each in shown}
    assert ours["plans_test.entry"] == {
        "kind": "plans_test.entry",
        "description": "Entry to the workshop",
        "price": "1500",
        "amount": 1500,
        "currency": "jpy",
        "per_person": 1,
    }
    assert ours["plans_test.venue"] == {
        "kind": "plans_test.venue",
        "description": None,
        "price": None,
        "amount": None,
        "currency": None,
        "per_person": None,
    }
