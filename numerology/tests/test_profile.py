from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime

import pytest
from django.db import connection
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from conftest import Api
from numerology.charts.services import current_profile
from numerology.engine import VERSION
from numerology.models import NumerologyProfile
from numerology.tests.cast import ALICE_NUMBERS, NOON, at, moved, reborn, renamed

PATH = "/api/v1/numerology/profile/"
CALCULATE = "/api/v1/numerology/calculate/"


def test_the_first_read_calculates(api: Api, alice: User) -> None:
    with at(NOON):
        response = api(alice).get(PATH)
    assert response.status_code == 200
    body = response.json()
    assert {name: body[name] for name in ALICE_NUMBERS} == ALICE_NUMBERS
    assert body["calculation_system"] == "pythagorean"
    assert NumerologyProfile.objects.get(user=alice).id.hex == body["id"].replace("-", "")


def test_a_repeated_read_is_one_query_and_changes_nothing(
    api: Api, alice: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client = api(alice)
    first = client.get(PATH).json()
    before = NumerologyProfile.objects.values().get(user=alice)
    with django_assert_num_queries(2):  # one signs in, one reads
        assert client.get(PATH).json() == first
    assert NumerologyProfile.objects.values().get(user=alice) == before


def test_everyone_sees_their_own(api: Api, alice: User, bob: User) -> None:
    with at(NOON):
        hers, his = api(alice).get(PATH).json(), api(bob).get(PATH).json()
    assert hers["id"] != his["id"]
    assert his["life_path_number"] == 6  # 8 + 6 + 1 = 15
    assert api(None).get(PATH).status_code == 401


def test_a_new_name_shows_in_the_next_read(api: Api, alice: User) -> None:
    client = api(alice)
    first = client.get(PATH).json()
    renamed(alice, "Thomas John Hancock")
    second = client.get(PATH).json()
    assert second["id"] == first["id"]
    assert (second["destiny_number"], second["soul_urge_number"]) == (7, 2)
    assert second["calculated_at"] > first["calculated_at"]


def test_a_new_birth_date_shows_in_the_next_read(api: Api, alice: User) -> None:
    client = api(alice)
    assert client.get(PATH).json()["life_path_number"] == 7
    reborn(alice, date(1949, 5, 10))
    assert client.get(PATH).json()["life_path_number"] == 11


def test_the_chosen_system_outlives_a_new_name(api: Api, alice: User) -> None:
    client = api(alice)
    client.post(CALCULATE, {"system": "chaldean"})
    renamed(alice, "John Smith")
    body = client.get(PATH).json()
    assert (body["calculation_system"], body["destiny_number"]) == ("chaldean", 8)


def test_numbers_of_an_older_engine_are_calculated_anew(api: Api, alice: User) -> None:
    client = api(alice)
    client.get(PATH)
    NumerologyProfile.objects.filter(user=alice).update(engine_version=VERSION - 1, destiny_number=4)
    assert client.get(PATH).json()["destiny_number"] == ALICE_NUMBERS["destiny_number"]
    assert NumerologyProfile.objects.get(user=alice).engine_version == VERSION


def test_year_and_month_are_those_of_the_day_it_is_where_the_person_lives(api: Api, alice: User) -> None:
    new_year_in_auckland = datetime(2026, 12, 31, 12, tzinfo=UTC)
    with at(new_year_in_auckland):
        client = api(alice)
        in_london = client.get(PATH).json()
        moved(alice, "Pacific/Auckland")
        in_auckland = client.get(PATH).json()
    assert (in_london["personal_year_number"], in_london["personal_month_number"]) == (3, 6)
    assert (in_auckland["personal_year_number"], in_auckland["personal_month_number"]) == (4, 5)
    assert in_london["calculated_at"] == in_auckland["calculated_at"]


def test_a_month_later_the_month_has_moved_on_without_a_calculation(api: Api, alice: User) -> None:
    with at(NOON):
        november = api(alice).get(PATH).json()
    with at(datetime(2026, 12, 20, 12, tzinfo=UTC)):
        december = api(alice).get(PATH).json()
    assert (november["personal_month_number"], december["personal_month_number"]) == (5, 6)
    assert november["calculated_at"] == december["calculated_at"]


def test_a_name_without_vowels_has_no_soul_urge(api: Api, alice: User) -> None:
    renamed(alice, "Brnk Strk")
    body = api(alice).get(PATH).json()
    assert body["soul_urge_number"] is None
    assert body["personality_number"] == body["destiny_number"]


def test_what_is_missing_is_named(api: Api, alice: User) -> None:
    client = api(alice)
    client.get(PATH)
    reborn(alice, None)
    assert (client.get(PATH).status_code, client.get(PATH).json()["code"]) == (409, "birth_date_required")
    renamed(alice, "")
    assert client.get(PATH).json()["code"] == "name_required"
    assert NumerologyProfile.objects.filter(user=alice).count() == 1


@pytest.mark.django_db(transaction=True)
def test_first_reads_at_the_same_moment_make_one_profile(alice: User) -> None:
    def read(_: int) -> object:
        try:
            return current_profile(user=User.objects.select_related("profile").get(pk=alice.pk)).id
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as threads:
        ids = set(threads.map(read, range(8)))
    assert ids == {NumerologyProfile.objects.get(user=alice).id}
