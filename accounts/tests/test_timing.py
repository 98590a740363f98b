"""Neither the number of statements nor the time of an answer tells who awaits a code."""

import statistics
import time
from collections.abc import Callable

import pytest
from django.db import connection as database
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from accounts.models import CodePurpose, OneTimeCode, User
from accounts.verification import codes
from conftest import Api
from notifications.models import Delivery, Notification
from numerai.common.redis import connection as redis

ROUNDS = 40
RESEND, VERIFY = "/api/v1/auth/resend-otp/", "/api/v1/auth/verify-otp/"
UNKNOWN = "nobody@example.com"

pytestmark = pytest.mark.django_db(transaction=True)


def ask(client: APIClient, email: str) -> None:
    assert client.post(RESEND, {"email": email}).status_code == 200


def guess(client: APIClient, email: str) -> None:
    assert client.post(VERIFY, {"email": email, "otp": "000000"}).json()["code"] == "code_invalid"


def with_code(dora: User) -> None:
    """A live code with all its tries, and not the one that is guessed."""
    issued = [""]
    while issued[-1] in ("", "000000"):
        issued.append(codes.issue(user_id=dora.pk, email=str(dora.email), purpose=CodePurpose.VERIFY_EMAIL))


Act = Callable[[APIClient, str], None]


@pytest.mark.parametrize("act", [ask, guess])
@pytest.mark.parametrize("other", [UNKNOWN, "bob@example.com"])
def test_a_hit_and_a_miss_take_as_many_statements(api: Api, dora: User, bob: User, act: Act, other: str) -> None:
    with_code(dora)
    client = api(None)
    with CaptureQueriesContext(database) as hit:
        act(client, "dora@example.com")
    with CaptureQueriesContext(database) as miss:
        act(client, other)
    assert len(hit) == len(miss) > 3


@pytest.mark.parametrize("act", [ask, guess])
def test_a_hit_and_a_miss_take_as_long(api: Api, dora: User, act: Act) -> None:
    client = api(None)
    took: dict[str, list[float]] = {"dora@example.com": [], UNKNOWN: []}
    for email in (*took, *took):
        act(client, email)
    for _ in range(ROUNDS):
        with_code(dora)
        for email, times in took.items():
            started = time.perf_counter()
            act(client, email)
            times.append(time.perf_counter() - started)
    hit, miss = (statistics.median(times) for times in took.values())
    assert 2 / 3 < hit / miss < 3 / 2


def test_a_miss_leaves_nothing_behind(api: Api, bob: User) -> None:
    for email in (UNKNOWN, "bob@example.com"):
        ask(api(None), email)
        guess(api(None), email)
    assert not [model for model in (Notification, Delivery, OneTimeCode) if model.objects.exists()]


def test_a_miss_sends_as_much_to_the_broker(api: Api, dora: User) -> None:
    ask(api(None), "dora@example.com")
    of_hit = redis().llen("celery")
    ask(api(None), UNKNOWN)
    assert (of_hit, redis().llen("celery")) == (1, 2)
