"""Neither the work nor the time of an answer tells whether a password can be reset."""

from collections.abc import Callable
from functools import partial

import pytest
from pytest_django import Settings
from rest_framework.test import APIClient

from accounts.models import CodePurpose, User
from accounts.passwords.binding import bound_to
from accounts.tests import hashing
from accounts.tests.alike import assert_as_long, work_of
from accounts.verification import codes
from conftest import Api
from notifications.models import Delivery, Notification
from numerai.tests.queues import waiting

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
def test_rule_06_the_same_work_for_everybody(api: Api, settings: Settings, act: Act) -> None:
    settings.PASSWORD_HASHERS = [hashing.PATH]
    with_code()
    client = api(None)
    works = {email: work_of(partial(act, client, email)) for email in (KNOWN, UNKNOWN, CLOSED, SOCIAL)}
    assert (works[UNKNOWN].commits, works[UNKNOWN].hashes) == (1, 0)
    assert set(works.values()) == {works[UNKNOWN]}, works


@ACTS
@pytest.mark.usefixtures("_people")
def test_rule_06_as_long_for_everybody(api: Api, act: Act) -> None:
    client = api(None)
    acts = {email: partial(act, client, email) for email in (KNOWN, UNKNOWN, CLOSED, SOCIAL)}
    assert_as_long(acts, prepare=with_code)


@pytest.mark.usefixtures("_people")
def test_rule_06_a_miss_leaves_nothing_and_sends_as_much_to_the_broker(api: Api) -> None:
    for email in (UNKNOWN, CLOSED):
        ask(api(None), email)
    assert not Notification.objects.exists()
    assert not Delivery.objects.exists()
    of_misses = waiting()
    ask(api(None), KNOWN)
    assert (of_misses, waiting()) == (2, 3)
