from datetime import date, timedelta
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from accounts.models import Plan, User
from conftest import Api
from numerology.readings.services import daily_reading
from numerology.tests.cast import NOON, at

PATH = "/api/v1/numerology/reading-history/"


@pytest.fixture
def days(alice: User, bob: User) -> list[date]:
    """Alice has read on these, the newest first; bob once."""
    days = [NOON.date() - timedelta(days=ago) for ago in range(5)]
    with at(NOON):
        for day in (days[3], days[0], days[4], days[1], days[2]):
            daily_reading(user=alice, on_date=day)
        daily_reading(user=bob)
    return days


def page(api: Api, user: User | None, **query: Any) -> Any:
    return api(user).get(PATH, query)


def test_the_newest_day_is_first(api: Api, alice: User, days: list[date]) -> None:
    body = page(api, alice).json()
    assert (body["count"], body["page"], body["page_size"]) == (5, 1, 20)
    assert list(body) == ["count", "page", "page_size", "results"]
    assert [each["reading_date"] for each in body["results"]] == [day.isoformat() for day in days]
    with at(NOON):
        assert body["results"][0] == api(alice).get("/api/v1/numerology/daily-reading/").json()


def test_pages_have_everything_once(api: Api, alice: User, days: list[date]) -> None:
    pages = [page(api, alice, page=number, page_size=2).json() for number in (1, 2, 3)]
    assert [len(each["results"]) for each in pages] == [2, 2, 1]
    assert [(each["count"], each["page"], each["page_size"]) for each in pages] == [(5, n, 2) for n in (1, 2, 3)]
    told = [reading["reading_date"] for each in pages for reading in each["results"]]
    assert told == [day.isoformat() for day in days]
    assert page(api, alice, page=4, page_size=2).status_code == 404


def test_others_are_not_in_it(api: Api, bob: User, charlie: User, days: list[date]) -> None:
    assert page(api, bob).json()["count"] == 1
    assert page(api, charlie).json() == {"count": 0, "page": 1, "page_size": 20, "results": []}
    assert page(api, None).status_code == 401


def test_what_was_told_stays_when_the_plan_ends(api: Api, alice: User, days: list[date]) -> None:
    User.objects.filter(pk=alice.pk).update(plan=Plan.FREE)
    assert page(api, alice).json()["count"] == len(days)


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({"page": "0"}, 404),
        ({"page": "two"}, 404),
        ({"page": "-1"}, 404),
        ({"page": "99999999999"}, 404),
        ({"page_size": "0"}, 400),
        ({"page_size": "many"}, 400),
        ({"page": "", "page_size": ""}, 200),
        ({"page_size": "100000"}, 200),
    ],
)
def test_what_may_be_asked(api: Api, alice: User, days: list[date], query: dict[str, str], status: int) -> None:
    response = page(api, alice, **query)
    assert response.status_code == status
    if status == 200 and query.get("page_size"):
        assert response.json()["page_size"] == 100


def test_the_number_of_queries_does_not_grow(
    api: Api, alice: User, days: list[date], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client = api(alice)
    for size in (1, 5):
        with django_assert_num_queries(3):  # one signs in, one counts, one reads
            assert len(client.get(PATH, {"page_size": size}).json()["results"]) == size
