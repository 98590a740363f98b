from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as effort
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from conftest import Api
from numerai.tests.belongings import person
from numerology.charts.grids.serializers import LoShuGridSerializer
from numerology.charts.grids.services import grid_json
from numerology.content.loader import line, note
from numerology.engine.sections.birth import birth_numbers
from numerology.tests.cast import reborn

PATH = "/api/v1/numerology/lo-shu-grid/"
KUA = "digits_plus_driver_conductor_kua"


def counted(body: dict[str, Any]) -> dict[int, int]:
    return {cell["digit"]: cell["count"] for row in body["rows"] for cell in row}


def test_the_grid_of_ones_own_birth_date(
    api: Api, alice: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client = api(alice)
    with django_assert_num_queries(1):  # signs in; the date comes with the person
        body = client.get(PATH).json()
    # 17 3 1985, driver 8, conductor 2005 = 7.
    assert [[cell["digit"] for cell in row] for row in body["rows"]] == [[4, 9, 2], [3, 5, 7], [8, 1, 6]]
    assert counted(body) == {1: 2, 2: 0, 3: 1, 4: 0, 5: 1, 6: 0, 7: 2, 8: 2, 9: 1}
    assert [cell["digit"] for cell in body["missing"]] == [2, 4, 6]
    assert [(cell["digit"], cell["count"]) for cell in body["repeated"]] == [(1, 2), (7, 2), (8, 2)]
    assert [each["key"] for each in body["full"]] == ["357", "951"]
    assert body["full"][0]["text"]["summary"] == line("lo_shu_line", "357-full").summary
    assert body["empty"] == []
    assert [each["text"] is None for each in body["lines"]] == [each["state"] == "partial" for each in body["lines"]]
    assert body["rows"][2][0]["text"]["title"] == line("lo_shu_cell", "8-2").title
    assert body["missing"][0]["text"]["title"] == line("lo_shu_cell", "2-0").title
    assert (body["driver"]["number"], body["conductor"]["number"]) == (8, 7)
    assert body["driver"]["text"]["title"] == note("driver", 8).title
    assert body["driver_conductor"]["title"] == line("driver_conductor", "8-7").title
    assert [each["gender"] for each in body["kua"]] == ["male", "female"]
    assert list(LoShuGridSerializer().fields) == list(body)


def test_what_is_filled_in_is_for_the_person_to_say(api: Api, alice: User) -> None:
    client = api(alice)
    bare = client.get(PATH, {"fill": "date_digits_only"}).json()
    assert {entry["source"] for entry in bare["entries"]} == {"date"}
    refused = client.get(PATH, {"fill": KUA})
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (400, "gender_required")
    filled = client.get(PATH, {"fill": KUA, "gender": "female"}).json()
    assert (filled["gender"], filled["entries"][-1]["source"]) == ("female", "kua")
    type(alice.profile).objects.filter(user=alice).update(gender="male")
    assert client.get(PATH, {"fill": KUA}).json()["gender"] == "male"
    assert client.get(PATH).json()["fill"] == "digits_plus_driver_conductor"


@pytest.mark.parametrize("query", [{"fill": "all"}, {"fill": ""}, {"gender": "other"}, {"person_id": "7"}])
def test_what_cannot_be_asked_is_named(api: Api, alice: User, query: dict[str, str]) -> None:
    response = api(alice).get(PATH, query)
    assert response.status_code == 400
    assert [each["field"] for each in response.json()["errors"]] == list(query)


def test_an_empty_line_says_something(api: Api, alice: User) -> None:
    reborn(alice, date(1999, 1, 19))
    body = api(alice).get(PATH, {"fill": "date_digits_only"}).json()
    empty = {each["key"]: each["text"]["title"] for each in body["empty"]}
    assert empty == {key: line("lo_shu_line", f"{key}-empty").title for key in ("357", "438", "276", "456", "258")}


def test_grids_of_people_are_their_owners(api: Api, alice: User, charlie: User) -> None:
    hers, _ = person(alice)
    foreign, _ = person(charlie)
    body = api(alice).get(PATH, {"person_id": hers}).json()
    assert body["birth_date"] == "1949-05-10"
    assert api(alice).get(PATH, {"person_id": foreign}).status_code == 404


def test_grids_belong_to_a_plan(api: Api, bob: User, alice: User) -> None:
    response = api(bob).get(PATH)
    assert (response.status_code, response.json()["plan"]) == (402, "basic")
    assert api(None).get(PATH).status_code == 401
    reborn(alice, None)
    assert api(alice).get(PATH).json()["code"] == "birth_date_required"


@effort(max_examples=60)
@given(born=st.dates(min_value=date(1000, 1, 1)))
def test_every_cell_and_every_telling_line_has_a_text(born: date) -> None:
    body = grid_json(birth_numbers(born))
    assert all(cell["text"] for row in body["rows"] for cell in row)
    assert all(each["text"] for each in body["full"] + body["empty"])
    assert {cell["digit"] for cell in body["missing"]} == {digit for digit, count in counted(body).items() if not count}
