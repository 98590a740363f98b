"""The list by pages and beside a row."""

from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from conftest import Api
from notifications.centre import listing, paging, selectors
from notifications.models import Notification
from notifications.services import notify
from notifications.tests.conftest import Tell

LIST = "/api/v1/notifications/"


@pytest.fixture
def _few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Six are many."""
    for module in (selectors, listing, paging):
        monkeypatch.setattr(module, "COUNT_CAP", 6)


def titles(page: dict[str, Any]) -> list[str]:
    return [row["title"] for row in page["results"]]


def walk(client: Any, page: dict[str, Any], link: str = "next") -> list[dict[str, Any]]:
    pages = [page]
    while page[link]:
        page = client.get(page[link]).json()
        pages.append(page)
    return pages


def numbers(first: int, last: int) -> list[str]:
    step = 1 if last >= first else -1
    return [str(number) for number in range(first, last + step, step)]


def test_rows_beside_a_row(
    alice: User, api: Api, tell: Tell, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client: Any = api(alice)
    made = [tell(alice, str(number)) for number in range(10)]
    with django_assert_num_queries(2):  # who is it, which and how many
        page = client.get(LIST, {"before": str(made[5].public_id), "page_size": 2}).json()
    assert (titles(page), page["count"], page["count_capped"]) == (["4", "3"], 10, False)
    assert titles(client.get(page["next"]).json()) == ["2", "1"]
    assert titles(client.get(page["previous"]).json()) == ["6", "5"]
    newer = client.get(LIST, {"after": str(made[7].public_id), "page_size": 2}).json()
    assert (titles(newer), newer["previous"]) == (["9", "8"], None)
    assert titles(client.get(newer["next"]).json()) == ["7", "6"]
    for name, end in (("before", made[0]), ("after", made[9])):
        nothing = client.get(LIST, {name: str(end.public_id)}).json()
        assert (nothing["results"], nothing["next"], nothing["previous"]) == ([], None, None)


def test_filters_hold_beside_a_row(alice: User, api: Api, tell: Tell) -> None:
    client: Any = api(alice)
    for number in range(4):
        tell(alice, f"note {number}")
        notify(user=alice, kind="sample.plan_changed", context={"plan": str(number)})
    newest = client.get(LIST).json()["results"][0]["id"]
    for query in ({"type": "info"}, {"q": "note"}, {"kind": "sample.note"}, {"category": "news"}):
        page = client.get(LIST, {**query, "before": newest, "page_size": 3}).json()
        assert (titles(page), page["count"]) == (["note 3", "note 2", "note 1"], 4)
        assert titles(client.get(page["next"]).json()) == ["note 0"]


def test_priority_is_a_filter(alice: User, api: Api, tell: Tell) -> None:
    client: Any = api(alice)
    tell(alice, "loud", priority="high")
    tell(alice, "quiet", priority="low")
    assert titles(client.get(LIST, {"priority": "high"}).json()) == ["loud"]
    assert titles(client.get(LIST, {"priority": "low", "q": "loud"}).json()) == []
    assert titles(client.get(LIST, {"priority": "", "kind": "", "category": "", "archived": ""}).json()) == [
        "quiet",
        "loud",
    ]


@pytest.mark.parametrize(
    "places",
    [("before", "after"), ("page", "before"), ("page", "after")],
    ids=["two rows", "page, before", "page, after"],
)
def test_two_places_at_once_are_refused(alice: User, api: Api, tell: Tell, places: tuple[str, str]) -> None:
    row = str(tell(alice).public_id)
    client: Any = api(alice)
    response = client.get(LIST, {name: "1" if name == "page" else row for name in places})
    assert (response.status_code, response.json()["code"]) == (400, "validation_error")
    assert response.json()["errors"][0]["field"] == places[1]


@pytest.mark.parametrize("place", ["before", "after"])
@pytest.mark.parametrize("row", ["", "7", "null"], ids=["empty", "number", "null"])
def test_a_place_is_an_id(alice: User, api: Api, place: str, row: str) -> None:
    response: Any = api(alice).get(LIST, {place: row})
    assert (response.status_code, response.json()["errors"][0]["field"]) == (400, place)


@pytest.mark.usefixtures("_few")
def test_pages_end_where_counting_ends_and_next_goes_on(alice: User, api: Api, tell: Tell) -> None:
    client: Any = api(alice)
    for number in range(11):
        tell(alice, str(number))
    pages = walk(client, client.get(LIST, {"page_size": 4}).json())
    assert [titles(page) for page in pages] == [numbers(10, 7), numbers(6, 3), numbers(2, 0)]
    assert {(page["count"], page["count_capped"]) for page in pages} == {(6, True)}
    assert "page=2" in pages[0]["next"]
    assert "before=" in pages[1]["next"]
    refused = client.get(LIST, {"page_size": 3, "page": 3})
    assert (refused.status_code, refused.json()["code"]) == (404, "not_found")
    assert "next" in refused.json()["detail"]
    assert titles(walk(client, pages[2], "previous")[-1]) == numbers(10, 7)


@pytest.mark.usefixtures("_few")
def test_what_no_index_serves_is_looked_for_among_the_newest(
    alice: User, api: Api, tell: Tell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "SEARCHED", 9)
    client: Any = api(alice)
    for number in range(11):
        tell(alice, f"{number}.", priority="low")
    page = client.get(LIST, {"q": ".", "page_size": 5}).json()
    assert (page["count"], page["count_capped"]) == (6, True)
    found = [title for each in walk(client, page) for title in titles(each)]
    assert found == [f"{number}." for number in range(10, 1, -1)]
    assert client.get(LIST, {"priority": "low", "q": "0.", "page_size": 5}).json()["count"] == 1


def test_rule_10_a_walk_meets_each_row_once_while_others_arrive(alice: User, api: Api, tell: Tell) -> None:
    client: Any = api(alice)
    before = [tell(alice, str(number)) for number in range(9)]
    # Many rows of one moment, as a broadcast makes them, do not stop it either.
    Notification.objects.filter(recipient=alice).update(created_at=before[0].created_at)
    page = client.get(LIST, {"page_size": 2, "before": str(tell(alice, "start").public_id)}).json()
    met = titles(page)
    while page["next"]:
        tell(alice, "arrived")
        client.delete(f"{LIST}{page['results'][-1]['id']}/")  # the row that the walk goes on from
        page = client.get(page["next"]).json()
        met += titles(page)
    assert met == numbers(8, 0)


def test_rule_10_a_walk_towards_the_newest_meets_each_row_once(alice: User, api: Api, tell: Tell) -> None:
    client: Any = api(alice)
    made = [tell(alice, str(number)) for number in range(7)]
    pages = walk(client, client.get(LIST, {"page_size": 2, "after": str(made[0].public_id)}).json(), "previous")
    assert [titles(page) for page in pages] == [["2", "1"], ["4", "3"], ["6", "5"]]
