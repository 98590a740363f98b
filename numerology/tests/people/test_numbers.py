"""The numbers of one's people."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from conftest import Api
from numerology.charts.services import current_profile
from numerology.engine import VERSION
from numerology.models import NumerologyProfile
from numerology.people import services
from numerology.tests.cast import ALICE_NUMBERS, NOON, at, moved
from numerology.tests.people.crowd import HANCOCK_NUMBERS, address, kept


def test_numbers_are_calculated_kept_and_read(api: Api, alice: User) -> None:
    person = kept(alice)
    with at(NOON):
        client = api(alice)
        missing = client.get(address(person, "profile/"))
        assert (missing.status_code, missing.json()["code"]) == (404, "not_found")
        assert client.get(address(person, "birth-chart/")).status_code == 404
        answer = client.post(address(person, "calculate/"), {"system": "pythagorean"})
        assert answer.status_code == 200
        assert answer.json()["message"] == "The numbers of Thomas John Hancock have been calculated."
        row = NumerologyProfile.objects.get()
        assert (row.user, row.person, row.full_name) == (alice, person, "Thomas John Hancock")
        assert answer.json()["profile"] == HANCOCK_NUMBERS | {
            "id": str(row.pk),
            "calculation_system": "pythagorean",
            "calculated_at": "2026-11-20T12:00:00Z",
            "updated_at": "2026-11-20T12:00:00Z",
        }
        assert client.get(address(person, "profile/")).json() == answer.json()["profile"]


def test_the_birth_chart_says_what_they_mean(api: Api, alice: User) -> None:
    person = kept(alice)
    services.calculate(owner=alice, person=person, system="chaldean")
    with at(NOON):
        body = api(alice).get(address(person, "birth-chart/")).json()
    assert set(body["interpretations"]) == set(HANCOCK_NUMBERS)
    for name, text in body["interpretations"].items():
        assert text["number"] == body["profile"][name]
    assert body["interpretations"]["life_path_number"]["title"]
    assert body["profile"]["calculation_system"] == "chaldean"


@pytest.mark.parametrize("body", [{"system": "xyz"}, {"system": None}, {"system": ["pythagorean"]}])
def test_an_unknown_system_is_refused(api: Api, alice: User, body: dict[str, Any]) -> None:
    person = kept(alice)
    answer = api(alice).post(address(person, "calculate/"), body)
    assert answer.status_code == 400
    assert [error["field"] for error in answer.json()["errors"]] == ["system"]
    assert not NumerologyProfile.objects.exists()


def test_ones_own_numbers_are_others(api: Api, alice: User) -> None:
    person = kept(alice)
    with at(NOON):
        client = api(alice)
        client.post(address(person, "calculate/"), {"system": "chaldean"})
        own = client.get("/api/v1/numerology/profile/").json()
    assert {name: own[name] for name in ALICE_NUMBERS} == ALICE_NUMBERS
    assert own["calculation_system"] == "pythagorean"
    assert NumerologyProfile.objects.filter(user=alice).count() == 2


def test_calculating_again_keeps_the_row(api: Api, alice: User) -> None:
    person = kept(alice)
    client = api(alice)
    first = client.post(address(person, "calculate/"), {"system": "chaldean"}).json()["profile"]
    second = client.post(address(person, "calculate/"), {}).json()["profile"]
    assert (first["id"], second["calculation_system"]) == (second["id"], "pythagorean")
    assert NumerologyProfile.objects.count() == 1


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": "Johann Bach"}, "destiny_number"),
        ({"latin_name": "Johann Bach"}, "destiny_number"),
        ({"birth_date": "1949-05-11"}, "life_path_number"),
    ],
)
def test_a_change_changes_the_numbers_at_once(api: Api, alice: User, change: dict[str, Any], field: str) -> None:
    person = kept(alice)
    services.calculate(owner=alice, person=person, system="chaldean")
    before = NumerologyProfile.objects.get()
    client = api(alice)
    assert client.patch(address(person), change).status_code == 200
    row = NumerologyProfile.objects.get()
    assert getattr(row, field) != getattr(before, field)
    assert (row.pk, row.calculation_system) == (before.pk, "chaldean")
    assert client.get(address(person, "profile/")).json()[field] == getattr(row, field)


def test_a_change_of_notes_leaves_them_and_nobody_is_calculated_unasked(api: Api, alice: User) -> None:
    person, other = kept(alice), kept(alice, "Ann")
    services.calculate(owner=alice, person=person, system="chaldean")
    before = NumerologyProfile.objects.values().get()
    assert api(alice).patch(address(person), {"notes": "New"}).status_code == 200
    assert api(alice).patch(address(other), {"name": "Anna"}).status_code == 200
    assert NumerologyProfile.objects.values().get() == before


def test_numbers_of_an_older_engine_are_calculated_anew(api: Api, alice: User) -> None:
    person = kept(alice)
    services.calculate(owner=alice, person=person, system="pythagorean")
    NumerologyProfile.objects.update(engine_version=0, destiny_number=1)
    with at(NOON):
        assert api(alice).get(address(person, "profile/")).json()["destiny_number"] == 7
    assert NumerologyProfile.objects.get().engine_version == VERSION


def test_a_name_that_cannot_be_counted_says_what_it_lacks(api: Api, alice: User) -> None:
    person = kept(alice)
    client = api(alice)
    client.post(address(person, "calculate/"), {})
    before = NumerologyProfile.objects.values().get()
    assert client.patch(address(person), {"name": "李明"}).status_code == 200
    for answer in (client.get(address(person, "profile/")), client.post(address(person, "calculate/"), {})):
        assert (answer.status_code, answer.json()["code"]) == (409, "latin_name_required")
        assert answer.json()["detail"].startswith("This name")
        assert answer.json()["errors"][0]["field"] == "latin_name"
    assert NumerologyProfile.objects.values().get() == before
    client.patch(address(person), {"latin_name": "Li Ming"})
    assert client.get(address(person, "profile/")).json()["destiny_number"] == 1


def test_a_name_whose_letters_are_none_is_refused(api: Api, alice: User) -> None:
    person = kept(alice, "Ann", latin_name="123")
    answer = api(alice).post(address(person, "calculate/"), {})
    assert (answer.status_code, answer.json()["code"]) == (409, "name_no_letters")
    assert answer.json()["errors"][0]["field"] == "name"


def test_the_year_and_month_are_of_the_owners_today(api: Api, alice: User) -> None:
    person = kept(alice)
    services.calculate(owner=alice, person=person, system="pythagorean")
    with at(datetime(2026, 12, 31, 23, tzinfo=UTC)):
        before = api(alice).get(address(person, "profile/")).json()
        moved(alice, "Asia/Tokyo")
        after = api(alice).get(address(person, "profile/")).json()
    # 5 + 1 + 2026 and, in Tokyo, 2027.
    assert (before["personal_year_number"], after["personal_year_number"]) == (7, 8)


def test_reading_numbers_takes_three_queries(api: Api, alice: User) -> None:
    person = kept(alice)
    services.calculate(owner=alice, person=person, system="pythagorean")
    client = api(alice)
    for what in ("profile/", "birth-chart/"):
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address(person, what)).status_code == 200
        assert len(captured) == 3, what


def test_there_is_one_row_of_ones_own_and_one_of_each_person(alice: User) -> None:
    person = kept(alice)
    current_profile(user=alice)
    services.calculate(owner=alice, person=person, system="pythagorean")
    for row in NumerologyProfile.objects.all():
        with pytest.raises(IntegrityError), transaction.atomic():
            NumerologyProfile.objects.bulk_create([NumerologyProfile(**values_of(row))])


def values_of(row: NumerologyProfile) -> dict[str, Any]:
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields if field.attname != "id"}
