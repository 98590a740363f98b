"""Neither the number of statements nor the time of an answer tells whether a password can be reset."""

import statistics
import time
from collections.abc import Callable

import pytest
from django.db import connection as database
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from accounts.models import CodePurpose, User
from accounts.passwords.binding import bound_to
from accounts.verification import codes
from conftest import Api
from notifications.models import Delivery, Notification
from numerai.common.redis import connection as redis

ROUNDS = 30
ASK, LINK = "/api/v1/auth/password-reset/", "/api/v1/auth/reset-password/token/"
CONFIRM = "/api/v1/auth/password-reset/confirm/"
KNOWN, UNKNOWN, CLOSED, SOCIAL = (f"{name}@example.com" for name in ("bob", "nobody", "alice", "charlie"))

pytestmark = pytest.mark.django_db(transaction=True)

Act = Callable[[APIClient, str], None]


def ask(client: APIClient, email: str) -> None:
    assert client.post(ASK, {"email": email}).status_code == 200


def ask_for_link(client: APIClient, email: str) -> None:
    assert client.post(LINK, {"email": email}).status_code == 200


def guess(client: APIClient, email: str) -> None:
    body = {"email": email, "otp": "000000", "new_password": "a sentence for the new one"}
    assert client.post(CONFIRM, body).json()["code"] == "code_invalid"


ACTS = pytest.mark.parametrize("act", [ask, ask_for_link, guess])


@pytest.fixture
def _people(alice: User, bob: User, charlie: User) -> None:
    User.objects.filter(id=alice.pk).update(is_active=False)
    User.objects.filter(id=charlie.pk).update(password="!social")


def with_code() -> None:
    """A live code with all its tries, and not the one that is guessed."""
    bob = User.objects.get(email=KNOWN)
    issued = "000000"
    while issued == "000000":
        issued = codes.issue(user_id=bob.pk, email=bound_to(bob).hex(), purpose=CodePurpose.RESET_PASSWORD)


@ACTS
@pytest.mark.usefixtures("_people")
def test_rule_06_as_many_statements_for_everybody(api: Api, act: Act) -> None:
    with_code()
    client, counts = api(None), {}
    for email in (KNOWN, UNKNOWN, CLOSED, SOCIAL):
        with CaptureQueriesContext(database) as caught:
            act(client, email)
        counts[email] = len(caught)
    assert len(set(counts.values())) == 1, counts


@ACTS
@pytest.mark.usefixtures("_people")
def test_rule_06_as_long_for_everybody(api: Api, act: Act) -> None:
    client = api(None)
    took: dict[str, list[float]] = {email: [] for email in (KNOWN, UNKNOWN, CLOSED, SOCIAL)}
    for number in range(ROUNDS):
        with_code()
        # Turned each time, so that none is always the one that finds the caches warm.
        names = list(took)[number % 4 :] + list(took)[: number % 4]
        for email in names:
            started = time.perf_counter()
            act(client, email)
            took[email].append(time.perf_counter() - started)
    medians = {email: statistics.median(times[2:]) for email, times in took.items()}
    assert max(medians.values()) / min(medians.values()) < 3 / 2, medians


@pytest.mark.usefixtures("_people")
def test_rule_06_a_miss_leaves_nothing_and_sends_as_much_to_the_broker(api: Api) -> None:
    for email in (UNKNOWN, CLOSED):
        ask(api(None), email)
    assert not Notification.objects.exists()
    assert not Delivery.objects.exists()
    of_misses = redis().llen("celery")
    ask(api(None), KNOWN)
    assert (of_misses, redis().llen("celery")) == (2, 3)
