"""Without Redis nobody can be kept from guessing, so nobody gets in that way; whoever is in goes on."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection as database
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django import Settings

from accounts.models import OneTimeCode, SecurityEvent, Session, User
from accounts.sessions import open_session
from accounts.tests import hashing
from conftest import PASSWORD, Api
from dev.services import free_port
from notifications.models import Notification
from numerai.common.redis import connection

SIGN_UP = {
    "email": "new@example.com",
    "password": PASSWORD,
    "confirm_password": PASSWORD,
    "full_name": "Nina New",
}
CLOSED: dict[str, dict[str, Any]] = {
    "register": SIGN_UP,
    "verify-otp": {"email": "bob@example.com", "otp": "123456"},
    "resend-otp": {"email": "bob@example.com"},
    "unlock": {"email": "bob@example.com"},
    "unlock/confirm": {"token": "x"},
    "login": {"email": "bob@example.com", "password": PASSWORD},
    "password-reset": {"email": "bob@example.com"},
    "password-reset/confirm": {"email": "bob@example.com", "otp": "123456", "new_password": PASSWORD},
    "reset-password/token": {"email": "bob@example.com"},
    "reset-password/token/confirm": {"token": "x", "new_password": PASSWORD, "confirm_password": PASSWORD},
}

pytestmark = pytest.mark.django_db


@pytest.fixture
def _without_redis(settings: Settings) -> Iterator[None]:
    settings.RATE_LIMIT_ENABLED = True
    settings.PASSWORD_HASHERS = [hashing.PATH]
    settings.REDIS_URL = settings.CELERY_BROKER_URL = f"redis://127.0.0.1:{free_port()}/0"
    connection.cache_clear()
    yield
    connection.cache_clear()


@pytest.mark.usefixtures("_without_redis")
@pytest.mark.parametrize("path", CLOSED)
def test_rule_49_what_could_be_guessed_or_flooded_is_closed(api: Api, bob: User, path: str) -> None:
    before = [model.objects.count() for model in (User, Session, Notification, OneTimeCode, SecurityEvent)]
    hashing.CountingHasher.hashed.clear()
    with CaptureQueriesContext(database) as caught:
        answer = api(None).post(f"/api/v1/auth/{path}/", CLOSED[path])
    assert (len(caught), hashing.CountingHasher.hashed) == (0, [])
    assert (answer.status_code, answer.json()["code"]) == (503, "service_unavailable")
    assert int(answer["Retry-After"]) > 0
    assert before == [model.objects.count() for model in (User, Session, Notification, OneTimeCode, SecurityEvent)]


@pytest.mark.usefixtures("_without_redis")
def test_rule_49_the_rest_goes_on(api: Api, bob: User) -> None:
    client, tokens = api(bob), open_session(user=bob)
    calls: list[Callable[[], Any]] = [
        lambda: client.get("/api/v1/users/profile/"),
        lambda: client.patch("/api/v1/users/profile/", {"bio": "Still here"}),
        lambda: api(None).post("/api/v1/auth/refresh-token/", {"refresh": tokens.refresh_token}),
        lambda: api(None).post("/api/v1/auth/logout/", {"refresh_token": tokens.refresh_token}),
    ]
    assert [call().status_code for call in calls] == [200] * len(calls)


@pytest.mark.usefixtures("_without_redis")
def test_rule_49_the_admin_is_closed_too(operator: User) -> None:
    form = {"username": operator.email, "password": PASSWORD, "next": reverse("admin:index")}
    page = Client().post(reverse("admin:login"), form)
    assert (page.status_code, "temporarily unavailable" in page.content.decode()) == (200, True)


@pytest.mark.usefixtures("_without_redis")
def test_rule_49_an_alarm_is_raised(api: Api, caplog: pytest.LogCaptureFixture) -> None:
    for _ in range(3):
        api(None).post("/api/v1/auth/login/", CLOSED["login"])
    alarms = [record for record in caplog.records if "refused_without_limits" in record.getMessage()]
    assert [record.levelname for record in alarms] == ["ERROR"]


def test_rule_49_when_redis_is_back_people_sign_in(api: Api, bob: User, settings: Settings) -> None:
    settings.RATE_LIMIT_ENABLED = True
    assert api(None).post("/api/v1/auth/login/", CLOSED["login"]).status_code == 200
