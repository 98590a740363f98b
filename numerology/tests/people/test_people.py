"""Keeping people: adding, reading, finding, changing."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from accounts.models import Plan, User
from conftest import Api
from numerology.models import Person
from numerology.people.kinds import RelationshipKind
from numerology.tests.cast import NOON, at, moved
from numerology.tests.people.crowd import HANCOCK, PATH, address, kept, with_plan


def names(client: APIClient, **query: str) -> list[str]:
    answer = client.get(PATH, query)
    assert answer.status_code == 200
    return [person["name"] for person in answer.json()]


def test_somebody_is_kept(api: Api, alice: User) -> None:
    with at(NOON):
        answer = api(alice).post(PATH, HANCOCK | {"notes": "Met at the lake.\nTwice."})
    assert answer.status_code == 201
    row = Person.objects.get()
    assert (row.owner, row.birth_date) == (alice, date(1949, 5, 10))
    assert answer.json() == HANCOCK | {
        "id": str(row.pk),
        "latin_name": "",
        "current_name": "",
        "gender": "",
        "relationship_kind": "friend",
        "notes": "Met at the lake.\nTwice.",
        "is_active": True,
        "deleted_at": None,
        "created_at": "2026-11-20T12:00:00Z",
        "updated_at": "2026-11-20T12:00:00Z",
    }
    assert api(alice).get(address(row)).json() == answer.json()


def test_what_some_calculations_ask_for_is_kept_too(api: Api, alice: User) -> None:
    given = HANCOCK | {"name": "李明", "latin_name": "Li Ming", "current_name": "Ming Hancock", "gender": "female"}
    answer = api(alice).post(PATH, given).json()
    assert {name: answer[name] for name in given} == given


@pytest.mark.parametrize(
    ("word", "written", "kind"),
    [
        *((kind.value, kind.value, kind.value) for kind in RelationshipKind),
        ("Friend", "friend", "friend"),
        ("SPOUSE", "spouse", "spouse"),
        ("Wife", "Wife", "spouse"),
        ("mother", "mother", "parent"),
        ("family", "family", "relative"),
        ("  best   friend ", "best friend", "friend"),
        ("co worker", "co worker", "colleague"),
        ("business_partner", "business_partner", "colleague"),
        ("Ahijado", "Ahijado", "other"),
    ],
)
def test_every_word_is_kept_and_has_a_kind(api: Api, alice: User, word: str, written: str, kind: str) -> None:
    answer = api(alice).post(PATH, HANCOCK | {"relationship": word})
    assert answer.status_code == 201
    assert (answer.json()["relationship"], answer.json()["relationship_kind"]) == (written, kind)


@pytest.mark.parametrize(
    ("change", "field", "code"),
    [
        ({"name": ""}, "name", "blank"),
        ({"name": "   "}, "name", "blank"),
        ({"name": "12 34"}, "name", "letterless"),
        ({"name": None}, "name", "null"),
        ({"name": 7}, "name", "invalid"),
        ({"name": "x" * 201}, "name", "max_length"),
        ({"name": "Ann\u202eBob"}, "name", "unprintable"),
        ({"birth_date": ""}, "birth_date", "invalid"),
        ({"birth_date": None}, "birth_date", "null"),
        ({"birth_date": "10.05.1949"}, "birth_date", "invalid"),
        ({"birth_date": "1949-02-30"}, "birth_date", "invalid"),
        ({"birth_date": "0999-12-31"}, "birth_date", "too_early"),
        ({"birth_date": "2026-11-21"}, "birth_date", "future"),
        ({"relationship": ""}, "relationship", "blank"),
        ({"relationship": None}, "relationship", "null"),
        ({"relationship": ["friend"]}, "relationship", "invalid"),
        ({"relationship": "x" * 41}, "relationship", "max_length"),
        ({"notes": "x" * 2001}, "notes", "max_length"),
        ({"notes": {}}, "notes", "invalid"),
        ({"gender": "other"}, "gender", "invalid_choice"),
        ({"gender": True}, "gender", "invalid"),
        ({"latin_name": "x" * 201}, "latin_name", "max_length"),
        ({"current_name": "Ann\nBob"}, "current_name", "unprintable"),
    ],
)
def test_bad_input_is_named_and_nothing_changes(
    api: Api, alice: User, change: dict[str, Any], field: str, code: str
) -> None:
    person = kept(alice)
    before = Person.objects.values().get()
    with at(NOON):
        client = api(alice)
        for answer in (client.post(PATH, HANCOCK | change), client.patch(address(person), change)):
            assert answer.status_code == 400
            assert answer.json()["code"] == "validation_error"
            assert [(error["field"], error["code"]) for error in answer.json()["errors"]] == [(field, code)]
    assert Person.objects.values().get() == before


@pytest.mark.parametrize("field", ["name", "birth_date", "relationship"])
def test_what_is_asked_for_has_to_be_given(api: Api, alice: User, field: str) -> None:
    answer = api(alice).post(PATH, {name: value for name, value in HANCOCK.items() if name != field})
    assert answer.status_code == 400
    assert [(error["field"], error["code"]) for error in answer.json()["errors"]] == [(field, "required")]
    assert not Person.objects.exists()


def test_today_is_the_owners_own(api: Api, alice: User) -> None:
    with at(datetime(2026, 11, 20, 23, tzinfo=UTC)):
        born_tomorrow = HANCOCK | {"birth_date": "2026-11-21"}
        assert api(alice).post(PATH, born_tomorrow).status_code == 400
        moved(alice, "Asia/Tokyo")
        assert api(alice).post(PATH, born_tomorrow).status_code == 201


def test_the_list_is_an_array_of_ones_own_with_the_newest_first(api: Api, alice: User, bob: User) -> None:
    for hours, name in enumerate(("Ann", "Ben", "Cyd")):
        with at(NOON + timedelta(hours=hours)):
            kept(alice, name)
    kept(bob, "Dan")
    assert names(api(alice)) == ["Cyd", "Ben", "Ann"]
    assert names(api(bob)) == ["Dan"]


def test_the_list_goes_on_where_it_ended(api: Api, alice: User) -> None:
    with at(NOON):
        for number in range(5):
            kept(alice, f"Ann {number}")
    client, seen = api(alice), []
    address = f"{PATH}?limit=2"
    while address:
        answer = client.get(address)
        assert len(answer.json()) <= 2
        seen += [person["name"] for person in answer.json()]
        address = answer.headers["Link"].partition(">")[0].removeprefix("<") if "Link" in answer.headers else ""
    assert sorted(seen) == [f"Ann {number}" for number in range(5)]


def test_people_are_found_by_what_they_are_and_by_a_part_of_a_name(api: Api, alice: User) -> None:
    kept(alice, "Ann Lee", relationship="Wife")
    kept(alice, "Ben Stone", relationship="spouse", current_name="Ben O'Lee")
    kept(alice, "Юлия", relationship="Neighbour", latin_name="Yulia Annenkova")
    client = api(alice)
    assert names(client, relationship="spouse") == ["Ben Stone", "Ann Lee"]
    assert names(client, relationship="husband") == ["Ben Stone", "Ann Lee"]
    assert names(client, relationship="neighbour") == ["Юлия"]
    assert names(client, relationship="friend") == []
    assert names(client, q="lee") == ["Ben Stone", "Ann Lee"]
    assert names(client, q="ann", relationship="other") == ["Юлия"]
    assert names(client, q="%") == []
    assert names(client, q="", relationship="", deleted="") == ["Юлия", "Ben Stone", "Ann Lee"]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"limit": "0"}, "limit"),
        ({"cursor": "forged"}, "cursor"),
        ({"deleted": "perhaps"}, "deleted"),
        ({"q": "x" * 201}, "q"),
        ({"q": "\x00"}, "q"),
        ({"relationship": "x" * 41}, "relationship"),
    ],
)
def test_a_query_that_is_none_is_refused(api: Api, alice: User, query: dict[str, str], field: str) -> None:
    answer = api(alice).get(PATH, query)
    assert answer.status_code == 400
    assert [error["field"] for error in answer.json()["errors"]] == [field]


@pytest.mark.parametrize("method", ["put", "patch"])
def test_any_of_the_fields_can_be_changed(api: Api, alice: User, method: str) -> None:
    with at(NOON):
        person = kept(alice, notes="Old", latin_name="Tom")
    with at(NOON + timedelta(hours=1)):
        answer = getattr(api(alice), method)(address(person), {"relationship": "Boss", "notes": ""})
    assert answer.status_code == 200
    told = answer.json()
    assert (told["relationship"], told["relationship_kind"], told["notes"]) == ("Boss", "colleague", "")
    assert (told["name"], told["latin_name"], told["birth_date"]) == ("Thomas John Hancock", "Tom", "1949-05-10")
    assert (told["created_at"], told["updated_at"]) == ("2026-11-20T12:00:00Z", "2026-11-20T13:00:00Z")


def test_nobody_reads_or_changes_somebody_of_another(api: Api, alice: User, bob: User) -> None:
    person = kept(alice)
    before = Person.objects.values().get()
    client = api(bob)
    for answer in (
        client.get(address(person)),
        client.put(address(person), HANCOCK | {"name": "Mallory"}),
        client.patch(address(person), {"name": "Mallory"}),
        client.delete(address(person)),
        client.post(address(person, "restore/")),
        client.post(address(person, "calculate/"), {}),
        client.get(address(person, "profile/")),
        client.get(address(person, "birth-chart/")),
    ):
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert client.get(f"{PATH}{uuid4()}/").status_code == 404
    assert Person.objects.values().get() == before


def test_strangers_to_the_house_read_and_keep_nobody(api: Api, alice: User) -> None:
    person = kept(alice)
    client = api(None)
    answers = [
        client.get(PATH),
        client.post(PATH, HANCOCK),
        client.get(address(person)),
        client.delete(address(person)),
    ]
    assert {answer.status_code for answer in answers} == {401}
    assert Person.objects.get().is_active


@pytest.mark.parametrize("owned", [1, 6])
def test_queries_do_not_grow_with_the_people(api: Api, alice: User, owned: int) -> None:
    people = [kept(alice, f"Ann {number}") for number in range(owned)]
    client = api(alice)
    for path, queries in ((PATH, 2), (address(people[0]), 2)):
        with CaptureQueriesContext(connection) as captured:
            assert client.get(path).status_code == 200
        assert len(captured) == queries, path


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": " "},
        {"birth_date": date(999, 12, 31)},
        {"gender": "other"},
        {"relationship": ""},
        {"relationship_kind": "enemy"},
        {"is_active": False},
        {"deleted_at": NOON},
    ],
)
def test_the_database_refuses_what_cannot_be(alice: User, wrong: dict[str, Any]) -> None:
    person = kept(alice)
    with pytest.raises(IntegrityError), transaction.atomic():
        Person.objects.filter(pk=person.pk).update(**wrong)
    assert str(Person.objects.get()) == "Thomas John Hancock"


def test_a_smaller_plan_keeps_everybody_and_adds_nobody(api: Api, alice: User) -> None:
    people = [kept(alice, f"Ann {number}") for number in range(7)]
    client = api(with_plan(alice, Plan.BASIC))
    assert len(names(client)) == 7
    assert client.get(address(people[0])).status_code == 200
    assert client.patch(address(people[0]), {"notes": "Still here"}).status_code == 200
    refused = client.post(PATH, HANCOCK)
    assert (refused.status_code, refused.json()["code"]) == (402, "plan_limit_reached")
    assert (refused.json()["plan"], refused.json()["granted"], refused.json()["limit"]) == ("premium", 5, "people")
    assert Person.objects.count() == 7


def test_the_plan_says_how_many(api: Api, bob: User) -> None:
    client = api(bob)
    assert client.post(PATH, HANCOCK).status_code == 201
    refused = client.post(PATH, HANCOCK)
    assert (refused.status_code, refused.json()["plan"]) == (402, "basic")
    assert client.delete(address(Person.objects.get())).status_code == 204
    assert client.post(PATH, HANCOCK).status_code == 201
