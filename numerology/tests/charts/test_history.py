from datetime import date

import pytest
from django.db import IntegrityError, transaction
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from conftest import Api
from numerai.tests.belongings import person
from numerology.charts.history import services as history
from numerology.charts.services import calculate, current_profile
from numerology.engine import VERSION
from numerology.models import NumerologyProfile, Person, ProfileCalculation
from numerology.tests.cast import ALICE_NUMBERS, reborn, renamed

PATH = "/api/v1/numerology/profile/history/"
PROFILE = "/api/v1/numerology/profile/"
CALCULATE = "/api/v1/numerology/calculate/"


def reasons(user: User) -> list[str]:
    return list(history.calculations_of(user.pk).values_list("reason", flat=True))


def test_each_change_is_told_with_its_reason_the_newest_first(
    api: Api, alice: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client = api(alice)
    client.get(PROFILE)
    client.post(CALCULATE, {"system": "chaldean"})
    renamed(alice, "Thomas John Hancock")
    client.get(PROFILE)
    reborn(alice, date(1949, 5, 10))
    client.get(PROFILE)
    with django_assert_num_queries(2):  # one signs in, one reads
        body = client.get(PATH).json()
    assert [each["reason"] for each in body] == ["birth_date_changed", "name_changed", "asked", "first"]
    assert [each["place"] for each in body] == [4, 3, 2, 1]
    first = body[-1]
    lasting = {name: number for name, number in ALICE_NUMBERS.items() if not name.startswith("personal_")}
    assert {name: first[name] for name in lasting} == lasting
    assert (first["full_name"], first["birth_date"], first["calculation_system"]) == (
        "Alice Marie Johnson",
        "1985-03-17",
        "pythagorean",
    )
    assert (body[0]["life_path_number"], body[0]["calculation_system"]) == (11, "chaldean")


def test_the_same_again_is_no_news(api: Api, alice: User) -> None:
    client = api(alice)
    for _ in range(3):
        client.post(CALCULATE, {"system": "pythagorean"})
        client.get(PROFILE)
    assert reasons(alice) == ["first"]


def test_a_new_engine_is_news_only_when_a_number_differs(api: Api, alice: User) -> None:
    client = api(alice)
    client.get(PROFILE)
    NumerologyProfile.objects.filter(user=alice).update(engine_version=VERSION - 1)
    client.get(PROFILE)
    assert reasons(alice) == ["first"]
    ProfileCalculation.objects.filter(user=alice).update(engine_version=VERSION - 1, destiny_number=4)
    NumerologyProfile.objects.filter(user=alice).update(engine_version=VERSION - 1, destiny_number=4)
    client.get(PROFILE)
    assert reasons(alice) == ["engine_changed", "first"]


def test_numbers_that_an_operator_has_deleted_are_not_news(api: Api, alice: User) -> None:
    client = api(alice)
    client.get(PROFILE)
    NumerologyProfile.objects.filter(user=alice).delete()
    client.get(PROFILE)
    assert reasons(alice) == ["first"]


def test_nothing_is_written_when_the_numbers_cannot_be(api: Api, alice: User) -> None:
    client = api(alice)
    client.get(PROFILE)
    renamed(alice, "李明")
    assert client.get(PROFILE).status_code == 409
    assert reasons(alice) == ["first"]


def test_history_and_numbers_are_written_together_or_not_at_all(alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    current_profile(user=alice)

    def fails(row: NumerologyProfile) -> None:
        raise IntegrityError

    monkeypatch.setattr(history, "record", fails)
    with pytest.raises(IntegrityError), transaction.atomic():
        calculate(user=alice, system="chaldean")
    assert NumerologyProfile.objects.get(user=alice).calculation_system == "pythagorean"


def test_only_the_last_ones_are_kept(alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history, "KEPT", 3)
    for system in ("pythagorean", "chaldean") * 3:
        calculate(user=alice, system=system)
    assert list(history.calculations_of(alice.pk).values_list("place", flat=True)) == [6, 5, 4]


def test_somebody_has_a_history_of_their_own(api: Api, alice: User, charlie: User) -> None:
    hers, _ = person(alice)
    foreign, _ = person(charlie)
    client = api(alice)
    client.get(PROFILE)
    client.patch(f"/api/v1/people/{hers}/", {"birth_date": "1949-05-11"})
    body = client.get(f"/api/v1/people/{hers}/profile/history/").json()
    assert [(each["reason"], each["birth_date"]) for each in body] == [
        ("birth_date_changed", "1949-05-11"),
        ("first", "1949-05-10"),
    ]
    assert len(client.get(PATH).json()) == 1
    assert client.get(f"/api/v1/people/{foreign}/profile/history/").status_code == 404
    Person.objects.filter(pk=hers).delete()
    assert list(ProfileCalculation.objects.filter(user=alice).values_list("person", flat=True)) == [None]


def test_a_long_history_is_read_in_parts(api: Api, alice: User) -> None:
    for system in ("pythagorean", "chaldean", "pythagorean"):
        calculate(user=alice, system=system)
    client = api(alice)
    first = client.get(f"{PATH}?limit=2")
    assert [each["place"] for each in first.json()] == [3, 2]
    rest = client.get(first["Link"].partition(">")[0].removeprefix("<"))
    assert ([each["place"] for each in rest.json()], "Link" in rest) == ([1], False)
    assert client.get(f"{PATH}?limit=0").status_code == 400


def test_histories_are_read_by_their_person_alone(api: Api, alice: User, bob: User) -> None:
    calculate(user=alice, system="pythagorean")
    assert api(bob).get(PATH).json() == []
    assert api(None).get(PATH).status_code == 401


@pytest.mark.parametrize(
    "wrong", [{"reason": "moon"}, {"reason": "first", "place": 2}, {"place": 0}, {"calculation_system": "x"}]
)
def test_the_database_holds_what_a_row_must_be(alice: User, wrong: dict[str, object]) -> None:
    calculate(user=alice, system="pythagorean")
    with pytest.raises(IntegrityError), transaction.atomic():
        ProfileCalculation.objects.filter(user=alice).update(**wrong)
