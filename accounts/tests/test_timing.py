"""Neither the number of statements nor the time of an answer tells whose an address is.

Samples are taken in turns, so that whatever else the machine does falls on both sides; the medians are compared, and a
pair that differs is looked at again with more samples, for noise goes away and a difference stays.
"""

import statistics
import time
from collections.abc import Callable

import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.db import connection as database
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings
from rest_framework.test import APIClient

from accounts.models import CodePurpose, OneTimeCode, User
from accounts.verification import codes
from conftest import PASSWORD, Api
from notifications.models import Delivery, Notification
from numerai.common import clock
from numerai.common.redis import connection as redis

ROUNDS, LOOKS = 20, 6
CLOSE = 0.10
RESEND, VERIFY, UNLOCK = "/api/v1/auth/resend-otp/", "/api/v1/auth/verify-otp/", "/api/v1/auth/unlock/"
LOGIN, REGISTER = "/api/v1/auth/login/", "/api/v1/auth/register/"
UNKNOWN, KNOWN, AWAITING = "nobody@example.com", "bob@example.com", "dora@example.com"

pytestmark = pytest.mark.django_db(transaction=True)

Act = Callable[[APIClient, str], None]
Call = Callable[[int], None]
Watch = Callable[[], float]
Prepare = Callable[[], None]


def ask(client: APIClient, email: str) -> None:
    assert client.post(RESEND, {"email": email}).status_code == 200


def guess(client: APIClient, email: str) -> None:
    assert client.post(VERIFY, {"email": email, "otp": "000000"}).json()["code"] == "code_invalid"


def unlock(client: APIClient, email: str) -> None:
    assert client.post(UNLOCK, {"email": email}).status_code == 200


def sign_in(client: APIClient, email: str) -> None:
    answer = client.post(LOGIN, {"email": email, "password": "not the right one"})
    assert answer.json()["code"] == "invalid_credentials"


def sign_up(client: APIClient, email: str) -> None:
    form = {"password": "quite another sentence", "confirm_password": "quite another sentence", "full_name": "Una"}
    assert client.post(REGISTER, form | {"email": email}).status_code == 201


def with_code(dora: User) -> None:
    """A live code with all its tries, and not the one that is guessed."""
    issued = [""]
    while issued[-1] in ("", "000000"):
        issued.append(codes.issue(user_id=dora.pk, email=str(dora.email), purpose=CodePurpose.VERIFY_EMAIL))


def nothing() -> None:
    """What most pairs need before they are compared."""


def medians(one: Call, other: Call, rounds: int, watch: Watch, prepare: Prepare = nothing) -> float:
    """By how much of the longer one the two differ."""
    took: tuple[list[float], list[float]] = ([], [])
    for number in range(rounds):
        prepare()
        # Turn and turn about, for whoever comes second may find things warm.
        for side in (0, 1) if number % 2 else (1, 0):
            started = watch()
            (one, other)[side](number)
            took[side].append(watch() - started)
    # Of median and lower quartile the closer pair: a real difference is in both, a busy neighbour seldom.
    quartiles = [statistics.quantiles(times, n=4) for times in took]
    closest: float = min(
        abs(first - second) / max(first, second) for first, second in list(zip(*quartiles, strict=True))[:2]
    )
    return closest


def assert_alike(
    one: Call, other: Call, *, watch: Watch = time.perf_counter, prepare: Prepare = nothing, close: float = CLOSE
) -> None:
    """The two are within ``close`` of one another at some look; a real difference is at none."""
    seen = []
    for look in range(LOOKS):
        seen.append(medians(one, other, ROUNDS * (look + 1), watch, prepare))
        if seen[-1] < close:
            break
    assert seen[-1] < close, f"They differ by {', '.join(f'{each:.0%}' for each in seen)}."


class SmallArgon2(Argon2PasswordHasher):
    """A sixth of the memory: what is beside the hash weighs more, so that it shows sooner."""

    memory_cost = 16 * 1024


@pytest.mark.parametrize(("act", "known"), [(ask, AWAITING), (guess, AWAITING), (unlock, KNOWN)])
@pytest.mark.parametrize("other", [UNKNOWN, KNOWN, AWAITING])
def test_rule_05_a_hit_and_a_miss_take_as_many_statements(
    api: Api, dora: User, bob: User, act: Act, known: str, other: str
) -> None:
    with_code(dora)
    client = api(None)
    with CaptureQueriesContext(database) as hit:
        act(client, known)
    with CaptureQueriesContext(database) as miss:
        act(client, other)
    assert len(hit) == len(miss) > 3


def test_rule_04_every_failure_takes_as_many_statements(api: Api, dora: User, bob: User) -> None:
    User.objects.create_user(email="closed@example.com", full_name="Closed", password=PASSWORD, is_active=False)
    User.objects.create_user(email="social@example.com", full_name="Social", email_verified_at=clock.now())
    counts = {}
    for email in (UNKNOWN, KNOWN, AWAITING, "closed@example.com", "social@example.com"):
        with CaptureQueriesContext(database) as made:
            sign_in(api(None), email)
        counts[email] = len(made)
    assert set(counts.values()) == {counts[UNKNOWN]}


@pytest.mark.parametrize("act", [ask, guess, unlock])
def test_rule_05_a_hit_and_a_miss_take_as_long(api: Api, dora: User, bob: User, act: Act) -> None:
    """These answer in milliseconds, of which the disk's share varies most: hence the processor's time as well."""
    client = api(None)
    known = KNOWN if act is unlock else AWAITING

    def hit(_: int) -> None:
        act(client, known)

    def miss(_: int) -> None:
        act(client, UNKNOWN)

    def fresh() -> None:
        with_code(dora)

    for warm_up in (hit, miss, hit, miss):
        warm_up(0)
    assert_alike(hit, miss, watch=time.thread_time, prepare=fresh)
    # On the clock the commits of both count, whose time is the disk's: a doubled one would show, noise must not.
    assert_alike(hit, miss, prepare=fresh, close=1 / 3)


@pytest.mark.parametrize("kind", ["wrong", "closed", "social", "unverified"])
def test_rule_04_every_failed_sign_in_takes_as_long(api: Api, settings: Settings, kind: str) -> None:
    settings.PASSWORD_HASHERS = [f"{__name__}.SmallArgon2"]
    fields = {
        "wrong": {"password": PASSWORD, "email_verified_at": clock.now()},
        "closed": {"password": PASSWORD, "email_verified_at": clock.now(), "is_active": False},
        "social": {"email_verified_at": clock.now()},
        "unverified": {"password": PASSWORD},
    }[kind]
    User.objects.create_user(email="someone@example.com", full_name="Someone", **fields)  # type: ignore[arg-type]
    client = api(None)
    for email in (UNKNOWN, "someone@example.com"):
        sign_in(client, email)
    assert_alike(lambda _: sign_in(client, "someone@example.com"), lambda _: sign_in(client, UNKNOWN))


@pytest.mark.parametrize("email", [KNOWN, AWAITING, "closed@example.com"])
def test_rule_05_signing_up_takes_as_long_for_a_known_address(
    api: Api, settings: Settings, dora: User, bob: User, email: str
) -> None:
    settings.PASSWORD_HASHERS = [f"{__name__}.SmallArgon2"]
    User.objects.create_user(email="closed@example.com", full_name="Closed", password=PASSWORD, is_active=False)
    for user in User.objects.all():
        user.set_password(PASSWORD)
        user.save()
    client = api(None)
    fresh = iter(range(10**6))
    sign_up(client, email)
    sign_up(client, "warm@example.com")
    assert_alike(lambda _: sign_up(client, email), lambda _: sign_up(client, f"new{next(fresh)}@example.com"))


def test_a_miss_leaves_nothing_behind(api: Api, bob: User) -> None:
    for email in (UNKNOWN, KNOWN):
        ask(api(None), email)
        guess(api(None), email)
    unlock(api(None), UNKNOWN)
    assert not [model for model in (Notification, Delivery, OneTimeCode) if model.objects.exists()]


def test_a_miss_sends_as_much_to_the_broker(api: Api, dora: User) -> None:
    ask(api(None), AWAITING)
    of_hit = redis().llen("celery")
    ask(api(None), UNKNOWN)
    assert (of_hit, redis().llen("celery")) == (1, 2)
