from datetime import date

import pytest
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from conftest import Api, make_user
from numerology.content.loader import interpretation
from numerology.engine import Position
from numerology.models import NumerologyProfile
from numerology.tests.cast import ALICE_NUMBERS, NOON, at, renamed

PATH = "/api/v1/numerology/birth-chart/"


def test_every_number_has_the_text_of_its_own_position(api: Api, alice: User) -> None:
    with at(NOON):
        response = api(alice).get(PATH)
    assert response.status_code == 200
    body = response.json()
    assert {name: body["profile"][name] for name in ALICE_NUMBERS} == ALICE_NUMBERS
    assert list(body["interpretations"]) == list(ALICE_NUMBERS)
    for name, number in ALICE_NUMBERS.items():
        text = interpretation(Position(name.removesuffix("_number")), number)
        assert body["interpretations"][name] == {
            "number": number,
            "title": text.title,
            "keywords": list(text.keywords),
            "description": text.description,
            "strengths": list(text.strengths),
            "challenges": list(text.challenges),
            "career": list(text.career),
            "relationships": text.relationships,
            "life_purpose": text.life_purpose,
            "advice": text.advice,
        }


def test_the_same_number_reads_differently_in_different_positions(api: Api, alice: User) -> None:
    with at(NOON):
        texts = api(alice).get(PATH).json()["interpretations"]
    assert texts["life_path_number"]["number"] == texts["maturity_number"]["number"] == 7
    assert texts["life_path_number"]["description"] != texts["maturity_number"]["description"]


def test_a_repeated_read_is_one_query_and_changes_nothing(
    api: Api, alice: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client = api(alice)
    first = client.get(PATH).json()
    before = NumerologyProfile.objects.values().get(user=alice)
    with django_assert_num_queries(2):  # one signs in, one reads
        assert client.get(PATH).json() == first
    assert NumerologyProfile.objects.values().get(user=alice) == before


@pytest.mark.parametrize(("full_name", "field"), [("Brnk Strk", "soul_urge_number"), ("Aoi Ea", "personality_number")])
def test_a_number_the_name_cannot_have_is_explained(api: Api, alice: User, full_name: str, field: str) -> None:
    renamed(alice, full_name)
    body = api(alice).get(PATH).json()
    assert body["profile"][field] is None
    assert body["interpretations"][field]["number"] is None
    assert body["interpretations"][field]["title"].startswith("A Name Without")
    assert body["interpretations"][field]["strengths"]


@pytest.mark.django_db
def test_every_person_of_a_year_of_birthdays_has_a_complete_chart(api: Api) -> None:
    """Masters appear in some of these charts; none may lack a text."""
    user = make_user(email="many@example.com", full_name="Mary Lynn Smith", born=date(1980, 9, 4))
    client, seen = api(user), set()
    for day in range(1, 29):
        type(user.profile).objects.filter(user=user).update(date_of_birth=date(1979, 11, day))
        body = client.get(PATH)
        assert body.status_code == 200
        seen |= {text["number"] for text in body.json()["interpretations"].values()}
    assert {11, 22} <= seen


def test_only_the_person_reads_their_chart(api: Api, alice: User, charlie: User) -> None:
    hers = api(alice).get(PATH).json()
    his = api(charlie).get(PATH).json()
    assert his["profile"]["id"] != hers["profile"]["id"]
    assert api(None).get(PATH).status_code == 401
    assert NumerologyProfile.objects.count() == 2


def test_what_is_missing_is_named(api: Api, alice: User) -> None:
    renamed(alice, "")
    response = api(alice).get(PATH)
    assert (response.status_code, response.json()["code"]) == (409, "name_required")
    assert not NumerologyProfile.objects.exists()
