"""Pictures over HTTP: whose, on which plan, how often, and with what a browser may do."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from conftest import Api
from numerology.models import CompatibilityCheck, NumerologyProfile, Person
from numerology.tests.cast import NOON, at, moved, reborn, renamed
from numerology.tests.pictures.reading import in_the_dark, parsed, texts

ROOT = "/api/v1/numerology"
FREE, PAID = ("birth-chart", "name"), ("lo-shu", "cycles")
OF_ONE = (*FREE, *PAID)
NOBODY = "11111111-2222-4333-8444-555555555555"


def picture(api: Api, user: User | None, kind: str, **query: Any) -> Any:
    return api(user).get(f"{ROOT}/{kind}.svg", query)


def beside(api: Api, user: User | None, kind: str, **query: Any) -> Any:
    return api(user).get(f"{ROOT}/{kind}.json", query)


@pytest.fixture
def person(alice: User) -> Person:
    return Person.objects.create(
        owner=alice,
        name="王小明",
        latin_name="Wang Xiaoming",
        birth_date=date(2019, 9, 9),
        relationship="nephew",
        relationship_kind="other",
    )


@pytest.fixture
def checked(api: Api, alice: User) -> str:
    with at(NOON):
        answer: Any = api(alice).post(
            f"{ROOT}/compatibility-check/",
            {"partner_name": "Bob Stone", "partner_birth_date": "1990-08-15", "relationship_type": "friendship"},
        )
    return f"compatibility-check/{answer.json()['id']}/compatibility"


def on_plan(user: User, plan: str) -> User:
    User.objects.filter(pk=user.pk).update(plan=plan)
    user.refresh_from_db()
    return user


@pytest.mark.parametrize("kind", OF_ONE)
def test_a_picture_and_what_is_beside_it_say_the_same(api: Api, alice: User, kind: str) -> None:
    with at(NOON):
        drawn, told = picture(api, alice, kind), beside(api, alice, kind)
    assert (drawn.status_code, told.status_code) == (200, 200)
    root, body = parsed(drawn.content.decode()), told.json()
    assert (root[0].text, root[1].text) == (body["title"], body["description"])
    assert "Alice Marie Johnson" in texts(root)
    assert body["person"] == {
        "name": "Alice Marie Johnson",
        "counted_as": "ALICE MARIE JOHNSON",
        "birth_date": "1985-03-17",
        "calculation_system": "pythagorean",
    }


def test_a_check_is_drawn_as_it_was_answered(api: Api, alice: User, checked: str) -> None:
    drawn, body = picture(api, alice, checked), beside(api, alice, checked).json()
    row = CompatibilityCheck.objects.get()
    root = parsed(drawn.content.decode())
    assert (root[0].text, root[1].text) == (body["title"], body["description"])
    assert (body["score"], body["heading"]) == (row.compatibility_score, row.title)
    assert [each["contribution"] for each in body["positions"]] == [
        each["contribution"] for each in row.breakdown["positions"]
    ]
    assert {"Alice Marie Johnson", "Bob Stone", str(row.compatibility_score), "as friends"} <= set(texts(root))


def test_numbers_beside_the_picture_are_those_of_the_chart(api: Api, alice: User) -> None:
    with at(NOON):
        numbers = beside(api, alice, "birth-chart").json()["numbers"]
        profile = api(alice).get(f"{ROOT}/profile/").json()
    assert {f"{each['position']}_number": each["value"] for each in numbers} == {
        name: profile[name] for name in profile if name.endswith("_number")
    }


@pytest.mark.parametrize("kind", OF_ONE)
def test_a_browser_may_do_nothing_but_show_it(api: Api, alice: User, kind: str) -> None:
    answer = picture(api, alice, kind)
    assert answer["Content-Type"] == "image/svg+xml; charset=utf-8"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"].startswith("default-src 'none'; style-src 'unsafe-inline'; ")
    assert answer["Content-Disposition"] == f'inline; filename="{kind}.svg"'
    assert answer["Cache-Control"] == "private, no-cache"
    assert "Authorization" in answer["Vary"]
    assert beside(api, alice, kind)["Content-Type"] == "application/json"


@pytest.mark.parametrize("ending", ["svg", "json"])
@pytest.mark.parametrize("kind", OF_ONE)
def test_what_has_not_changed_is_not_sent_again(api: Api, alice: User, kind: str, ending: str) -> None:
    path = f"{ROOT}/{kind}.{ending}"
    with at(NOON):
        client = api(alice)
        first = client.get(path)
        again: Any = client.get(path, headers={"If-None-Match": first["ETag"]})
        renamed(alice, "Alice Marie Jones")
        anew: Any = client.get(path, headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    assert again["Cache-Control"] == "private, no-cache"
    assert anew.status_code == 200
    assert anew["ETag"] != first["ETag"]


def test_each_theme_is_another_picture(api: Api, alice: User) -> None:
    with at(NOON):
        answers = {theme: picture(api, alice, "name", theme=theme) for theme in ("auto", "light", "dark")}
        plain = picture(api, alice, "name")
    assert len({answer["ETag"] for answer in answers.values()}) == 3
    assert plain.content == answers["auto"].content
    follows = [bool(in_the_dark(parsed(answer.content.decode()))) for answer in answers.values()]
    assert follows == [True, False, False]


@pytest.mark.parametrize("theme", ["sepia", "", "Dark"])
def test_there_are_three_themes(api: Api, alice: User, checked: str, theme: str) -> None:
    for kind in (*OF_ONE, checked):
        answer = picture(api, alice, kind, theme=theme)
        assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")
        assert [each["field"] for each in answer.json()["errors"]] == ["theme"]


@pytest.mark.parametrize("accepted", ["text/html", "image/svg+xml", "application/json", "*/*"])
def test_the_address_says_what_it_is_and_not_the_header(api: Api, alice: User, accepted: str) -> None:
    answer: Any = api(alice).get(f"{ROOT}/name.svg", headers={"Accept": accepted})
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/svg+xml; charset=utf-8")


@pytest.mark.parametrize("ending", ["svg", "json"])
@pytest.mark.parametrize("kind", PAID)
def test_what_needs_a_plan_names_it(api: Api, bob: User, kind: str, ending: str) -> None:
    refused: Any = api(bob).get(f"{ROOT}/{kind}.{ending}")
    assert (refused.status_code, refused["Content-Type"]) == (402, "application/problem+json")
    assert (refused.json()["code"], refused.json()["plan"]) == ("plan_required", "basic")
    assert api(on_plan(bob, "basic")).get(f"{ROOT}/{kind}.{ending}").status_code == 200


@pytest.mark.parametrize("kind", FREE)
def test_every_plan_has_the_birth_chart_and_the_name(api: Api, bob: User, kind: str) -> None:
    assert picture(api, bob, kind).status_code == beside(api, bob, kind).status_code == 200


def test_a_check_is_drawn_while_the_plan_has_compatibility(api: Api, alice: User, checked: str) -> None:
    on_plan(alice, "basic")
    for ask in (picture, beside):
        refused = ask(api, alice, checked)
        assert (refused.status_code, refused.json()["plan"]) == (402, "premium")


def test_another_s_check_is_as_if_it_were_not(api: Api, bob: User, checked: str) -> None:
    on_plan(bob, "elite")
    nothing = f"compatibility-check/{NOBODY}/compatibility"
    for ask in (picture, beside):
        found, of_nothing = ask(api, bob, checked).json(), ask(api, bob, nothing).json()
        assert found["status"] == 404
        assert found | {"request_id": ""} == of_nothing | {"request_id": ""}


@pytest.mark.parametrize("kind", OF_ONE)
def test_somebody_one_keeps_is_drawn_by_their_own_name(api: Api, alice: User, person: Person, kind: str) -> None:
    drawn = picture(api, alice, kind, person_id=str(person.pk))
    said = texts(parsed(drawn.content.decode()))
    assert {"王小明", "counted as WANG XIAOMING"} <= set(said)
    assert beside(api, alice, kind, person_id=str(person.pk)).json()["person"]["name"] == "王小明"


@pytest.mark.parametrize("ask", [picture, beside])
@pytest.mark.parametrize("kind", OF_ONE)
def test_somebody_whom_another_keeps_is_not_there(
    api: Api, charlie: User, person: Person, kind: str, ask: Callable[..., Any]
) -> None:
    on_plan(charlie, "elite")
    assert ask(api, charlie, kind, person_id=str(person.pk)).status_code == 404
    assert ask(api, charlie, kind, person_id=NOBODY).status_code == 404
    Person.objects.filter(pk=person.pk).update(owner=charlie, is_active=False, deleted_at=NOON)
    assert ask(api, charlie, kind, person_id=str(person.pk)).status_code == 404


@pytest.mark.parametrize("person_id", ["", "1", "alice"])
def test_a_person_is_named_by_an_id(api: Api, alice: User, person_id: str) -> None:
    for ask in (picture, beside):
        answer = ask(api, alice, "name", person_id=person_id)
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "person_id")


@pytest.mark.parametrize("ask", [picture, beside])
def test_whoever_is_not_signed_in_sees_nothing(api: Api, db: None, ask: Callable[..., Any]) -> None:
    for kind in (*OF_ONE, f"compatibility-check/{NOBODY}/compatibility"):
        answer = ask(api, None, kind)
        assert (answer.status_code, answer["Content-Type"]) == (401, "application/problem+json")


@pytest.mark.parametrize("ask", [picture, beside])
@pytest.mark.parametrize("kind", OF_ONE)
def test_what_the_profile_lacks_is_named(api: Api, alice: User, kind: str, ask: Callable[..., Any]) -> None:
    renamed(alice, "王小明")
    assert ask(api, alice, kind).json()["code"] == "latin_name_required"
    renamed(alice, "...")
    assert ask(api, alice, kind).json()["code"] == "name_no_letters"
    renamed(alice, "Alice")
    reborn(alice, None)
    answer = ask(api, alice, kind)
    assert (answer.status_code, answer.json()["code"]) == (409, "birth_date_required")


@pytest.mark.parametrize("ask", [picture, beside])
@pytest.mark.parametrize("kind", OF_ONE)
def test_looking_is_two_queries_and_changes_nothing(
    api: Api,
    alice: User,
    person: Person,
    django_assert_num_queries: DjangoAssertNumQueries,
    kind: str,
    ask: Callable[..., Any],
) -> None:
    client_of = {alice: api(alice)}
    with django_assert_num_queries(2):  # one signs in, one reads
        ask(client_of.__getitem__, alice, kind)
    with django_assert_num_queries(3):  # and one finds the person
        ask(client_of.__getitem__, alice, kind, person_id=str(person.pk))
    assert not NumerologyProfile.objects.exists()


def test_a_check_takes_two_queries(
    api: Api, alice: User, checked: str, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client = api(alice)
    with django_assert_num_queries(2):
        assert client.get(f"{ROOT}/{checked}.svg").status_code == 200


def test_today_is_the_person_s_own(api: Api, alice: User) -> None:
    with at(datetime(2026, 12, 31, 23, tzinfo=UTC)):
        here = beside(api, alice, "cycles").json()
        moved(alice, "Asia/Tokyo")
        there = beside(api, alice, "cycles").json()
    assert (here["on_date"], there["on_date"]) == ("2026-12-31", "2027-01-01")
    current = [[each["year"] for each in told["personal_years"] if each["is_current"]] for told in (here, there)]
    assert current == [[2026], [2027]]


def test_the_letters_of_a_picture_are_those_of_the_system_one_has_chosen(api: Api, alice: User) -> None:
    client = api(alice)
    client.post(f"{ROOT}/calculate/", {"system": "chaldean"})
    body: Any = client.get(f"{ROOT}/name.json").json()
    assert body["person"]["calculation_system"] == "chaldean"
    assert [each["value"] for each in body["words"][0]["letters"]] == [1, 3, 1, 3, 5]
