"""Neither the work nor the time of an answer tells whose an address is."""

from collections.abc import Callable
from functools import partial
from itertools import count

import pytest
from pytest_django import Settings
from rest_framework.test import APIClient

from accounts.models import CodePurpose, OneTimeCode, Profile, SecurityEvent, SecurityEventOrigin, User
from accounts.tests import hashing
from accounts.tests.alike import Work, assert_as_long, work_of
from accounts.verification import codes
from conftest import PASSWORD, Api
from notifications.models import Delivery, Notification
from numerai.common import clock
from numerai.settings import base

RESEND, VERIFY, UNLOCK = "/api/v1/auth/resend-otp/", "/api/v1/auth/verify-otp/", "/api/v1/auth/unlock/"
LOGIN, REGISTER = "/api/v1/auth/login/", "/api/v1/auth/register/"
UNKNOWN, KNOWN, AWAITING = "nobody@example.com", "bob@example.com", "dora@example.com"
CLOSED, SOCIAL = "closed@example.com", "social@example.com"
OTHER_PASSWORD = "quite another sentence"

pytestmark = pytest.mark.django_db(transaction=True)

Act = Callable[[APIClient, str], None]


def ask(client: APIClient, email: str) -> None:
    assert client.post(RESEND, {"email": email}).status_code == 200


def guess(client: APIClient, email: str) -> None:
    assert client.post(VERIFY, {"email": email, "otp": "000000"}).json()["code"] == "code_invalid"


def unlock(client: APIClient, email: str) -> None:
    assert client.post(UNLOCK, {"email": email}).status_code == 200


def sign_in(client: APIClient, email: str) -> None:
    answer = client.post(LOGIN, {"email": email, "password": "not the right one"})
    assert answer.json()["code"] == "invalid_credentials"


def sign_up(client: APIClient, email: str, password: str = OTHER_PASSWORD) -> None:
    form = {"email": email, "password": password, "confirm_password": password, "full_name": "Una"}
    assert client.post(REGISTER, form).status_code == 201


def with_code(dora: User) -> None:
    """A live code with all its tries, and not the one that is guessed."""
    issued = [""]
    while issued[-1] in ("", "000000"):
        issued.append(codes.issue(user_id=dora.pk, email=str(dora.email), purpose=CodePurpose.VERIFY_EMAIL))


@pytest.fixture
def _people(dora: User, bob: User) -> None:
    """Somebody of every standing."""
    User.objects.create_user(email=CLOSED, full_name="Closed", password=PASSWORD, is_active=False)
    User.objects.create_user(email=SOCIAL, full_name="Social", email_verified_at=clock.now())


@pytest.fixture
def _counted(settings: Settings) -> None:
    settings.PASSWORD_HASHERS = [hashing.PATH]


@pytest.fixture
def _as_in_production(settings: Settings, _people: None) -> None:
    """Passwords cost what they cost there, so that what is beside them weighs as much as it does there."""
    settings.PASSWORD_HASHERS = base.PASSWORD_HASHERS
    for user in User.objects.exclude(email=SOCIAL):
        user.set_password(PASSWORD)
        user.save()


@pytest.mark.usefixtures("_people", "_counted")
def test_rule_04_every_failed_sign_in_is_the_same_work(api: Api) -> None:
    client = api(None)
    sign_in(client, UNKNOWN)
    works = {email: work_of(partial(sign_in, client, email)) for email in (UNKNOWN, KNOWN, AWAITING, CLOSED, SOCIAL)}
    assert works[UNKNOWN].hashes == 1
    assert set(works.values()) == {works[UNKNOWN]}, works


@pytest.mark.usefixtures("_as_in_production")
def test_rule_04_every_failed_sign_in_takes_as_long(api: Api) -> None:
    client = api(None)
    assert_as_long({email: partial(sign_in, client, email) for email in (UNKNOWN, KNOWN, AWAITING, CLOSED, SOCIAL)})


@pytest.mark.usefixtures("_people", "_counted")
def test_rule_05_signing_up_is_the_same_work_for_a_known_address(api: Api) -> None:
    client = api(None)
    works = {
        "new": work_of(lambda: sign_up(client, "new@example.com")),
        "still new": work_of(lambda: sign_up(client, "new@example.com")),
        **{email: work_of(partial(sign_up, client, email)) for email in (KNOWN, AWAITING, CLOSED, SOCIAL)},
    }
    assert (works["new"].commits, works["new"].hashes, works["new"].messages) == (1, 1, 1)
    assert set(works.values()) == {works["new"]}, works


@pytest.mark.usefixtures("_as_in_production")
def test_rule_05_signing_up_takes_as_long_for_a_known_address(api: Api) -> None:
    client, fresh = api(None), count()
    assert_as_long(
        {
            "new": lambda: sign_up(client, f"new{next(fresh)}@example.com"),
            **{email: partial(sign_up, client, email) for email in (KNOWN, AWAITING, CLOSED)},
        },
        rounds=10,
    )


@pytest.mark.parametrize("act", [ask, guess, unlock])
@pytest.mark.usefixtures("_people", "_counted")
def test_rule_05_a_hit_and_a_miss_are_the_same_work(api: Api, dora: User, act: Act) -> None:
    client = api(None)
    with_code(dora)
    works: dict[str, Work] = {}
    for email in (AWAITING, KNOWN, UNKNOWN, CLOSED, SOCIAL):
        works[email] = work_of(partial(act, client, email))
    assert (works[UNKNOWN].hashes, works[UNKNOWN].commits) == (0, 1)
    assert set(works.values()) == {works[UNKNOWN]}, works


@pytest.mark.parametrize("act", [ask, guess, unlock])
def test_rule_05_a_hit_and_a_miss_take_as_long(api: Api, dora: User, bob: User, act: Act) -> None:
    client = api(None)
    hit = KNOWN if act is unlock else AWAITING
    acts = {email: partial(act, client, email) for email in (hit, UNKNOWN)}
    assert_as_long(acts, prepare=partial(with_code, dora))


def test_a_miss_leaves_nothing_behind(api: Api, bob: User) -> None:
    for email in (UNKNOWN, KNOWN):
        ask(api(None), email)
        guess(api(None), email)
    unlock(api(None), UNKNOWN)
    assert not [model for model in (Notification, Delivery, OneTimeCode) if model.objects.exists()]


def test_signing_up_again_leaves_nobody_behind(api: Api, bob: User) -> None:
    before = {model: model.objects.count() for model in (User, Profile, SecurityEvent, SecurityEventOrigin)}
    sign_up(api(None), KNOWN)
    assert {model: model.objects.count() for model in before} == before
