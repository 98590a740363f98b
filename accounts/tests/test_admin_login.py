from datetime import UTC, datetime

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from accounts import limits
from accounts.models import User
from accounts.registration.fields import LONGEST_PASSWORD
from accounts.tests import hashing
from conftest import PASSWORD, Api

START = datetime(2026, 11, 20, 12, 0, 1, tzinfo=UTC)
REFUSED = "too many"


def sign_in(email: str, password: str = PASSWORD, address: str = "127.0.0.1") -> str:
    """ "in" when it worked, otherwise the page that was shown."""
    form = {"username": email, "password": password, "next": reverse("admin:index")}
    response = Client(REMOTE_ADDR=address).post(reverse("admin:login"), form)
    return "in" if response.status_code == 302 else response.content.decode().lower()


@pytest.fixture
def _limited(settings: Settings) -> None:
    settings.RATE_LIMIT_ENABLED = True


@pytest.mark.usefixtures("_limited")
def test_an_operator_gets_so_many_tries_from_a_network(operator: User) -> None:
    email = str(operator.email)
    spelt = [email, email.upper(), f" {email} "]
    with time_machine.travel(START, tick=False):
        for number in range(limits.LOGIN_OF_ACCOUNT.times):
            assert REFUSED not in sign_in(spelt[number % 3], "not the right one")
        assert REFUSED in sign_in(email)
        assert sign_in(email, address="203.0.113.9") == "in"


@pytest.mark.usefixtures("_limited")
def test_a_network_gets_so_many_tries(operator: User) -> None:
    with time_machine.travel(START, tick=False) as time:
        for number in range(limits.LOGIN.times):
            assert REFUSED not in sign_in(f"nobody{number}@example.com")
        assert REFUSED in sign_in(str(operator.email))
        time.shift(limits.LOGIN.seconds)
        assert sign_in(str(operator.email)) == "in"


@pytest.mark.usefixtures("_limited")
def test_tries_at_the_api_and_the_admin_count_together(operator: User, api: Api) -> None:
    with time_machine.travel(START, tick=False):
        for _ in range(limits.LOGIN_OF_ACCOUNT.times):
            api(None).post("/api/v1/auth/login/", {"email": operator.email, "password": "not the right one"})
        assert REFUSED in sign_in(str(operator.email))


def test_the_door_is_asked(operator: User) -> None:
    User.objects.filter(id=operator.pk).update(email_verified_at=None)
    assert "not verified" in sign_in(str(operator.email))


@pytest.mark.parametrize("change", [{"is_active": False}, {"is_staff": False}])
def test_who_is_no_operator_stays_out(operator: User, change: dict[str, bool]) -> None:
    User.objects.filter(id=operator.pk).update(**change)
    assert sign_in(str(operator.email)) != "in"


def test_a_password_longer_than_anyone_types_is_not_hashed(operator: User, settings: Settings) -> None:
    settings.PASSWORD_HASHERS = [hashing.PATH]
    hashing.CountingHasher.hashed.clear()
    sign_in(str(operator.email), "x" * (LONGEST_PASSWORD + 1))
    assert hashing.CountingHasher.hashed == []
