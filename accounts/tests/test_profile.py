from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
import time_machine
from pytest_django import DjangoAssertNumQueries, Settings

from accounts.models import Profile, User
from accounts.profiles.representation import profile_json, user_json
from accounts.profiles.serializers import ProfileSerializer, UserSerializer
from accounts.signals import birth_data_changed
from accounts.tests.together import together
from conftest import Api

URL = "/api/v1/users/profile/"
Told = list[tuple[User, frozenset[str]]]


@pytest.fixture
def told() -> Iterator[Told]:
    """What other apps hear of changed birth data."""
    heard: Told = []

    def listen(sender: type[User], user: User, changed: frozenset[str], **_: object) -> None:
        assert sender is User
        heard.append((user, changed))

    birth_data_changed.connect(listen)
    yield heard
    birth_data_changed.disconnect(listen)


def row_of(user: User) -> dict[str, Any]:
    return {**Profile.objects.values().get(user=user), **User.objects.values().get(id=user.pk)}


def test_reading_it(api: Api, alice: User) -> None:
    Profile.objects.filter(user=alice).update(gender="female", location="Lyon", bio="Hello")
    response = api(alice).get(URL)
    profile = Profile.objects.get(user=alice)
    assert response.status_code == 200
    body = response.json()
    assert body["user"] | {"created_at": ""} == {
        "id": str(alice.id),
        "email": "alice@example.com",
        "phone": None,
        "full_name": "Alice Marie Johnson",
        "is_verified": True,
        "is_premium": True,
        "subscription_plan": "premium",
        "created_at": "",
    }
    assert (body["id"], body["date_of_birth"], body["gender"]) == (str(profile.id), "1985-03-17", "female")
    assert (body["timezone"], body["location"], body["bio"]) == ("UTC", "Lyon", "Hello")
    assert body["profile_picture_url"] == ""
    for moment in (body["created_at"], body["updated_at"], body["user"]["created_at"]):
        assert datetime.fromisoformat(moment).utcoffset() is not None


def test_the_documented_shape_is_the_shown_one(alice: User, dora: User) -> None:
    for user in (alice, dora):
        profile = Profile.objects.select_related("user").get(user=user)
        profile.note_completion()
        assert profile_json(profile) == ProfileSerializer(profile).data
        assert user_json(profile.user) == UserSerializer(profile.user).data


def test_reading_it_costs_the_query_that_authenticates(
    api: Api, alice: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client = api(alice)
    with django_assert_num_queries(1):
        client.get(URL)


def test_changing_it(api: Api, dora: User, bob: User) -> None:
    change = {
        "full_name": " Robert  Stone ",
        "date_of_birth": "1991-01-02",
        "gender": "male",
        "timezone": "America/New_York",
        "location": "New York",
        "bio": "First line\nSecond line",
    }
    response = api(bob).patch(URL, change)
    assert response.status_code == 200
    assert response.json() == api(bob).get(URL).json()
    row = row_of(bob)
    assert (row["full_name"], row["date_of_birth"], row["gender"]) == ("Robert Stone", date(1991, 1, 2), "male")
    assert (row["timezone"], row["location"], row["bio"]) == (
        "America/New_York",
        "New York",
        "First line\nSecond line",
    )
    assert row_of(dora)["location"] == ""


def test_blank_leaves_some_fields_and_clears_others(api: Api, bob: User) -> None:
    Profile.objects.filter(user=bob).update(
        gender="male", timezone="Europe/Rome", locale="hi", location="Rome", bio="Hello"
    )
    blank = dict.fromkeys(("date_of_birth", "gender", "timezone", "locale", "location", "bio"), "")
    body = api(bob).patch(URL, blank).json()
    assert (body["date_of_birth"], body["gender"], body["timezone"]) == ("1990-08-15", "male", "Europe/Rome")
    assert (body["locale"], body["location"], body["bio"]) == ("hi", "", "")


def test_a_language_is_one_of_those_that_are_offered(api: Api, bob: User, settings: Settings) -> None:
    settings.LANGUAGES_OFFERED = ["en", "pt-BR"]
    assert api(bob).get(URL).json()["locale"] == "en"
    assert api(bob).patch(URL, {"locale": "PT-br"}).json()["locale"] == "pt-BR"
    answer = api(bob).patch(URL, {"locale": "hi"})
    assert answer.json()["errors"][0]["detail"] == "Enter one of: en, pt-BR."
    assert api(bob).get(URL).json()["locale"] == "pt-BR"


def test_nothing_given_changes_nothing(api: Api, bob: User, told: Told) -> None:
    before = row_of(bob)
    assert api(bob).patch(URL, {}).status_code == 200
    assert api(bob).patch(URL, {"full_name": "Bob Stone", "date_of_birth": "1990-08-15"}).status_code == 200
    assert row_of(bob) == before
    assert told == []


BAD: dict[str, list[Any]] = {
    "full_name": [5, None, "", "  ", [], {}, "1234", "x" * 201, "a\nb", "a\u202eb"],
    "date_of_birth": [5, None, [], {}, "x", "1990-02-30", "0999-12-31", "2999-01-01"],
    "gender": [5, None, [], {}, "robot", "MALE"],
    "timezone": [5, None, [], {}, "x", "../..", "Europe", "x" * 65],
    "locale": [5, None, [], {}, "x", "fr", "en-US", "en_", "x" * 36],
    "location": [5, None, [], {}, "x" * 201, "a\x02b"],
    "bio": [5, None, [], {}, "x" * 1001, "a\x02b"],
}


@pytest.mark.parametrize(("field", "bad"), [(field, bad) for field, values in BAD.items() for bad in values])
def test_bad_input_names_the_field_and_changes_nothing(api: Api, bob: User, told: Told, field: str, bad: Any) -> None:
    before = row_of(bob)
    response = api(bob).patch(URL, {"location": "Elsewhere", field: bad})
    assert (response.status_code, response.json()["code"]) == (400, "validation_error")
    assert [error["field"] for error in response.json()["errors"]] == [field]
    assert row_of(bob) == before
    assert told == []


@pytest.mark.parametrize("body", [b'{"bio": "a\\u0000b"}', b'{"bio": "\\udfff"}', b'{"bio": "\xff"}', b'["bio"]', b"{"])
def test_what_is_no_storable_json_is_refused(api: Api, bob: User, body: bytes) -> None:
    before = row_of(bob)
    response = api(bob).generic("PATCH", URL, body, content_type="application/json")  # type: ignore[arg-type]
    assert (response.status_code, response.json()["code"]) == (400, "malformed_json")
    assert row_of(bob) == before


def test_what_is_not_for_people_to_write_is_left_alone(api: Api, bob: User, alice: User) -> None:
    before = row_of(bob)
    wished: dict[str, Any] = {
        "id": str(alice.id),
        "user": {"email": "evil@example.com", "is_staff": True},
        "user_id": str(alice.id),
        "email": "evil@example.com",
        "phone": "+14155552671",
        "password": "chosen by somebody",
        "is_staff": True,
        "is_superuser": True,
        "is_active": False,
        "plan": "elite",
        "subscription_plan": "elite",
        "is_premium": True,
        "is_verified": False,
        "plan_until": None,
        "email_verified_at": None,
        "profile_picture_url": "https://evil.example/x.png",
        "profile_completed_at": "2020-01-01T00:00:00Z",
        "created_at": "2020-01-01T00:00:00Z",
    }
    assert api(bob).patch(URL, wished).status_code == 200
    assert row_of(bob) == before


@pytest.mark.parametrize("method", ["get", "patch"])
def test_it_needs_a_sign_in(api: Api, bob: User, method: str) -> None:
    before = row_of(bob)
    response = getattr(api(None), method)(URL, {"bio": "x"})
    assert (response.status_code, response.json()["code"]) == (401, "not_authenticated")
    assert row_of(bob) == before


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"timezone": "Pacific/Kiritimati"}, 200),
        ({"timezone": "Pacific/Pago_Pago"}, 400),
        ({"timezone": ""}, 400),
        ({}, 400),
    ],
)
def test_the_future_begins_where_the_person_is(api: Api, bob: User, change: dict[str, str], status: int) -> None:
    with time_machine.travel(datetime(2026, 11, 20, 10, 30, tzinfo=UTC), tick=False):
        assert api(bob).patch(URL, {"date_of_birth": "2026-11-21"} | change).status_code == status


@pytest.mark.parametrize(
    ("change", "changed"),
    [
        ({"full_name": "Robert Stone"}, {"full_name"}),
        ({"date_of_birth": "1991-01-02", "bio": "x"}, {"date_of_birth"}),
        ({"full_name": "Robert Stone", "date_of_birth": "1991-01-02"}, {"full_name", "date_of_birth"}),
    ],
)
def test_other_apps_hear_of_new_birth_data(
    api: Api, bob: User, told: Told, change: dict[str, str], changed: set[str]
) -> None:
    api(bob).patch(URL, change)
    ((user, what),) = told
    assert (user.pk, what) == (bob.pk, frozenset(changed))
    assert user.full_name == change.get("full_name", "Bob Stone")
    assert str(user.profile.date_of_birth) == change.get("date_of_birth", "1990-08-15")


def test_other_fields_are_nobodys_business(api: Api, bob: User, told: Told) -> None:
    api(bob).patch(URL, {"bio": "x", "timezone": "Europe/Rome", "location": "Rome", "gender": "other"})
    assert told == []


@pytest.mark.django_db(transaction=True)
def test_a_listener_that_fails_takes_the_change_back(api: Api, bob: User) -> None:
    def fail(**_: object) -> None:
        raise RuntimeError("no")

    before = row_of(bob)
    birth_data_changed.connect(fail)
    try:
        with pytest.raises(RuntimeError):
            api(bob).patch(URL, {"full_name": "Robert Stone", "bio": "x"})
    finally:
        birth_data_changed.disconnect(fail)
    assert row_of(bob) == before


def test_the_first_completion_is_kept(api: Api, dora: User) -> None:
    User.objects.filter(id=dora.pk).update(email_verified_at=dora.created_at)
    client = api(User.objects.get(id=dora.pk))
    assert client.patch(URL, {"bio": "x"}).json()["profile_completed_at"] is None
    first = client.patch(URL, {"date_of_birth": "1990-01-01"}).json()["profile_completed_at"]
    assert first is not None
    assert client.patch(URL, {"date_of_birth": "1991-01-01"}).json()["profile_completed_at"] == first


@pytest.mark.django_db(transaction=True)
def test_parallel_changes_of_different_fields_all_stand(api: Api, bob: User) -> None:
    changes = [{"full_name": "Robert Stone"}, {"date_of_birth": "1991-01-02"}, {"bio": "Hello"}, {"location": "Rome"}]
    clients = [api(bob) for _ in changes]
    together(4, lambda number: clients[number].patch(URL, changes[number]))
    row = row_of(bob)
    assert (row["full_name"], row["date_of_birth"]) == ("Robert Stone", date(1991, 1, 2))
    assert (row["bio"], row["location"]) == ("Hello", "Rome")
