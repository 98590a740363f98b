"""Guessing a password is limited by account and network, and no stranger keeps an owner out by it."""

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.conf import settings as django_settings
from pytest_django import Settings
from rest_framework.response import Response

from accounts import limits
from accounts.models import EventKind, SecurityEvent, Session, User
from accounts.sessions import Device, open_session
from accounts.tests.conftest import Post
from accounts.tests.together import together
from conftest import PASSWORD, Api
from notifications.models import Notification
from numerai.common import clock

URL = "/api/v1/auth/login/"
START = datetime(2026, 11, 20, 12, 0, 1, tzinfo=UTC)
TIMES, SECONDS = limits.LOGIN_OF_ACCOUNT.times, limits.LOGIN_OF_ACCOUNT.seconds
EVERYWHERE = limits.LOGIN_FROM_ANYWHERE.times
BOB, NOBODY = "bob@example.com", "nobody@example.com"
HOME, OFFICE = "203.0.113.9", "192.0.2.77"

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _limited(settings: Settings) -> None:
    settings.RATE_LIMIT_ENABLED = True


@pytest.fixture
def now() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(START, tick=False) as time:
        yield time


def sign_in(api: Api, email: str = BOB, password: str = PASSWORD, address: str = HOME) -> Any:
    return api(None).post(URL, {"email": email, "password": password}, REMOTE_ADDR=address)


def guess(api: Api, times: int, email: str = BOB, address: str = HOME) -> list[str]:
    return [sign_in(api, email, "not the right one", address).json()["code"] for _ in range(times)]


def lock_for_everybody(api: Api, email: str = BOB, networks: int = EVERYWHERE // TIMES) -> None:
    for number in range(networks):
        assert set(guess(api, TIMES, email, f"198.51.{number}.1")) == {"invalid_credentials"}


def limited(kind: EventKind = EventKind.SIGN_IN_LIMITED) -> list[tuple[Any, str]]:
    found = SecurityEvent.objects.filter(kind=kind).order_by("id")
    return [(event.user_id, event.details["scope"]) for event in found]


@pytest.mark.parametrize("email", [BOB, NOBODY])
def test_rule_43_an_account_bears_five_attempts_from_a_network(
    api: Api, bob: User, now: time_machine.Traveller, email: str
) -> None:
    assert set(guess(api, TIMES, email)) == {"invalid_credentials"}
    refused = sign_in(api, email)
    assert (refused.status_code, refused.json()["code"]) == (429, "sign_in_limited")
    assert int(refused["Retry-After"]) == SECONDS
    now.shift(timedelta(seconds=SECONDS - 1))
    assert sign_in(api, email).status_code == 429
    now.shift(timedelta(seconds=1))
    assert sign_in(api, email).status_code == (200 if email == BOB else 400)


def test_rule_43_a_right_password_begins_anew_and_clears_no_network(
    api: Api, bob: User, now: time_machine.Traveller
) -> None:
    for _ in range(3):
        guess(api, TIMES - 1)
        assert sign_in(api).status_code == 200
    assert guess(api, TIMES + 1)[-1] == "sign_in_limited"
    # 3 * 5 + 6 attempts of the network at all accounts are counted still.
    left = limits.LOGIN.times - 3 * TIMES - (TIMES + 1)
    assert [sign_in(api, f"n{number}@example.com").status_code for number in range(left)] == [400] * left
    assert sign_in(api, "last@example.com").json()["code"] == "too_many_requests"


def test_rule_43_successes_use_nothing_up(api: Api, bob: User, now: time_machine.Traveller) -> None:
    for number in range(EVERYWHERE + 5):
        now.shift(timedelta(seconds=3))
        assert sign_in(api, address=f"2001:db8:1:{number % 9:x}::1").status_code == 200
    assert guess(api, 1, address=OFFICE) == ["invalid_credentials"]


def test_rule_43_of_a_site_with_many_networks_four_times_as_many(
    api: Api, bob: User, now: time_machine.Traveller
) -> None:
    networks = [f"2001:db8:1:{number:x}::1" for number in range(TIMES * limits.SITE_FACTOR)]
    assert {code for address in networks for code in guess(api, 1, address=address)} == {"invalid_credentials"}
    assert guess(api, 1, address="2001:db8:1:ffff::1") == ["sign_in_limited"]
    assert guess(api, 1, address=HOME) == ["invalid_credentials"]


def test_rule_44_a_stranger_locks_an_account_for_their_own_network_only(
    api: Api, bob: User, now: time_machine.Traveller
) -> None:
    assert guess(api, TIMES + 1, address="198.51.100.1")[-1] == "sign_in_limited"
    assert sign_in(api).status_code == 200
    assert limited() == [(bob.pk, "network")]
    assert not Notification.objects.exists()


def test_rule_44_many_networks_lock_the_whole_account_for_places_it_does_not_know(
    api: Api, bob: User, now: time_machine.Traveller
) -> None:
    lock_for_everybody(api)
    refused = sign_in(api)
    assert (refused.status_code, refused.json()["code"], int(refused["Retry-After"])) == (429, "sign_in_limited", 900)
    assert limited() == [(bob.pk, "account")]
    now.shift(timedelta(seconds=SECONDS))
    assert sign_in(api).status_code == 200


def test_rule_44_the_owner_still_gets_in_from_where_they_were_before(
    api: Api, bob: User, now: time_machine.Traveller
) -> None:
    open_session(user=bob, device=Device("Firefox", "203.0.113.0"))
    lock_for_everybody(api)
    assert sign_in(api, address=OFFICE).status_code == 429
    assert sign_in(api, address="203.0.113.200").status_code == 200


def test_rule_44_what_a_place_it_knows_may_guess_is_counted_too(
    api: Api, bob: User, now: time_machine.Traveller
) -> None:
    open_session(user=bob, device=Device("Firefox", "203.0.113.0"))
    lock_for_everybody(api)
    neighbours = [f"203.0.113.{number}" for number in range(limits.LOGIN_FROM_KNOWN.times)]
    assert {code for address in neighbours for code in guess(api, 1, address=address)} == {"invalid_credentials"}
    assert sign_in(api, address="203.0.113.200").json()["code"] == "sign_in_limited"
    assert limited() == [(bob.pk, "account"), (bob.pk, "known network")][1:]


def test_rule_44_a_verified_phone_knows_its_places_too(api: Api, bob: User, now: time_machine.Traveller) -> None:
    phone = "+14155552671"
    User.objects.filter(id=bob.pk).update(phone=phone, phone_verified_at=clock.now())
    open_session(user=bob, device=Device("Firefox", "203.0.113.0"))
    for number in range(EVERYWHERE):
        form = {"phone": phone, "password": "not the right one"}
        api(None).post(URL, form, REMOTE_ADDR=f"198.51.{number}.1")
    form = {"phone": phone, "password": PASSWORD}
    assert api(None).post(URL, form, REMOTE_ADDR=OFFICE).status_code == 429
    assert api(None).post(URL, form, REMOTE_ADDR=HOME).status_code == 200


def test_rule_44_sessions_outlive_the_lock(api: Api, bob: User, now: time_machine.Traveller) -> None:
    client = api(bob)
    refresh = open_session(user=bob).refresh_token
    lock_for_everybody(api)
    assert client.get("/api/v1/users/profile/").status_code == 200
    assert api(None).post("/api/v1/auth/refresh-token/", {"refresh": refresh}).status_code == 200


def test_rule_44_the_owner_is_told_once_and_sent_a_link(
    api: Api, bob: User, post: Post, now: time_machine.Traveller
) -> None:
    lock_for_everybody(api)
    for number in range(9):
        assert sign_in(api, address=f"192.0.2.{number}").status_code == 429
    now.shift(timedelta(seconds=SECONDS))
    lock_for_everybody(api)
    assert sign_in(api, address=OFFICE).status_code == 429
    assert [event for event in limited() if event[1] == "account"] == [(bob.pk, "account")] * 2
    (mail,) = post()
    assert mail.subject == "Somebody is trying to sign in to your account"
    assert "/unlock#token=" in mail.text
    assert "/unlock#token=" in mail.html


@pytest.mark.parametrize("change", [{"is_active": False}, {"email_verified_at": None}])
def test_a_closed_or_unverified_account_gets_no_such_mail(
    api: Api, bob: User, now: time_machine.Traveller, change: dict[str, Any]
) -> None:
    User.objects.filter(id=bob.pk).update(**change)
    lock_for_everybody(api)
    assert sign_in(api, address=OFFICE).status_code == 429
    assert not Notification.objects.exists()


def test_rule_45_locked_is_the_same_for_an_address_that_nobody_has(
    api: Api, bob: User, now: time_machine.Traveller
) -> None:
    answers: list[Response] = []
    for email in (BOB, NOBODY):
        guess(api, TIMES, email, OFFICE)
        answers.append(sign_in(api, email, address=OFFICE))
        lock_for_everybody(api, email, EVERYWHERE // TIMES - 1)
        answers.append(sign_in(api, email))
    bodies = [answer.json() | {"request_id": ""} for answer in answers]  # type: ignore[attr-defined]
    headers = [{name: answer[name] for name in answer.headers if name != "X-Request-ID"} for answer in answers]
    assert bodies[:2] == bodies[2:]
    assert headers[:2] == headers[2:]
    assert limited() == [(bob.pk, "network"), (bob.pk, "account"), (None, "network"), (None, "account")]
    assert Notification.objects.filter(recipient=bob).count() == Notification.objects.count() == 1


def test_rule_46_however_it_is_spelt_it_is_one_account(api: Api, bob: User, now: time_machine.Traveller) -> None:
    spelt = [BOB, "BOB@example.com", " bob@Example.com ", "\tbob@EXAMPLE.COM", "bob@\uff45xample.com"]
    wrong = "not the right one"
    assert [sign_in(api, email.strip("\t"), wrong).status_code for email in spelt] == [400] * TIMES
    assert sign_in(api).json()["code"] == "sign_in_limited"


def test_rule_46_so_is_a_phone_number(api: Api, now: time_machine.Traveller) -> None:
    spelt = ["+14155552671", "+1 415 555 2671", "+1 (415) 555-2671", " +1-415-555-2671", "+1.415.555.2671"]
    codes = [api(None).post(URL, {"phone": phone, "password": PASSWORD}).json()["code"] for phone in (*spelt, spelt[0])]
    assert codes == ["invalid_credentials"] * TIMES + ["sign_in_limited"]


@pytest.mark.django_db(transaction=True)
def test_rule_47_of_thirty_at_once_five_are_let_through(api: Api, bob: User, now: time_machine.Traveller) -> None:
    form = {"email": BOB, "password": "not the right one"}
    codes = together(30, lambda _: api(None).post(URL, form).json()["code"])
    assert sorted(codes) == ["invalid_credentials"] * TIMES + ["sign_in_limited"] * (30 - TIMES)
    assert limited() == [(bob.pk, "network")]


def test_rule_48_what_a_caller_says_of_its_address_changes_nothing(
    api: Api, bob: User, now: time_machine.Traveller
) -> None:
    codes = [
        api(None)
        .post(
            URL,
            {"email": BOB, "password": "not the right one"},
            headers={
                "x-forwarded-for": f"10.0.0.{number}",
                "x-real-ip": f"10.0.1.{number}",
                "forwarded": "for=1.1.1.1",
            },
        )
        .json()["code"]
        for number in range(TIMES + 1)
    ]
    assert codes == ["invalid_credentials"] * TIMES + ["sign_in_limited"]


def test_switched_off_nothing_is_counted(api: Api, bob: User, settings: Settings) -> None:
    settings.RATE_LIMIT_ENABLED = False
    guess(api, TIMES + 5)
    assert sign_in(api).status_code == 200


def test_rule_44_the_figures_come_from_the_environment() -> None:
    look = "import django; django.setup(); from accounts import limits; print(limits.LOGIN_OF_ACCOUNT)"
    environment = os.environ | {"MAX_LOGIN_ATTEMPTS": "7", "ACCOUNT_LOCK_DURATION": "60"}
    shown = subprocess.run(
        [sys.executable, "-c", look], env=environment, cwd=django_settings.BASE_DIR, capture_output=True, check=True
    )
    assert b"times=7, seconds=60" in shown.stdout
    assert (TIMES, SECONDS, EVERYWHERE) == (5, 900, 50)


def test_a_lock_costs_no_hash_and_no_session(api: Api, bob: User, now: time_machine.Traveller) -> None:
    guess(api, TIMES)
    failures = SecurityEvent.objects.filter(kind=EventKind.SIGN_IN_FAILED).count()
    assert sign_in(api).status_code == 429
    assert not Session.objects.exists()
    assert SecurityEvent.objects.filter(kind=EventKind.SIGN_IN_FAILED).count() == failures == TIMES
