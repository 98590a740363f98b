from typing import Any

import pytest
from django.contrib.auth.hashers import make_password
from pytest_django import DjangoAssertNumQueries, Settings

from accounts.models import Session, User
from accounts.tests import hashing
from accounts.tests.conftest import Post
from conftest import PASSWORD, Api
from notifications.models import Notification
from numerai.common import clock

URL = "/api/v1/auth/login/"
FORM = {"email": "bob@example.com", "password": PASSWORD}


def test_it_works(api: Api, bob: User) -> None:
    response = api(None).post(URL, FORM, headers={"user-agent": "Firefox"}, REMOTE_ADDR="203.0.113.77")
    assert response.status_code == 200
    body = response.json()
    assert set(body) == {"access_token", "refresh_token", "user"}
    assert body["user"] == {
        "id": str(bob.id),
        "email": "bob@example.com",
        "phone": None,
        "full_name": "Bob Stone",
        "is_verified": True,
        "is_premium": False,
        "subscription_plan": "free",
        "created_at": bob.created_at.isoformat().replace("+00:00", "Z"),
    }
    session = Session.objects.get()
    assert (session.user_id, session.device, session.address) == (bob.pk, "Firefox", "203.0.113.0")
    assert body["refresh_token"].split(".")[1].encode() not in bytes(session.secret_hash)
    client = api(None)
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {body['access_token']}")
    assert client.get("/api/v1/users/profile/").status_code == 200


@pytest.mark.parametrize("written", ["Bob@Example.com", "  bob@example.com  "])
def test_an_address_is_found_however_it_is_written(api: Api, bob: User, written: str) -> None:
    assert api(None).post(URL, FORM | {"email": written}).status_code == 200


def test_a_verified_phone_signs_in(api: Api, bob: User) -> None:
    User.objects.filter(id=bob.pk).update(phone="+14155552671", phone_verified_at=clock.now())
    response = api(None).post(URL, {"phone": "+1 415 555-2671", "password": PASSWORD})
    assert (response.status_code, response.json()["user"]["phone"]) == (200, "+14155552671")


def test_an_unverified_phone_signs_nobody_in(api: Api, bob: User) -> None:
    User.objects.filter(id=bob.pk).update(phone="+14155552671")
    response = api(None).post(URL, {"phone": "+14155552671", "password": PASSWORD})
    assert (response.status_code, response.json()["code"]) == (400, "invalid_credentials")


def test_the_address_decides_when_both_are_given(api: Api, bob: User) -> None:
    response = api(None).post(URL, FORM | {"phone": "+14155552671"})
    assert response.status_code == 200


BAD: dict[str, list[Any]] = {
    "email": [5, None, [], {}, "bob", "a\x01@example.com"],
    "phone": [5, None, "1234"],
    "password": [5, None, [], "", "x" * 1025],
}
WAYS_TO_FAIL = {
    "wrong password": {"password": "not the right one"},
    "padded password": {"password": f" {PASSWORD} "},
    "unknown address": {"email": "nobody@example.com"},
    "unknown phone": {"email": "", "phone": "+14155552671"},
    "closed account": {"email": "closed@example.com"},
    "no password set": {"email": "social@example.com"},
    "unverified, wrong password": {"email": "dora@example.com", "password": "not the right one"},
}


@pytest.mark.parametrize("change", WAYS_TO_FAIL.values(), ids=WAYS_TO_FAIL.keys())
def test_every_failure_is_the_same_answer_and_the_same_work(
    api: Api, bob: User, dora: User, settings: Settings, change: dict[str, str]
) -> None:
    settings.PASSWORD_HASHERS = [hashing.PATH]
    User.objects.create_user(email="closed@example.com", full_name="Closed", password=PASSWORD, is_active=False)
    User.objects.create_user(email="social@example.com", full_name="Social", email_verified_at=clock.now())
    hashing.CountingHasher.hashed.clear()
    response = api(None).post(URL, FORM | change)
    assert response.status_code == 400
    assert response.json() | {"request_id": ""} == {
        "type": "https://numerai.example/problems/invalid_credentials",
        "title": "Sign-in failed",
        "status": 400,
        "detail": "That combination of address and password is not right.",
        "code": "invalid_credentials",
        "request_id": "",
    }
    assert len(hashing.CountingHasher.hashed) == 1
    assert not Session.objects.exists()
    assert not Notification.objects.exists()


def test_before_verifying_the_right_password_brings_a_new_code(api: Api, dora: User, post: Post) -> None:
    response = api(None).post(URL, FORM | {"email": "dora@example.com"})
    assert (response.status_code, response.json()["code"]) == (403, "email_not_verified")
    assert not Session.objects.exists()
    code = post()[0].subject.split()[0]
    verified = api(None).post("/api/v1/auth/verify-otp/", {"email": "dora@example.com", "otp": code})
    assert verified.status_code == 200
    assert api(None).post(URL, FORM | {"email": "dora@example.com"}).status_code == 200


def test_an_old_hash_is_renewed_at_sign_in(api: Api, bob: User, settings: Settings) -> None:
    settings.PASSWORD_HASHERS = [
        "django.contrib.auth.hashers.MD5PasswordHasher",
        "django.contrib.auth.hashers.PBKDF2PasswordHasher",
    ]
    User.objects.filter(id=bob.pk).update(password=make_password(PASSWORD, hasher="pbkdf2_sha256"))
    assert api(None).post(URL, FORM).status_code == 200
    bob.refresh_from_db()
    assert bob.password.startswith("md5$")


def test_a_hostile_browser_name_is_harmless(api: Api, bob: User) -> None:
    name = "Evil\x00\r\nX-Header: \xff" + "x" * 500
    assert api(None).post(URL, FORM, headers={"user-agent": name}).status_code == 200
    device = Session.objects.get().device
    assert device.startswith("Evil X-Header:  xxx")
    assert (device.isprintable(), len(device)) == (True, 200)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"password": PASSWORD}, "email"),
        ({"email": "bob@example.com"}, "password"),
        *((FORM | {field: bad}, field) for field, values in BAD.items() for bad in values),
    ],
)
def test_bad_input_names_the_field(api: Api, bob: User, body: dict[str, Any], field: str) -> None:
    response = api(None).post(URL, body)
    assert (response.status_code, response.json()["code"]) == (400, "validation_error")
    assert [error["field"] for error in response.json()["errors"]] == [field]
    assert not Session.objects.exists()


def test_a_useless_bearer_token_does_not_stand_in_the_way(api: Api, bob: User) -> None:
    client = api(None)
    client.credentials(HTTP_AUTHORIZATION="Bearer expired.or.forged")
    assert client.post(URL, FORM).status_code == 200


def test_it_costs_few_queries(api: Api, bob: User, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    # The person; then, between the two ends of a transaction, the lock, the second factors, the session, the event, its
    # origin, and those of earlier ones.
    with django_assert_num_queries(10):
        api(None).post(URL, FORM)
