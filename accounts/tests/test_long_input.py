"""A body of a megabyte must not cost more than reading it."""

import time
from typing import Any

import pytest

from accounts import access_tokens
from accounts.models import User, normalise_email
from accounts.models.user import LONGEST_DOMAIN
from accounts.sessions import open_session
from conftest import PASSWORD, Api

MARKS = "a" + "\u0315\u0300" * 80_000
# As long as a body for a stranger's endpoint may be.
FEWER_MARKS = "a" + "\u0315\u0300" * 5_000
SIGN_UP = {
    "email": "dora@example.com",
    "password": PASSWORD,
    "confirm_password": PASSWORD,
    "full_name": "Dora Diaz",
}
VERIFY = {"email": "dora@example.com", "otp": "123456"}
LOGIN = {"email": "dora@example.com", "password": PASSWORD}
CASES: list[tuple[str, dict[str, Any], str, str]] = [
    *(
        ("auth/register/", SIGN_UP, field, FEWER_MARKS)
        for field in ("full_name", "email", "phone", "password", "confirm_password", "timezone", "location")
    ),
    ("auth/register/", SIGN_UP, "email", "dora@" + "\u00e9" * 10_000 + ".com"),
    *(("auth/verify-otp/", VERIFY, field, FEWER_MARKS) for field in VERIFY),
    *(("auth/login/", LOGIN, field, FEWER_MARKS) for field in LOGIN),
    ("auth/resend-otp/", {}, "email", FEWER_MARKS),
    ("auth/resend-otp/", {}, "phone", FEWER_MARKS),
    ("auth/refresh-token/", {}, "refresh", FEWER_MARKS),
    ("auth/logout/", {}, "refresh_token", FEWER_MARKS),
]


@pytest.mark.django_db
@pytest.mark.parametrize(("path", "form", "field", "text"), CASES)
def test_a_text_far_too_long_is_refused(api: Api, path: str, form: dict[str, Any], field: str, text: str) -> None:
    response = api(None).post(f"/api/v1/{path}", form | {field: text})
    assert response.status_code == 400
    assert (field, "max_length") in {(error["field"], error["code"]) for error in response.json()["errors"]}
    assert len(response.content) < 2000


@pytest.mark.parametrize("field", ["full_name", "timezone", "location", "bio"])
def test_so_is_one_in_a_profile(api: Api, bob: User, field: str) -> None:
    started = time.process_time()
    response = api(bob).patch("/api/v1/users/profile/", {field: MARKS})
    # To bring it into one form first would take twenty.
    assert time.process_time() - started < 5
    assert [(error["field"], error["code"]) for error in response.json()["errors"]] == [(field, "max_length")]


@pytest.mark.django_db
@pytest.mark.parametrize("field", ["date_of_birth", "gender"])
def test_what_is_no_choice_is_not_repeated(api: Api, field: str) -> None:
    response = api(None).post("/api/v1/auth/register/", SIGN_UP | {field: "x" * 50_000})
    assert (response.status_code, response.json()["errors"][0]["field"]) == (400, field)
    assert len(response.content) < 2000


def test_a_name_that_becomes_short_enough_is_welcome(api: Api, bob: User) -> None:
    response = api(bob).patch("/api/v1/users/profile/", {"full_name": "e\u0301" * 200})
    assert (response.status_code, response.json()["user"]["full_name"]) == (200, "\u00e9" * 200)


@pytest.mark.parametrize(("labels", "is_encoded"), [(300, True), (LONGEST_DOMAIN, False)])
def test_a_long_domain_is_not_encoded(labels: int, is_encoded: bool) -> None:
    domain = "\u00e9." * labels + "com"
    assert (normalise_email(f"a@{domain}") == f"a@{domain}") is not is_encoded


@pytest.mark.parametrize(("padding", "status"), [(1000, 200), (2000, 401)])
def test_a_long_bearer_token_is_not_decoded(api: Api, bob: User, padding: int, status: int) -> None:
    client = api(None)
    claims = access_tokens._backend.decode(open_session(user=bob).access_token.encode())  # type: ignore[arg-type]
    token = access_tokens._backend.encode(claims | {"padding": "x" * padding})
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
    assert client.get("/api/v1/users/profile/").status_code == status
