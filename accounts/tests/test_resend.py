from typing import Any

import pytest

from accounts.models import OneTimeCode, User
from accounts.tests.conftest import Post
from conftest import Api
from notifications.models import Notification
from numerai.common import clock

URL = "/api/v1/auth/resend-otp/"
ANSWER = {"message": "If this account awaits a code, a new one is on its way."}


def test_who_awaits_a_code_gets_a_new_one(api: Api, dora: User, post: Post) -> None:
    response = api(None).post(URL, {"email": "DORA@example.com"})
    assert (response.status_code, response.json()) == (200, ANSWER)
    code = post()[0].subject.split()[0]
    verified = api(None).post("/api/v1/auth/verify-otp/", {"email": "dora@example.com", "otp": code})
    assert verified.status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize(
    "who",
    [
        {"email": "nobody@example.com"},
        {"email": "bob@example.com"},
        {"phone": "+14155552671"},
        {"email": "", "phone": "+1 415 555 2671"},
    ],
)
def test_everyone_else_gets_the_same_answer_and_no_mail(api: Api, bob: User, who: dict[str, str]) -> None:
    User.objects.filter(id=bob.pk).update(phone="+14155552671", phone_verified_at=clock.now())
    response = api(None).post(URL, who)
    assert (response.status_code, response.json()) == (200, ANSWER)
    assert not Notification.objects.exists()
    assert not OneTimeCode.objects.exists()


def test_a_closed_account_gets_no_mail(api: Api, dora: User) -> None:
    User.objects.filter(id=dora.pk).update(is_active=False)
    assert api(None).post(URL, {"email": "dora@example.com"}).json() == ANSWER
    assert not Notification.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "email"),
        ({"email": ""}, "email"),
        ({"email": 5}, "email"),
        ({"email": "x"}, "email"),
        ({"phone": "1"}, "phone"),
    ],
)
def test_bad_input_names_the_field(api: Api, body: dict[str, Any], field: str) -> None:
    response = api(None).post(URL, body)
    assert (response.status_code, response.json()["code"]) == (400, "validation_error")
    assert [error["field"] for error in response.json()["errors"]] == [field]
