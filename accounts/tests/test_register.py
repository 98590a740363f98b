from datetime import UTC, date, datetime
from typing import Any

import pytest
import time_machine
from django.contrib.auth.hashers import check_password
from pytest_django import Settings

from accounts.models import OneTimeCode, Profile, Session, User
from accounts.tests import hashing
from accounts.tests.conftest import Post
from accounts.tests.together import together
from conftest import PASSWORD, Api
from notifications.models import Notification

URL = "/api/v1/auth/register/"
OTHER_PASSWORD = "quite another sentence"
FORM = {
    "email": "dora@example.com",
    "password": PASSWORD,
    "confirm_password": PASSWORD,
    "full_name": "Dora Diaz",
}
ANSWER = {
    "message": "We have sent you an e-mail. Enter the code in it to finish signing up.",
    "email": "dora@example.com",
}


def password(text: str) -> dict[str, str]:
    return {"password": text, "confirm_password": text}


def kinds_sent() -> list[str]:
    return list(Notification.objects.order_by("id").values_list("kind", flat=True))


@pytest.mark.django_db
def test_it_works(api: Api) -> None:
    whole = FORM | {
        "phone": "+1 (415) 555-2671",
        "date_of_birth": "1990-02-28",
        "gender": "prefer_not_to_say",
        "timezone": "Europe/Berlin",
        "location": "Köln",
    }
    response = api(None).post(URL, whole)
    assert (response.status_code, response.json()) == (201, ANSWER)
    user = User.objects.get()
    assert (user.email, user.phone, user.full_name) == ("dora@example.com", "+14155552671", "Dora Diaz")
    assert user.check_password(PASSWORD)
    assert (user.is_verified, user.is_staff, user.subscription_plan) == (False, False, "free")
    profile = user.profile
    assert (profile.date_of_birth, profile.gender) == (date(1990, 2, 28), "prefer_not_to_say")
    assert (profile.timezone, profile.location) == ("Europe/Berlin", "Köln")
    assert profile.profile_completed_at is not None
    assert kinds_sent() == ["accounts.verification_code"]


@pytest.mark.django_db
def test_blank_optional_fields_are_absent(api: Api) -> None:
    blank = dict.fromkeys(("phone", "date_of_birth", "gender", "timezone", "location"), "")
    assert api(None).post(URL, FORM | blank).status_code == 201
    user = User.objects.get()
    assert (user.phone, user.profile.date_of_birth, user.profile.gender) == (None, None, "")
    assert (user.profile.timezone, user.profile.location) == ("UTC", "")
    assert user.profile.profile_completed_at is None


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("  Dora@Example.COM ", "dora@example.com"),
        ("dora+news@bücher.example", "dora+news@xn--bcher-kva.example"),
        ("\u212aim@example.com", "kim@example.com"),
        ("dora@\uff45xample.com", "dora@example.com"),
        # A Cyrillic "a" is another domain, not a spelling of the same.
        ("dora@ex\u0430mple.com", "dora@xn--exmple-4nf.com"),
    ],
)
def test_rule_02_an_address_has_one_form(api: Api, written: str, kept: str) -> None:
    assert api(None).post(URL, FORM | {"email": written}).json()["email"] == kept
    assert User.objects.get().email == kept


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("  Dora \u00a0 Diaz ", "Dora Diaz"),
        ("Zoe\u0308", "Zoë"),
        ("李小龍", "李小龍"),
        ("O'Neil-Smith 3rd", "O'Neil-Smith 3rd"),
        ("x" * 200, "x" * 200),
        ("é", "é"),
    ],
)
def test_names_of_all_kinds_are_welcome(api: Api, written: str, kept: str) -> None:
    assert api(None).post(URL, FORM | {"full_name": written}).status_code == 201
    assert User.objects.get().full_name == kept


@pytest.mark.django_db
@pytest.mark.parametrize("text", ["ünï cødé påss", "  spaces count  ", "x7" * 512])
def test_a_password_is_kept_as_typed(api: Api, text: str) -> None:
    assert api(None).post(URL, FORM | password(text)).status_code == 201
    user = User.objects.get()
    assert user.check_password(text)
    assert not user.check_password(text.strip()[:-1])


BAD: dict[str, list[Any]] = {
    "email": [
        *(5, True, None, ["a@example.com"], {"a": 1}, "", "nobody", "a@b", "@example.com", "a b@example.com"),
        *('"a"@example.com', "é@example.com", "a@example..com", "a@[127.0.0.1]", "a@localhost", "a\n@example.com"),
        *("a@b@example.com", "x" * 65 + "@example.com", "a@" + "x." * 130 + "com", "a@example.com\x7f"),
    ],
    "phone": [14155552671, None, ["+14155552671"], "4155552671", "+1", "+999123", "+10000000000", "call me", "+1" * 30],
    "password": [5, None, ["x" * 12], "", "x" * 1025, "a\x01bcdefghijkl"],
    "confirm_password": [5, None, "", OTHER_PASSWORD],
    "full_name": [
        *(5, None, "", "  ", ["Dora"], {"a": 1}, "12345", "😀 !", "x" * 201),
        *("Dora\r\nBcc: x", "Dora\u202eDiaz", "Dora\x07", "Dora\u2028Diaz"),
    ],
    "date_of_birth": [
        *(19900228, True, None, ["1990-02-28"], "28.02.1990", "1990-02-30", "19900228", "1990-W09-3", "1990-2-8"),
        *("1990-02-28T00:00:00", "0999-12-31", "0000-01-01", "2999-01-01", "\uff11\uff19\uff19\uff10-02-28"),
    ],
    "gender": ["robot", 5, None, ["male"], {"male": 1}],
    "timezone": [
        *(5, None, "Mars/Olympus", "../../etc/passwd", "..", "Europe", "/etc/localtime", "Ünï/Cødé", "zone.tab"),
        *("x" * 64, "x" * 65, "Europe/Berlin\n\n."),
    ],
    "location": [5, None, ["x"], "x" * 201, "a\nb"],
}


@pytest.mark.django_db
@pytest.mark.parametrize(("field", "bad"), [(field, bad) for field, values in BAD.items() for bad in values])
def test_bad_input_names_the_field_and_changes_nothing(api: Api, field: str, bad: Any) -> None:
    response = api(None).post(URL, FORM | {field: bad})
    assert_refused(response, field)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "weak", ["too short", "1234567890", "qwertyuiop", "dora@example.com", "Dora Diaz1", "+14155552671", "x" * 1025]
)
def test_a_weak_password_is_refused(api: Api, weak: str) -> None:
    response = api(None).post(URL, FORM | {"phone": "+14155552671"} | password(weak))
    assert_refused(response, "password")


def assert_refused(response: Any, field: str) -> None:
    assert (response.status_code, response.json()["code"]) == (400, "validation_error")
    assert field in {error["field"] for error in response.json()["errors"]}
    assert not User.objects.exists()
    assert not Notification.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("missing", list(FORM))
def test_a_missing_field_is_named(api: Api, missing: str) -> None:
    response = api(None).post(URL, {name: value for name, value in FORM.items() if name != missing})
    assert response.status_code == 400
    assert [(error["field"], error["code"]) for error in response.json()["errors"]] == [(missing, "required")]
    assert not User.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "body", [b'{"full_name": "a\\u0000b"}', b'{"full_name": "\\ud800"}', b'{"full_name": "\xff"}', b"[]", b"null", b"{"]
)
def test_what_is_no_storable_json_is_refused(api: Api, body: bytes) -> None:
    response = api(None).generic("POST", URL, body, content_type="application/json")  # type: ignore[arg-type]
    assert (response.status_code, response.json()["code"]) == (400, "malformed_json")
    assert not User.objects.exists()


@pytest.mark.django_db
def test_nobody_signs_up_with_powers(api: Api) -> None:
    wished = {
        "is_staff": True,
        "is_superuser": True,
        "plan": "elite",
        "email_verified_at": "2020-01-01T00:00:00Z",
        "id": "00000000-0000-0000-0000-000000000001",
    }
    assert api(None).post(URL, FORM | wished).status_code == 201
    user = User.objects.get()
    assert (user.is_staff, user.is_superuser, user.plan, user.is_verified) == (False, False, "free", False)
    assert str(user.id) != wished["id"]


@pytest.mark.django_db
@pytest.mark.parametrize(("zone", "status"), [("Pacific/Kiritimati", 201), ("Pacific/Pago_Pago", 400)])
def test_the_future_begins_where_the_person_is(api: Api, zone: str, status: int) -> None:
    with time_machine.travel(datetime(2026, 11, 20, 10, 30, tzinfo=UTC), tick=False):
        born = FORM | {"date_of_birth": "2026-11-21", "timezone": zone}
        assert api(None).post(URL, born).status_code == status


@pytest.mark.django_db
def test_a_phone_alone_is_refused_honestly(api: Api) -> None:
    response = api(None).post(URL, FORM | {"email": "", "phone": "+14155552671"})
    assert (response.status_code, response.json()["code"]) == (400, "phone_sign_up_unavailable")
    assert response.json()["errors"][0]["field"] == "phone"
    assert not User.objects.exists()


def test_a_number_that_somebody_noted_is_no_obstacle_and_no_secret(api: Api, bob: User) -> None:
    User.objects.filter(id=bob.pk).update(phone="+14155552671")
    response = api(None).post(URL, FORM | {"phone": "+14155552671"})
    assert (response.status_code, response.json()) == (201, ANSWER)
    assert User.objects.filter(phone="+14155552671").count() == 2


def test_a_known_address_is_not_betrayed_and_its_owner_is_told(api: Api, bob: User, post: Post) -> None:
    before = User.objects.filter(id=bob.pk).values().get()
    form = FORM | {"email": "BOB@example.com", "full_name": "Mallory", "date_of_birth": "1990-01-01"}
    response = api(None).post(URL, form)
    assert (response.status_code, response.json()) == (201, ANSWER | {"email": "bob@example.com"})
    assert User.objects.filter(id=bob.pk).values().get() == before
    assert User.objects.count() == 1
    (mail,) = post()
    assert mail.subject == "You already have a NumerAI account"
    assert "Mallory" not in mail.text + mail.html
    assert not OneTimeCode.objects.exists()


def test_a_closed_account_gets_no_mail(api: Api, bob: User) -> None:
    User.objects.filter(id=bob.pk).update(is_active=False)
    response = api(None).post(URL, FORM | {"email": "bob@example.com"})
    assert response.status_code == 201
    assert kinds_sent() == []


def test_signing_up_again_sends_a_new_code_and_overwrites_nothing(api: Api, dora: User) -> None:
    response = api(None).post(URL, FORM | {"full_name": "Mallory", "date_of_birth": "1990-01-01"})
    assert (response.status_code, response.json()) == (201, ANSWER)
    dora.refresh_from_db()
    assert dora.check_password(PASSWORD)
    assert (dora.full_name, dora.profile.date_of_birth) == ("Dora Diaz", None)
    assert kinds_sent() == ["accounts.verification_code"]


def test_a_planted_password_does_not_survive_the_owners_sign_up(api: Api, post: Post, db: None) -> None:
    planted = FORM | password("the password of a stranger") | {"full_name": "Mallory"}
    api(None).post(URL, planted)
    api(None).post(URL, FORM)
    code = post()[0].subject.split()[0]
    answer = api(None).post("/api/v1/auth/verify-otp/", {"email": "dora@example.com", "otp": code})
    assert (answer.status_code, answer.json()["has_password"]) == (200, False)
    for tried in ("the password of a stranger", PASSWORD):
        login = api(None).post("/api/v1/auth/login/", {"email": "dora@example.com", "password": tried})
        assert (login.status_code, login.json()["code"]) == (400, "invalid_credentials")
    assert Session.objects.count() == 1


def test_a_verified_password_cannot_be_contested(api: Api, bob: User) -> None:
    api(None).post(URL, FORM | {"email": "bob@example.com"} | password(OTHER_PASSWORD))
    bob.refresh_from_db()
    assert check_password(PASSWORD, bob.password)


@pytest.fixture
def people(dora: User, bob: User) -> tuple[User, ...]:
    return dora, bob


@pytest.mark.parametrize("address", ["new@example.com", "dora@example.com", "bob@example.com", "closed@example.com"])
@pytest.mark.parametrize("chosen", [PASSWORD, OTHER_PASSWORD])
def test_every_sign_up_hashes_once(
    api: Api, people: tuple[User, ...], settings: Settings, address: str, chosen: str
) -> None:
    settings.PASSWORD_HASHERS = [hashing.PATH]
    User.objects.create_user(email="closed@example.com", full_name="Closed", password=PASSWORD, is_active=False)
    hashing.CountingHasher.hashed.clear()
    assert api(None).post(URL, FORM | {"email": address} | password(chosen)).status_code == 201
    assert len(hashing.CountingHasher.hashed) == 1


@pytest.mark.django_db(transaction=True)
def test_rule_02_parallel_sign_ups_make_one_person(api: Api) -> None:
    answers = together(8, lambda _: api(None).post(URL, FORM))
    assert [(answer.status_code, answer.json()) for answer in answers] == [(201, ANSWER)] * 8
    user = User.objects.get()
    assert Profile.objects.get().user_id == user.pk
    assert user.check_password(PASSWORD)
