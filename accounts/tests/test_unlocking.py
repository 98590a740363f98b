"""The way out of a lock: a mailed link opens the account for the place where it is used, whatever strangers do."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core.signing import TimestampSigner
from pytest_django import Settings

from accounts import limits
from accounts.models import EventKind, SecurityEvent, Session, User
from accounts.tests.conftest import Post
from accounts.tests.test_locks import BOB, HOME, NOBODY, OFFICE, TIMES, guess, lock_for_everybody, sign_in
from accounts.unlocking.links import fresh_link
from conftest import Api
from notifications.kinds import NoLongerNeeded
from notifications.models import Delivery, Notification
from numerai.common import clock

ASK, CONFIRM = "/api/v1/auth/unlock/", "/api/v1/auth/unlock/confirm/"
START = datetime(2026, 11, 20, 12, 0, 1, tzinfo=UTC)
SENT = {"message": "If there is such an account, a link that unlocks it is on its way."}

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def now(settings: Settings) -> Iterator[time_machine.Traveller]:
    settings.RATE_LIMIT_ENABLED = True
    with time_machine.travel(START, tick=False) as time:
        yield time


def token_for(user: User) -> str:
    return str(fresh_link(user.pk, {})["link"]).partition("#token=")[2]


def confirm(api: Api, token: str, address: str = HOME) -> Any:
    return api(None).post(CONFIRM, {"token": token}, REMOTE_ADDR=address)


def test_a_link_opens_the_account_where_it_is_used(api: Api, bob: User, post: Post) -> None:
    lock_for_everybody(api)
    asked = api(None).post(ASK, {"email": " BOB@example.com"}, REMOTE_ADDR=HOME)
    assert (asked.status_code, asked.json()) == (200, SENT)
    assert sign_in(api).status_code == 429
    mail = next(mail for mail in post() if mail.subject == "Sign in to NumerAI again")
    (token,) = re.findall(r"http://localhost:3000/unlock#token=(\S+)", mail.text)
    assert token in mail.html
    opened = confirm(api, token)
    assert (opened.status_code, opened.json()) == (200, {"message": "You can sign in again from here."})
    assert not Session.objects.exists()
    assert sign_in(api, address=OFFICE).status_code == 429
    assert sign_in(api).status_code == 200
    event = SecurityEvent.objects.get(kind=EventKind.SIGN_IN_UNLOCKED)
    assert (event.user_id, event.origin.address) == (bob.pk, "203.0.113.0")


def test_it_stays_open_there_for_a_day_however_long_the_attack(
    api: Api, bob: User, now: time_machine.Traveller
) -> None:
    assert confirm(api, token_for(bob)).status_code == 200
    for _ in range(3):
        lock_for_everybody(api)
        assert sign_in(api, address=OFFICE).status_code == 429
        assert guess(api, 1, address=HOME) == ["invalid_credentials"]
        now.shift(timedelta(hours=1))


def test_who_mistyped_at_home_unlocks_that_too(api: Api, bob: User) -> None:
    assert guess(api, TIMES + 1)[-1] == "sign_in_limited"
    assert confirm(api, token_for(bob)).status_code == 200
    assert guess(api, TIMES + 1) == ["invalid_credentials"] * TIMES + ["sign_in_limited"]


def test_a_site_of_many_networks_is_unlocked_as_well(api: Api, bob: User) -> None:
    for number in range(TIMES * limits.SITE_FACTOR):
        guess(api, 1, address=f"2001:db8:1:{number:x}::1")
    assert sign_in(api, address="2001:db8:1:ffff::1").status_code == 429
    assert confirm(api, token_for(bob), "2001:db8:1:ffff::1").status_code == 200
    assert sign_in(api, address="2001:db8:1:ffff::1").status_code == 200


def test_a_link_is_good_once(api: Api, bob: User) -> None:
    token = token_for(bob)
    assert confirm(api, token).status_code == 200
    again = confirm(api, token, OFFICE)
    assert (again.status_code, again.json()["code"]) == (400, "unlock_link_invalid")
    assert SecurityEvent.objects.filter(kind=EventKind.SIGN_IN_UNLOCKED).count() == 1


def test_a_link_ages(api: Api, bob: User, now: time_machine.Traveller) -> None:
    token = token_for(bob)
    now.shift(timedelta(seconds=limits.UNLOCKED_SECONDS + 1))
    assert confirm(api, token).json()["code"] == "unlock_link_invalid"


@pytest.mark.parametrize("change", [{"is_active": False}, {"email": "bob@other.example"}])
def test_a_link_means_nothing_for_a_closed_account_or_another_address(
    api: Api, bob: User, change: dict[str, Any]
) -> None:
    token = token_for(bob)
    User.objects.filter(id=bob.pk).update(**change)
    assert confirm(api, token).json()["code"] == "unlock_link_invalid"


@pytest.mark.parametrize(
    "forged",
    [
        "x",
        "a.b.c:d:e",
        TimestampSigner(salt="accounts.unlock").sign("not-hex.nonce.bound"),
        TimestampSigner(salt="accounts.unlock").sign("only.two"),
        TimestampSigner(salt="accounts.unlock").sign(f"{'0' * 32}.nonce.bound"),
        TimestampSigner(salt="another").sign(f"{'0' * 32}.nonce.bound"),
    ],
    ids=["a letter", "no signature", "no id", "too short", "nobody's", "of another purpose"],
)
def test_an_invented_link_is_refused(api: Api, bob: User, forged: str) -> None:
    refused = confirm(api, forged)
    assert (refused.status_code, refused.json()["code"]) == (400, "unlock_link_invalid")
    assert not SecurityEvent.objects.exists()


def test_a_link_that_was_tampered_with_is_refused(api: Api, bob: User, charlie: User) -> None:
    token = token_for(bob).replace(bob.id.hex, charlie.id.hex)
    assert confirm(api, token).json()["code"] == "unlock_link_invalid"


@pytest.mark.parametrize(
    "body", [{}, {"token": ""}, {"token": None}, {"token": 5}, {"token": ["x"]}, {"token": "x" * 301}]
)
def test_bad_input_names_the_field(api: Api, body: dict[str, Any]) -> None:
    answer = api(None).post(CONFIRM, body)
    assert (answer.status_code, answer.json()["code"]) == (400, "validation_error")
    assert [error["field"] for error in answer.json()["errors"]] == ["token"]


@pytest.mark.parametrize(("body", "field"), [({}, "email"), ({"email": "x"}, "email"), ({"phone": "1"}, "phone")])
def test_asking_with_bad_input_names_the_field(api: Api, body: dict[str, Any], field: str) -> None:
    answer = api(None).post(ASK, body)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, field)


@pytest.mark.parametrize("change", [{"is_active": False}, {"email_verified_at": None}, {"email": "bob@other.example"}])
def test_asking_tells_nothing_and_mails_nobody_who_cannot_use_it(api: Api, bob: User, change: dict[str, Any]) -> None:
    User.objects.filter(id=bob.pk).update(**change)
    answer = api(None).post(ASK, {"email": BOB})
    assert (answer.status_code, answer.json()) == (200, SENT)
    assert not Notification.objects.exists()


@pytest.mark.parametrize("change", [{"is_active": False}, {"email_verified_at": None}])
def test_no_link_is_made_for_who_cannot_use_it_any_more(bob: User, change: dict[str, Any]) -> None:
    User.objects.filter(id=bob.pk).update(**change)
    with pytest.raises(NoLongerNeeded):
        fresh_link(bob.pk, {})


@pytest.mark.parametrize("email", [BOB, NOBODY])
def test_rule_51_an_address_gets_one_link_a_minute_and_five_an_hour(
    api: Api, bob: User, now: time_machine.Traveller, email: str
) -> None:
    for _ in range(5):
        assert api(None).post(ASK, {"email": email}).status_code == 200
        assert api(None).post(ASK, {"email": email.upper()}).status_code == 429
        now.shift(60)
    assert api(None).post(ASK, {"email": email}).status_code == 429
    now.shift(3600)
    assert api(None).post(ASK, {"email": email}).status_code == 200
    assert Notification.objects.count() == (6 if email == BOB else 0)


def test_asking_for_codes_in_the_owners_name_does_not_keep_a_link_from_them(api: Api, bob: User) -> None:
    for number in range(9):
        api(None).post("/api/v1/auth/resend-otp/", {"email": BOB}, REMOTE_ADDR=f"198.51.100.{number}")
    assert api(None).post(ASK, {"email": BOB}).status_code == 200
    assert Notification.objects.get().kind == "accounts.unlock_link"


def test_the_token_stands_nowhere(api: Api, bob: User, post: Post) -> None:
    api(None).post(ASK, {"email": BOB})
    (token,) = re.findall(r"#token=(\S+)", post()[0].text)
    tables = [Notification.objects.values(), Delivery.objects.values()]
    assert not [row for table in tables for row in table if token.split(".")[1] in str(row)]


def test_a_person_with_a_phone_alone_gets_a_text(api: Api, bob: User, settings: Settings) -> None:
    settings.SMS_ACCOUNT_SID = settings.SMS_AUTH_TOKEN = settings.SMS_SENDER = "+15005550006"
    User.objects.filter(id=bob.pk).update(email=None, phone="+14155552671", phone_verified_at=clock.now())
    assert api(None).post(ASK, {"phone": "+1 415 555 2671"}).json() == SENT
    assert Delivery.objects.get().destination == "+14155552671"
    assert Delivery.objects.get().channel == "sms"
    for _ in range(TIMES + 1):
        locked = api(None).post(
            "/api/v1/auth/login/", {"phone": "+14155552671", "password": "wrong words"}, REMOTE_ADDR=HOME
        )
    assert locked.status_code == 429
    bob.refresh_from_db()
    assert confirm(api, token_for(bob)).status_code == 200
    form = {"phone": "+14155552671", "password": "wrong words"}
    assert api(None).post("/api/v1/auth/login/", form, REMOTE_ADDR=HOME).status_code == 400
