import json
from datetime import date
from typing import Any

import jsonschema  # type: ignore[import-untyped]
import pytest
from drf_spectacular.generators import SchemaGenerator
from hypothesis import given
from hypothesis import settings as effort
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries, Settings

from accounts.models import User
from conftest import Api
from numerai.common.throttling import Limit
from numerai.tests.belongings import person
from numerology.charts.whole import services
from numerology.charts.whole.representation import chart_json
from numerology.charts.whole.schema import COMPONENTS
from numerology.charts.whole.texts import texts_of
from numerology.content.loader import interpretation, note
from numerology.engine import Position, chart
from numerology.engine.choices import CHOICES, options_from
from numerology.engine.errors import EngineError
from numerology.models import NumerologyProfile, Person, ProfileCalculation
from numerology.tests.cast import ALICE_NUMBERS, NOON, at, renamed

PATH = "/api/v1/numerology/chart/"
# In characters: 200 letters with every text.
LARGEST = 400_000
ASKED = {"name": "Thomas John Hancock", "birth_date": "1949-05-10"}
MASTERS_KEPT = dict.fromkeys(
    ("attitude_masters", "personal_masters", "universal_masters", "challenge_masters", "indian_masters"), "keep_master"
)


def plain(value: Any) -> Any:
    return json.loads(json.dumps(value))


def test_the_chart_of_any_name_and_date_is_the_engines(
    api: Api, alice: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with at(NOON):
        client = api(alice)
        with django_assert_num_queries(1):  # signs in; nothing is read and nothing kept
            response = client.post(PATH, ASKED)
    assert response.status_code == 200
    expected = chart(name="Thomas John Hancock", birth_date=date(1949, 5, 10), on_date=date(2026, 11, 20))
    assert response.json() == plain(expected.to_dict()) | {"content_hash": expected.content_hash}
    assert (response.json()["life_path"]["value"], response.json()["destiny"]["calculation"]) == (
        11,
        "22 + 2 + 1 = 25 = 7",
    )
    assert not NumerologyProfile.objects.exists()
    assert not ProfileCalculation.objects.exists()


def test_options_names_and_the_day_are_heeded(api: Api, alice: User) -> None:
    body = {
        "name": "李明",
        "latin_name": "Li Ming",
        "current_name": "Ming Brown",
        "birth_date": "1960-12-12",
        "on_date": "1990-01-01",
        "system": "chaldean",
        "gender": "female",
        "options": {"life_path": "all_digits", "maturity": None},
    }
    answer = api(alice).post(PATH, body).json()
    expected = chart(
        name="李明",
        latin_name="Li Ming",
        current_name="Ming Brown",
        birth_date=date(1960, 12, 12),
        on_date=date(1990, 1, 1),
        system="chaldean",
        options=options_from({"life_path": "all_digits", "gender": "female"}),
    )
    assert answer == plain(expected.to_dict()) | {"content_hash": expected.content_hash}
    assert (answer["life_path"]["value"], answer["age"], answer["name"]["original"]) == (22, 29, "李明")
    assert [each["gender"] for each in answer["kua"]["numbers"]] == ["female"]


def test_equal_questions_have_equal_hashes(api: Api, alice: User) -> None:
    client, on = api(alice), {"on_date": "2026-01-01"}
    first, again = (client.post(PATH, ASKED | on).json()["content_hash"] for _ in range(2))
    other = client.post(PATH, ASKED | on | {"options": {"vowels": "goodwin"}}).json()["content_hash"]
    assert first == again != other


@pytest.mark.parametrize(
    ("change", "field", "code"),
    [
        ({"name": "😀 12"}, "name", "letterless"),
        ({"name": "李明"}, "name", "latin_name_required"),
        ({"name": "x" * 201}, "name", "max_length"),
        ({"name": 5}, "name", "invalid"),
        ({"latin_name": "李"}, "latin_name", "latin_name_required"),
        ({"latin_name": "12"}, "latin_name", "name_no_letters"),
        ({"current_name": "!"}, "current_name", "name_no_letters"),
        ({"birth_date": "0999-12-31"}, "birth_date", "too_early"),
        ({"birth_date": "2023-02-29"}, "birth_date", "invalid"),
        ({"birth_date": "10000-01-01"}, "birth_date", "invalid"),
        ({"on_date": "20260101"}, "on_date", "invalid"),
        ({"system": "kabbalah"}, "system", "invalid_choice"),
        ({"gender": "both"}, "gender", "invalid_choice"),
        ({"gender": "male", "options": {"gender": "female"}}, "gender", "repeated"),
        ({"options": {"life_path": "guess"}}, "options.life_path", "option_unknown"),
        ({"options": {"secret": "x"}}, "options", "option_unknown"),
        ({"options": {"vowels": ["decoz"]}}, "options.vowels", "invalid"),
        ({"options": {"vowels": "x" * 1000}}, "options.vowels", "max_length"),
        ({"options": ["life_path"]}, "options", "not_a_dict"),
        ({"options": {"lo_shu_fill": "digits_plus_driver_conductor_kua"}}, "gender", "gender_required"),
        ({"with_texts": "yes"}, "with_texts", "invalid"),
    ],
)
def test_what_cannot_be_calculated_is_said_where_it_is(
    api: Api, alice: User, change: dict[str, Any], field: str, code: str | None
) -> None:
    response = api(alice).post(PATH, ASKED | change)
    assert (response.status_code, response.json()["code"]) == (400, "validation_error")
    (error,) = response.json()["errors"]
    assert error["field"] == field
    assert code is None or error["code"] == code


@pytest.mark.parametrize("missing", ["name", "birth_date"])
def test_name_and_date_are_needed(api: Api, alice: User, missing: str) -> None:
    response = api(alice).post(PATH, {name: value for name, value in ASKED.items() if name != missing})
    assert [(each["field"], each["code"]) for each in response.json()["errors"]] == [(missing, "required")]


def test_a_refusal_says_what_would_help(api: Api, alice: User) -> None:
    client = api(alice)
    spelled = client.post(PATH, ASKED | {"name": "李明"}).json()
    assert spelled["proposal"]["transliterated"] is True
    assert client.post(PATH, ASKED | {"latin_name": spelled["proposal"]["latin_name"]}).status_code == 200
    method = client.post(PATH, ASKED | {"options": {"life_path": "guess"}}).json()
    assert method["allowed"] == list(CHOICES["life_path"])
    option = client.post(PATH, ASKED | {"options": {"secret" * 1000: "x"}}).json()
    assert option["allowed"] == list(CHOICES)
    assert "secret" not in json.dumps(option)


@pytest.mark.parametrize("query", ["", "?texts=true"])
def test_every_number_has_a_text_when_wished(api: Api, alice: User, query: str) -> None:
    with at(NOON):
        body = api(alice).post(PATH + query, ASKED | {"with_texts": not query}).json()
    texts = body["texts"]
    assert texts["life_path"]["title"] == interpretation(Position.LIFE_PATH, 11).title
    assert texts["birthday"]["summary"] == note("birthday", 10).summary
    assert texts["pinnacles"][0]["title"] == note("pinnacle", "6-first").title
    assert texts["karmic_debts"][0]["title"] == note("karmic_debt", "14-personality").title
    assert [each["title"] for each in texts["karmic_lessons"]] == [note("karmic_lesson", n).title for n in (7, 9)]
    assert texts["minor_destiny"] is None
    unread = {"keystone"}  # a letter that nobody has written about
    numbers = set(body) - {"content_hash", "engine_version", "name", "current_name", "birth_date", "on_date", "age"}
    assert numbers - {"system", "options", "texts"} - unread <= set(texts)


@pytest.mark.parametrize("day", range(1, 29))
def test_no_number_is_without_a_text_whatever_the_options(day: int) -> None:
    result = chart(
        name="Mary Lynn Brown",
        current_name="Mo Brown",
        birth_date=date(1979, 11, day),
        on_date=date(2026, 11, day),
        options=options_from(MASTERS_KEPT | {"chaldean_masters": "keep_master", "gender": "male"}),
    )
    assert not [name for name, text in texts_of(result).items() if text is None]
    assert None not in texts_of(result)["challenges"] + texts_of(result)["pinnacles"]


def test_ones_own_chart_is_of_today_in_the_chosen_system(
    api: Api, alice: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with at(NOON):
        client = api(alice)
        client.post("/api/v1/numerology/calculate/", {"system": "chaldean"})
        with django_assert_num_queries(2):  # one signs in, one reads the system
            body = client.get(PATH).json()
    client = api(alice)
    expected = chart(
        name="Alice Marie Johnson", birth_date=date(1985, 3, 17), on_date=date(2026, 11, 20), system="chaldean"
    )
    assert body["content_hash"] == expected.content_hash
    assert body["life_path"]["value"] == ALICE_NUMBERS["life_path_number"]
    assert "texts" not in body
    assert client.get(PATH + "?texts=true").json()["texts"]["life_path"]["number"] == 7
    assert client.get(PATH + "?texts=maybe").status_code == 400


def test_somebody_one_keeps_has_a_whole_chart_and_nobody_elses(api: Api, alice: User, charlie: User) -> None:
    hers, _ = person(alice)
    foreign, _ = person(charlie)
    Person.objects.filter(pk=hers).update(current_name="Tom Hancock", gender="male")
    body = api(alice).get(f"{PATH}?person_id={hers}").json()
    assert (body["name"]["original"], body["current_name"]["original"]) == ("Thomas John Hancock", "Tom Hancock")
    assert [each["gender"] for each in body["kua"]["numbers"]] == ["male"]
    assert api(alice).get(f"{PATH}?person_id={foreign}").status_code == 404
    assert api(alice).get(f"{PATH}?person_id=1").status_code == 400


@pytest.mark.parametrize("current_name", ["李明", "12"])
def test_a_name_of_today_that_cannot_be_counted_is_left_out(api: Api, alice: User, current_name: str) -> None:
    hers, _ = person(alice)
    Person.objects.filter(pk=hers).update(current_name=current_name)
    body = api(alice).get(f"{PATH}?person_id={hers}").json()
    assert (body["current_name"], body["minor_destiny"]) == (None, None)


def test_a_profile_that_lacks_something_says_so_with_a_proposal(api: Api, alice: User) -> None:
    renamed(alice, "李明")
    for response in (api(alice).get(PATH), api(alice).post("/api/v1/numerology/calculate/", {})):
        assert (response.status_code, response.json()["code"]) == (409, "latin_name_required")
        assert response.json()["proposal"]["latin_name"]


def test_charts_belong_to_a_plan_and_to_people_who_are_signed_in(api: Api, bob: User) -> None:
    for response, feature in (
        (api(bob).get(PATH), "whole_chart"),
        (api(bob).post(PATH, ASKED), "any_chart"),
    ):
        assert (response.status_code, response.json()["code"]) == (402, "plan_required")
        assert (response.json()["feature"], response.json()["plan"]) == (feature, "basic")
    assert api(None).get(PATH).status_code == api(None).post(PATH, ASKED).status_code == 401


def test_charts_are_counted_by_person(
    api: Api, alice: User, charlie: User, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.RATE_LIMIT_ENABLED = True
    monkeypatch.setattr(services, "CHARTS", Limit("charts", times=2, seconds=3600))
    type(charlie).objects.filter(pk=charlie.pk).update(plan="basic")
    client = api(alice)
    assert [client.post(PATH, ASKED).status_code for _ in range(3)] == [200, 200, 429]
    assert int(client.post(PATH, ASKED)["Retry-After"]) > 0
    assert api(charlie).post(PATH, ASKED).status_code == 200


@effort(max_examples=40)
@given(
    name=st.text(max_size=200),
    born=st.dates(min_value=date(1000, 1, 1)),
    on=st.dates(min_value=date(1000, 1, 1)),
)
def test_any_chart_is_as_the_document_says_and_has_an_end(name: str, born: date, on: date) -> None:
    try:
        result = chart(name=name, birth_date=born, on_date=on)
    except EngineError as error:
        told = services.refused(error).extra["errors"]
    else:
        told = []
        body = json.dumps(chart_json(result, with_texts=True))
        assert len(body) < LARGEST
        jsonschema.validate(json.loads(body), described())
    assert [each["field"] for each in told] in ([], ["name"])


def test_the_document_shows_the_chart_as_it_is(api: Api, alice: User) -> None:
    body = api(alice).post(PATH, ASKED | {"current_name": "Tom", "with_texts": True}).json()
    jsonschema.validate(body, described())
    assert set(body) == set(COMPONENTS["Chart"]["properties"])
    document: Any = SchemaGenerator().get_schema(request=None, public=True)
    assert {name: document["components"]["schemas"][name] for name in COMPONENTS} == COMPONENTS
    operation = document["paths"][PATH]["post"]
    ((_, media),) = operation["responses"]["200"]["content"].items()
    assert media["schema"] == {"$ref": "#/components/schemas/Chart"}
    (shown,) = media["examples"].values()
    ((_, asked),) = operation["requestBody"]["content"]["application/json"]["examples"].items()
    same = api(alice).post(PATH, asked["value"] | {"on_date": "2026-11-20"}).json()
    assert shown["value"] == same


def described() -> dict[str, Any]:
    return {"$ref": "#/components/schemas/Chart", "components": {"schemas": COMPONENTS}}
