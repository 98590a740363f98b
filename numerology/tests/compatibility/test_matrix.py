from datetime import date
from itertools import combinations
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from conftest import Api
from numerology.charts.services import calculate
from numerology.models import CompatibilityCheck, Person
from numerology.people.services import add, delete
from numerology.tests.cast import NOON, at, reborn

MATRIX = "/api/v1/numerology/compatibility-matrix/"
CHECK = "/api/v1/numerology/compatibility-check/"
BOB = {"name": "Bob Stone", "birth_date": "1990-08-15"}
CHARLIE = {"name": "Charlie Reyes", "birth_date": "1979-11-02"}


@pytest.fixture
def elite(alice: User) -> User:
    User.objects.filter(pk=alice.pk).update(plan="elite")
    return alice


def matrix(api: Api, user: User | None, *people: object, **given: object) -> Any:
    return api(user).post(MATRIX, {"people": list(people), "relationship_type": "romantic"} | given)


def kept(owner: User, name: str = "Thomas John Hancock", born: date = date(1949, 5, 10), **values: str) -> Person:
    owner.refresh_from_db()
    return add(owner=owner, values={"name": name, "birth_date": born, "relationship": "friend", **values})


def somebody(number: int) -> dict[str, str]:
    return {"name": f"Ann {chr(65 + number)}", "birth_date": f"19{50 + number}-06-15"}


def test_a_group_is_compared_and_nothing_kept(api: Api, elite: User) -> None:
    person = kept(elite)
    response = matrix(api, elite, BOB, {"person_id": str(person.pk)})
    assert response.status_code == 200
    body = response.json()
    assert body["people"] == [
        {
            "index": 0,
            "name": "Alice Marie Johnson",
            "birth_date": "1985-03-17",
            "person_id": None,
            "is_me": True,
            "life_path_number": 7,
        },
        {"index": 1, **BOB, "person_id": None, "is_me": False, "life_path_number": 6},
        {
            "index": 2,
            "name": "Thomas John Hancock",
            "birth_date": "1949-05-10",
            "person_id": str(person.pk),
            "is_me": False,
            "life_path_number": 11,
        },
    ]
    assert not CompatibilityCheck.objects.exists()


def test_every_pair_has_its_score_and_what_makes_it(api: Api, elite: User) -> None:
    body = matrix(api, elite, BOB, CHARLIE).json()
    assert [(pair["a"], pair["b"]) for pair in body["pairs"]] == [(0, 1), (0, 2), (1, 2)]
    assert body["pairs"][0] == {
        "a": 0,
        "b": 1,
        "compatibility_score": 59,
        "level": "neutral",
        "title": "The Kitchen and the Attic Room",
        "levels": {
            "life_path": "challenging",
            "destiny": "neutral",
            "soul_urge": "compatible",
            "personality": "natural",
            "birthday": "compatible",
            "attitude": "challenging",
        },
    }
    assert (body["relationship_type"], body["calculation_system"], body["score_version"]) == (
        "romantic",
        "pythagorean",
        "1",
    )


def test_its_scores_are_those_of_the_checks(api: Api, elite: User) -> None:
    body = matrix(api, elite, BOB, CHARLIE, relationship_type="family").json()
    for pair, other in zip(body["pairs"][:2], (BOB, CHARLIE), strict=True):
        checked = api(elite).post(
            CHECK,
            {
                "partner_name": other["name"],
                "partner_birth_date": other["birth_date"],
                "relationship_type": "family",
            },
        )
        assert checked.json()["compatibility_score"] == pair["compatibility_score"]
    scores = [pair["compatibility_score"] for pair in body["pairs"]]
    assert abs(body["group_score"] - sum(scores) / 3) <= 1


def test_the_order_of_the_group_changes_no_score(api: Api, elite: User) -> None:
    def scores(*people: dict[str, str]) -> dict[frozenset[str], int]:
        body = matrix(api, elite, *people).json()
        names = [person["name"] for person in body["people"]]
        return {frozenset((names[pair["a"]], names[pair["b"]])): pair["compatibility_score"] for pair in body["pairs"]}

    people = [somebody(number) for number in range(5)]
    assert scores(*people) == scores(*people[::-1])


def test_oneself_may_stay_out(api: Api, elite: User) -> None:
    body = matrix(api, elite, BOB, CHARLIE, include_me=False).json()
    assert [person["is_me"] for person in body["people"]] == [False, False]
    assert len(body["pairs"]) == 1


def test_who_stays_out_need_not_tell_about_themselves(api: Api, elite: User) -> None:
    reborn(elite, None)
    answer = matrix(api, elite, BOB, CHARLIE, include_me=False)
    assert (answer.status_code, answer.json()["calculation_system"]) == (200, "pythagorean")


def test_who_stays_out_still_has_a_system(api: Api, elite: User) -> None:
    elite.refresh_from_db()
    calculate(user=elite, system="chaldean")
    assert matrix(api, elite, BOB, CHARLIE, include_me=False).json()["calculation_system"] == "chaldean"


def test_twelve_are_the_most_and_cost_three_queries(
    api: Api, elite: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    people: list[object] = [somebody(number) for number in range(8)]
    people += [{"person_id": str(kept(elite, name=f"Max {letter}").pk)} for letter in "ABC"]
    client = api(elite)
    with django_assert_num_queries(3):  # one signs in, one has the own numbers, one the people
        response = client.post(MATRIX, {"people": people, "relationship_type": "business"})
    body = response.json()
    assert [(pair["a"], pair["b"]) for pair in body["pairs"]] == list(combinations(range(12), 2))
    assert matrix(api, elite, *people, somebody(9)).status_code == 400
    assert matrix(api, elite, *people, somebody(9), include_me=False).status_code == 200


def test_plans_say_how_many(api: Api, alice: User, bob: User, elite: User) -> None:
    User.objects.filter(pk=alice.pk).update(plan="premium")
    assert matrix(api, alice, BOB).status_code == 200
    refused = matrix(api, alice, BOB, CHARLIE)
    assert (refused.status_code, refused.json()["code"]) == (402, "plan_limit_reached")
    assert (refused.json()["limit"], refused.json()["plan"]) == ("people_compared_at_once", "elite")
    assert matrix(api, alice, BOB, CHARLIE, include_me=False).status_code == 200
    refused = matrix(api, bob, CHARLIE)
    assert (refused.status_code, refused.json()["code"], refused.json()["plan"]) == (402, "plan_required", "premium")
    assert matrix(api, None, BOB).status_code == 401


def test_people_of_others_and_deleted_ones_are_not_there(api: Api, elite: User, bob: User) -> None:
    foreign, gone = kept(bob), kept(elite)
    delete(owner=elite, person_id=gone.pk)
    for person in (foreign, gone):
        refused = matrix(api, elite, BOB, {"person_id": str(person.pk)})
        assert (refused.status_code, refused.json()["code"]) == (404, "not_found")


def test_kept_people_whose_names_cannot_be_counted_are_named(api: Api, elite: User) -> None:
    silent = kept(elite, name="李明")
    refused = matrix(api, elite, BOB, {"person_id": str(silent.pk)})
    assert (refused.status_code, refused.json()["code"]) == (409, "latin_name_required")
    assert [each["field"] for each in refused.json()["errors"]] == ["people.1.latin_name"]
    spelt = kept(elite, name="李明", latin_name="Li Ming")
    assert matrix(api, elite, BOB, {"person_id": str(spelt.pk)}).status_code == 200


def test_what_ones_own_profile_lacks_is_named(api: Api, elite: User) -> None:
    reborn(elite, None)
    refused = matrix(api, elite, BOB)
    assert (refused.status_code, refused.json()["code"]) == (409, "birth_date_required")


@pytest.mark.parametrize(
    ("people", "field"),
    [
        ([], "people"),
        ("Bob", "people"),
        ([BOB, BOB], "people"),
        ([BOB] * 13, "people"),
        ([{"name": "Bob Stone"}], "people.0.birth_date"),
        ([{}], "people.0.name"),
        # Of a list that is too long no entry is looked at.
        ([{}] * 13, "people"),
        ([BOB, {"name": "Ann", "birth_date": "2026-11-21"}], "people.1.birth_date"),
        ([BOB, {"name": "李明", "birth_date": "1990-08-15"}], "people.1.latin_name"),
        ([BOB, {"name": "5", "birth_date": "1990-08-15"}], "people.1.name"),
        ([{"person_id": 5}], "people.0.person_id"),
        ([{"person_id": "x"}], "people.0.person_id"),
        ([{"person_id": "0b8f6c1e-4a52-4a53-9a2b-6a3a7d9f2c11", "name": "Ann"}], "people.0.person_id"),
    ],
)
def test_groups_that_are_none_are_refused(api: Api, elite: User, people: object, field: str) -> None:
    with at(NOON):
        response = api(elite).post(MATRIX, {"people": people, "relationship_type": "romantic"})
    assert response.status_code == 400
    assert response.json()["errors"][0]["field"] == field


def test_one_alone_is_no_group(api: Api, elite: User) -> None:
    assert matrix(api, elite, BOB, include_me=False).json()["errors"][0]["field"] == "people"
    assert matrix(api, elite, BOB, relationship_type="x").json()["errors"][0]["field"] == "relationship_type"
    assert matrix(api, elite, BOB, include_me="yes").json()["errors"][0]["field"] == "include_me"
