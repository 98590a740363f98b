from typing import Any

import pytest

from accounts.models import User
from conftest import Api
from numerology.engine import VERSION
from numerology.models import NumerologyProfile
from numerology.tests.cast import ALICE_NUMBERS, NOON, at, reborn, renamed

PATH = "/api/v1/numerology/calculate/"


def test_the_nine_numbers_are_calculated_and_kept(api: Api, alice: User) -> None:
    with at(NOON):
        response = api(alice).post(PATH, {"system": "pythagorean"})
    assert response.status_code == 200
    body = response.json()
    assert body["message"] == "Your numbers have been calculated."
    row = NumerologyProfile.objects.get(user=alice)
    assert body["profile"] == ALICE_NUMBERS | {
        "id": str(row.id),
        "calculation_system": "pythagorean",
        "calculated_at": "2026-11-20T12:00:00Z",
        "updated_at": "2026-11-20T12:00:00Z",
    }
    assert (row.full_name, row.birth_date, row.engine_version) == (
        "Alice Marie Johnson",
        alice.profile.date_of_birth,
        VERSION,
    )


def test_the_chaldean_system_changes_the_numbers_of_the_name(api: Api, alice: User) -> None:
    with at(NOON):
        profile = api(alice).post(PATH, {"system": "chaldean"}).json()["profile"]
    # ALICE 13, MARIE 13, JOHNSON 33: compound 59, root 5; vowels 27; consonants 32; Life Path 7 + 5 = 12.
    assert profile["calculation_system"] == "chaldean"
    assert (profile["destiny_number"], profile["soul_urge_number"], profile["personality_number"]) == (5, 1, 4)
    assert profile["maturity_number"] == 3
    assert profile["life_path_number"] == ALICE_NUMBERS["life_path_number"]


def test_the_system_is_pythagorean_unless_said_otherwise(api: Api, alice: User) -> None:
    assert api(alice).post(PATH, {}).json()["profile"]["calculation_system"] == "pythagorean"


def test_calculating_again_keeps_the_row_and_replaces_the_numbers(api: Api, alice: User) -> None:
    first = api(alice).post(PATH, {"system": "chaldean"}).json()["profile"]
    second = api(alice).post(PATH, {"system": "pythagorean"}).json()["profile"]
    assert first["id"] == second["id"]
    assert NumerologyProfile.objects.get(user=alice).calculation_system == "pythagorean"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"system": "xyz"}, "system"),
        ({"system": None}, "system"),
        ({"system": ["pythagorean"]}, "system"),
        ({"system": "pythagorean", "latin_name": "李明"}, "latin_name"),
        ({"system": "pythagorean", "latin_name": "Юлия"}, "latin_name"),
        ({"system": "pythagorean", "latin_name": "123"}, "latin_name"),
        ({"system": "pythagorean", "latin_name": "x" * 201}, "latin_name"),
    ],
)
def test_bad_input_is_named_and_nothing_is_kept(api: Api, alice: User, body: dict[str, Any], field: str) -> None:
    response = api(alice).post(PATH, body)
    assert response.status_code == 400
    assert response.json()["code"] == "validation_error"
    assert [error["field"] for error in response.json()["errors"]] == [field]
    assert not NumerologyProfile.objects.exists()


def test_strangers_to_the_house_calculate_nothing(api: Api, alice: User) -> None:
    assert api(None).post(PATH, {"system": "pythagorean"}).status_code == 401
    assert not NumerologyProfile.objects.exists()


def test_one_persons_calculation_leaves_anothers_alone(api: Api, alice: User, charlie: User) -> None:
    api(alice).post(PATH, {"system": "pythagorean"})
    before = NumerologyProfile.objects.values().get(user=alice)
    api(charlie).post(PATH, {"system": "chaldean"})
    assert NumerologyProfile.objects.values().get(user=alice) == before


def test_a_missing_birth_date_says_what_to_fill_in(api: Api, alice: User) -> None:
    reborn(alice, None)
    response = api(alice).post(PATH, {"system": "pythagorean"})
    assert response.status_code == 409
    assert response.json()["code"] == "birth_date_required"
    assert response.json()["errors"][0]["field"] == "date_of_birth"
    assert not NumerologyProfile.objects.exists()


@pytest.mark.parametrize("full_name", ["", "   "])
def test_a_missing_name_says_what_to_fill_in(api: Api, alice: User, full_name: str) -> None:
    renamed(alice, full_name)
    response = api(alice).post(PATH, {"system": "pythagorean"})
    assert (response.status_code, response.json()["code"]) == (409, "name_required")
    assert response.json()["errors"][0]["field"] == "full_name"


def test_a_name_without_letters_is_refused(api: Api, alice: User) -> None:
    renamed(alice, "123 😀")
    response = api(alice).post(PATH, {"system": "pythagorean"})
    assert (response.status_code, response.json()["code"]) == (409, "name_no_letters")
    assert not NumerologyProfile.objects.exists()


def test_a_name_in_an_open_script_needs_a_latin_spelling_that_is_remembered(api: Api, alice: User) -> None:
    renamed(alice, "李明")
    refused = api(alice).post(PATH, {"system": "pythagorean"})
    assert (refused.status_code, refused.json()["code"]) == (409, "latin_name_required")
    assert refused.json()["errors"][0]["field"] == "latin_name"
    given = api(alice).post(PATH, {"system": "pythagorean", "latin_name": "Li Ming"}).json()["profile"]
    # LI 3 + 9 = 12 = 3, MING 4 + 9 + 5 + 7 = 25 = 7.
    assert given["destiny_number"] == 1
    remembered = api(alice).post(PATH, {"system": "pythagorean"}).json()["profile"]
    assert remembered["destiny_number"] == 1
    taken_back = api(alice).post(PATH, {"system": "pythagorean", "latin_name": ""})
    assert taken_back.json()["code"] == "latin_name_required"


def test_a_latin_spelling_is_forgotten_with_the_name_it_was_given_for(api: Api, alice: User) -> None:
    renamed(alice, "李明")
    api(alice).post(PATH, {"system": "pythagorean", "latin_name": "Li Ming"})
    renamed(alice, "Alice Marie Johnson")
    profile = api(alice).post(PATH, {"system": "pythagorean"}).json()["profile"]
    assert profile["destiny_number"] == ALICE_NUMBERS["destiny_number"]
    assert NumerologyProfile.objects.get(user=alice).latin_name == ""
