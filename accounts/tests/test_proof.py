"""Who is signed in proves once more who they are, by password or by a code from a mail."""

from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from pytest_django import Settings
from rest_framework.request import Request
from rest_framework.test import APIClient, APIRequestFactory

from accounts import limits
from accounts.authentication import Access
from accounts.models import (
    EventKind,
    Identity,
    IdentityProvider,
    OneTimeCode,
    Passkey,
    SecurityEvent,
    Session,
    SessionEnd,
    User,
)
from accounts.proof import mailing
from accounts.proof.services import FreshLoginRequired, PasswordWrong, require_fresh
from accounts.proof.ways import ways_of
from accounts.sessions import end_all_sessions, open_session
from accounts.tests.conftest import Post
from accounts.tests.together import together
from conftest import PASSWORD, Api
from notifications import kinds
from notifications.kinds import NoLongerNeeded
from notifications.models import Notification
from numerai.common import clock
from numerai.common.errors import NotAuthenticated

URL, CODE_URL = "/api/v1/auth/proof/", "/api/v1/auth/proof/code/"
SENT = {"message": "A code is on its way to your address."}


def grow_stale() -> None:
    Session.objects.update(proved_at=clock.now() - timedelta(minutes=15))


def asking(user: User) -> Request:
    """A request of ``user`` in their newest session, as a view sees it."""
    request = Request(APIRequestFactory().post("/"))
    request.user = User.objects.get(id=user.pk)
    request.auth = Access(Session.objects.filter(user=user).latest("created_at").id)
    return request


def mailed_code(post: Post) -> str:
    return post()[0].subject.split()[0]


def other_than(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06}"


def is_stale(user: User) -> bool:
    try:
        require_fresh(asking(user))
    except FreshLoginRequired:
        return True
    return False


def test_a_new_session_is_fresh_for_fifteen_minutes(bob: User) -> None:
    open_session(user=bob)
    signed_in_at = Session.objects.get().proved_at
    with time_machine.travel(signed_in_at + timedelta(minutes=15) - timedelta(seconds=1), tick=False):
        require_fresh(asking(bob))
    with time_machine.travel(signed_in_at + timedelta(minutes=15), tick=False), pytest.raises(FreshLoginRequired):
        require_fresh(asking(bob))


def test_how_long_it_stays_fresh_is_a_setting(settings: Settings, bob: User) -> None:
    settings.FRESH_SIGN_IN_MINUTES = 30
    open_session(user=bob)
    grow_stale()
    require_fresh(asking(bob))


@pytest.mark.parametrize(
    ("change", "ways"),
    [
        ({}, ["password", "code"]),
        ({"password": "!"}, ["code"]),
        ({"email": None, "phone": "+14155552671", "phone_verified_at": clock.now()}, ["password"]),
        ({"email_verified_at": None}, ["password"]),
    ],
)
def test_who_must_prove_is_told_how_they_can(bob: User, change: dict[str, Any], ways: list[str]) -> None:
    open_session(user=bob)
    User.objects.filter(id=bob.pk).update(**change)
    grow_stale()
    with pytest.raises(FreshLoginRequired) as refused:
        require_fresh(asking(bob))
    assert (refused.value.status, refused.value.code) == (403, "fresh_login_required")
    assert refused.value.extra == {"ways": ways}


def test_other_ways_to_sign_in_are_named_as_well(bob: User) -> None:
    open_session(user=bob, has_second_factor=True)
    Passkey.objects.create(user=bob, name="Key", credential_id=b"c" * 16, credential=b"k" * 32)
    Identity.objects.create(user=bob, provider=IdentityProvider.APPLE, subject="bob")
    Identity.objects.create(user=bob, provider=IdentityProvider.GOOGLE, subject="bob")
    assert ways_of(bob) == ["password", "code", "passkey", "google", "apple"]
    Identity.objects.filter(provider=IdentityProvider.GOOGLE).update(blocked_at=clock.now())
    assert ways_of(bob) == ["password", "code", "passkey", "apple"]


def test_the_password_beside_the_act_does(bob: User) -> None:
    open_session(user=bob)
    grow_stale()
    require_fresh(asking(bob), password=PASSWORD)
    assert not is_stale(bob)


def test_a_wrong_password_is_refused_even_in_a_fresh_session(bob: User) -> None:
    open_session(user=bob)
    with pytest.raises(PasswordWrong):
        require_fresh(asking(bob), password="not the right one")


def test_the_password_makes_this_session_fresh_and_no_other(api: Api, bob: User) -> None:
    client = api(bob)
    mine = Session.objects.get()
    open_session(user=bob)
    grow_stale()
    answer = client.post(URL, {"password": PASSWORD})
    assert answer.status_code == 200
    until = datetime.fromisoformat(answer.json()["fresh_until"])
    assert timedelta(minutes=14) < until - clock.now() <= timedelta(minutes=15)
    stale = Session.objects.filter(proved_at__lt=clock.now() - timedelta(minutes=10))
    assert mine.id not in set(stale.values_list("id", flat=True))
    assert stale.count() == 1


def test_a_wrong_password_changes_nothing_and_stays_on_record(api: Api, bob: User) -> None:
    client = api(bob)
    grow_stale()
    before = Session.objects.values().get()
    answer = client.post(URL, {"password": "not the right one"})
    assert (answer.status_code, answer.json()["code"]) == (400, "password_wrong")
    assert Session.objects.values().get() == before
    event = SecurityEvent.objects.get(kind=EventKind.SIGN_IN_FAILED)
    assert (event.user_id, event.session_id, event.details) == (bob.pk, before["id"], {"way": "proof"})


def test_a_mailed_code_makes_the_session_fresh(api: Api, bob: User, post: Post) -> None:
    client = api(bob)
    grow_stale()
    assert client.post(CODE_URL).json() == SENT
    (mail,) = post()
    code = mail.subject.split()[0]
    assert [recipient.address for recipient in mail.to] == ["bob@example.com"]
    assert code in mail.text
    assert code in mail.html
    assert client.post(URL, {"code": code}).status_code == 200
    assert not is_stale(bob)
    again = client.post(URL, {"code": code})
    assert (again.status_code, again.json()["code"]) == (400, "code_invalid")


def test_password_and_code_must_both_be_right(api: Api, bob: User, post: Post) -> None:
    client = api(bob)
    client.post(CODE_URL)
    code = mailed_code(post)
    grow_stale()
    assert client.post(URL, {"password": PASSWORD, "code": other_than(code)}).json()["code"] == "code_invalid"
    assert client.post(URL, {"password": "wrong and long", "code": code}).json()["code"] == "password_wrong"
    assert is_stale(bob)
    assert client.post(URL, {"password": PASSWORD, "code": code}).status_code == 200


def test_a_code_bears_three_tries(api: Api, bob: User, post: Post) -> None:
    client = api(bob)
    client.post(CODE_URL)
    code = mailed_code(post)
    grow_stale()
    for _ in range(3):
        assert client.post(URL, {"code": other_than(code)}).json()["code"] == "code_invalid"
    assert client.post(URL, {"code": code}).json()["code"] == "code_invalid"
    assert is_stale(bob)
    assert SecurityEvent.objects.filter(kind=EventKind.SIGN_IN_FAILED, user_id=bob.pk).count() == 4


def test_a_code_is_good_in_its_session_and_for_its_person_only(api: Api, bob: User, alice: User, post: Post) -> None:
    thief, owner, stranger = api(bob), api(bob), api(alice)
    owner.post(CODE_URL)
    code = mailed_code(post)
    for other in (thief, stranger):
        assert other.post(URL, {"code": code}).json()["code"] == "code_invalid"
    assert owner.post(URL, {"code": code}).status_code == 200


@pytest.mark.parametrize(
    "change", [{"is_active": False}, {"email_verified_at": None}, {"email": "bob@elsewhere.example"}]
)
def test_a_code_is_not_sent_when_things_have_changed(api: Api, bob: User, post: Post, change: dict[str, Any]) -> None:
    api(bob).post(CODE_URL)
    User.objects.filter(id=bob.pk).update(**change)
    assert post() == []
    assert not OneTimeCode.objects.exists()


def test_a_code_is_not_sent_for_a_session_that_has_ended(api: Api, bob: User, post: Post) -> None:
    api(bob).post(CODE_URL)
    end_all_sessions(user=bob, reason=SessionEnd.LOGOUT_ALL)
    assert post() == []
    resolve = kinds.get(mailing.PROOF_KIND).resolve_context
    assert resolve is not None
    with pytest.raises(NoLongerNeeded):
        resolve(bob.pk, {"session_id": bob.pk.hex})


def test_without_a_verified_address_no_code_is_sent(api: Api, bob: User) -> None:
    client = api(bob)
    User.objects.filter(id=bob.pk).update(email_verified_at=None, phone="+14155552671", phone_verified_at=clock.now())
    answer = client.post(CODE_URL)
    assert (answer.status_code, answer.json()["code"]) == (403, "fresh_login_required")
    assert answer.json()["ways"] == ["password"]
    assert not Notification.objects.exists()


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"password": "", "code": ""},
        {"code": "12345"},
        {"code": "\uff11\uff12\uff13\uff14\uff15\uff16"},
        {"password": 7},
        {"password": "x" * 1025},
    ],
)
def test_bad_input_is_named(api: Api, bob: User, body: dict[str, Any]) -> None:
    client = api(bob)
    grow_stale()
    answer = client.post(URL, body)
    assert (answer.status_code, answer.json()["code"]) == (400, "validation_error")
    assert is_stale(bob)


@pytest.mark.django_db
@pytest.mark.parametrize("url", [URL, CODE_URL])
def test_a_stranger_is_not_heard(api: Api, url: str) -> None:
    answer = api(None).post(url, {"password": PASSWORD})
    assert (answer.status_code, answer.json()["code"]) == (401, "not_authenticated")


def test_a_session_ended_meanwhile_does_not_become_fresh(bob: User) -> None:
    open_session(user=bob)
    request = asking(bob)
    end_all_sessions(user=bob, reason=SessionEnd.LOGOUT_ALL)
    with pytest.raises(NotAuthenticated):
        require_fresh(request, password=PASSWORD)


def test_guesses_are_limited_in_all_sessions_together(api: Api, bob: User, alice: User, settings: Settings) -> None:
    settings.RATE_LIMIT_ENABLED = True
    clients = [api(bob), api(bob)]
    for number in range(limits.PROOF.times):
        answer = clients[number % 2].post(URL, {"password": "not the right one"})
        assert answer.json()["code"] == "password_wrong"
    refused = clients[0].post(URL, {"password": PASSWORD})
    assert (refused.status_code, refused.json()["code"]) == (429, "too_many_requests")
    assert int(refused["Retry-After"]) > 0
    assert api(alice).post(URL, {"password": PASSWORD}).status_code == 200


def test_codes_are_asked_for_once_a_minute(api: Api, bob: User, settings: Settings) -> None:
    settings.RATE_LIMIT_ENABLED = True
    client = api(bob)
    assert client.post(CODE_URL).status_code == 200
    assert client.post(CODE_URL).status_code == 429
    assert Notification.objects.count() == 1


def test_strangers_do_not_use_up_somebodys_codes(api: Api, bob: User, settings: Settings) -> None:
    settings.RATE_LIMIT_ENABLED = True
    client = api(bob)
    assert limits.may_mail(str(bob.email))
    assert api(None).post("/api/v1/auth/resend-otp/", {"email": bob.email}).status_code == 429
    assert client.post(CODE_URL).status_code == 200
    assert Notification.objects.get().kind == mailing.PROOF_KIND


@pytest.mark.django_db(transaction=True)
def test_parallel_guesses_get_three_tries(api: Api, bob: User, post: Post) -> None:
    token = open_session(user=bob).access_token

    def client() -> APIClient:
        mine = api(None)
        mine.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
        return mine

    client().post(CODE_URL)
    wrong = other_than(mailed_code(post))
    assert together(12, lambda _: client().post(URL, {"code": wrong}).json()["code"]) == ["code_invalid"] * 12
    assert OneTimeCode.objects.get().tries == 3
