"""A new password for who is signed in and has just proved who they are."""

import hashlib
from datetime import timedelta
from typing import Any

import pytest
from pytest_django import Settings
from rest_framework.request import Request
from rest_framework.test import APIClient, APIRequestFactory

from accounts.authentication import Access
from accounts.models import EmailChange, EventKind, SecurityEvent, Session, SessionEnd, User
from accounts.proof.staying import locked_caller
from accounts.sessions import end_all_sessions, open_session
from accounts.tests.conftest import Post
from accounts.tests.factoring import showing
from accounts.tests.together import together
from conftest import PASSWORD, Api
from notifications.models import Notification
from numerai.common import clock
from numerai.common.errors import NotAuthenticated
from numerai.tests.http_peers import Peer, listening

URL = "/api/v1/auth/password/change/"
NEW = "a sentence for the new one"


@pytest.fixture
def api(api: Api) -> Api:
    """Whoever is signed in has shown their password."""
    return showing(api)


def grow_stale() -> None:
    Session.objects.update(proved_at=clock.now() - timedelta(minutes=15))


def signs_in(api: Api, password: str) -> bool:
    answer = api(None).post("/api/v1/auth/login/", {"email": "bob@example.com", "password": password})
    return bool(answer.status_code == 200)


def works(api: Api, access_token: str) -> bool:
    client = api(None)
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {access_token}")
    return bool(client.get("/api/v1/users/profile/").status_code == 200)


def test_it_works_with_the_current_password(api: Api, bob: User, post: Post) -> None:
    other = open_session(user=bob)
    client = api(bob)
    grow_stale()
    answer = client.post(URL, {"current_password": PASSWORD, "new_password": NEW})
    assert answer.status_code == 200
    assert set(answer.json()) == {"access_token", "refresh_token", "user"}
    assert signs_in(api, NEW)
    assert not signs_in(api, PASSWORD)
    (mail,) = post()
    assert mail.subject == "Your NumerAI password was changed"
    event = SecurityEvent.objects.get(kind=EventKind.PASSWORD_CHANGED)
    assert (event.user_id, event.actor_id, event.details) == (bob.pk, str(bob.pk), {"is_first": False})
    assert not works(api, other.access_token)
    assert works(api, answer.json()["access_token"])


def test_rule_15_every_refresh_token_is_dead_at_once(api: Api, bob: User) -> None:
    pairs = [open_session(user=bob) for _ in range(3)]
    Session.objects.update(is_proof_shown=True)
    client = api(None)
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {pairs[0].access_token}")
    answer = client.post(URL, {"new_password": NEW})
    assert answer.status_code == 200
    for pair in pairs:
        refreshed = api(None).post("/api/v1/auth/refresh-token/", {"refresh": pair.refresh_token})
        assert (refreshed.status_code, works(api, pair.access_token)) == (401, False)
    assert Session.objects.filter(revoke_reason=SessionEnd.PASSWORD_CHANGE).count() == 3
    again = api(None).post("/api/v1/auth/refresh-token/", {"refresh": answer.json()["refresh_token"]})
    assert again.status_code == 200


def test_the_new_session_is_as_the_old_one(api: Api, bob: User) -> None:
    client = api(bob)
    Session.objects.update(method="google", has_second_factor=True)
    assert client.post(URL, {"new_password": NEW}).status_code == 200
    session = Session.objects.get(revoked_at__isnull=True)
    assert (session.method, session.has_second_factor) == ("google", True)


def test_without_a_fresh_proof_nothing_changes(api: Api, bob: User) -> None:
    client = api(bob)
    grow_stale()
    before = (User.objects.values().get(id=bob.pk), Session.objects.values().get())
    answer = client.post(URL, {"new_password": NEW})
    assert (answer.status_code, answer.json()["code"]) == (403, "fresh_login_required")
    assert answer.json()["ways"] == ["password", "code"]
    wrong = client.post(URL, {"current_password": "not the right one", "new_password": NEW})
    assert (wrong.status_code, wrong.json()["code"]) == (400, "password_wrong")
    assert (User.objects.values().get(id=bob.pk), Session.objects.values().get()) == before
    assert not Notification.objects.exists()


def test_rule_10_a_first_password_asks_for_a_fresh_proof(api: Api, bob: User, post: Post) -> None:
    client = api(bob)
    User.objects.filter(id=bob.pk).update(password="!unusable")
    grow_stale()
    refused = client.post(URL, {"new_password": NEW})
    assert (refused.status_code, refused.json()["ways"]) == (403, ["code"])
    wrong = client.post(URL, {"current_password": PASSWORD, "new_password": NEW})
    assert wrong.json()["code"] == "password_wrong"
    assert client.post("/api/v1/auth/proof/code/").status_code == 200
    code = post()[0].subject.split()[0]
    assert client.post(URL, {"code": code, "new_password": NEW}).status_code == 200
    assert signs_in(api, NEW)
    assert SecurityEvent.objects.filter(kind=EventKind.PASSWORD_SET, user_id=bob.pk).exists()
    assert post()[0].subject == "Your NumerAI account has a password now"


@pytest.mark.parametrize("weak", ["short", "1234567890", "bob@example.com", "Bob Stone1", "x" * 1025])
def test_a_weak_password_is_refused(api: Api, bob: User, weak: str) -> None:
    client = api(bob)
    answer = client.post(URL, {"current_password": PASSWORD, "new_password": weak})
    assert (answer.status_code, answer.json()["code"]) == (400, "validation_error")
    assert [error["field"] for error in answer.json()["errors"]] == ["new_password"]
    assert signs_in(api, PASSWORD)
    assert Session.objects.filter(revoked_at__isnull=True).count() == 2


def test_rule_03_long_phrases_in_any_script_are_kept_whole(api: Api, bob: User) -> None:
    phrase = "ein Satz mit Leerzeichen, 日本語 и кириллица " * 20
    client = api(bob)
    assert client.post(URL, {"new_password": phrase}).status_code == 200
    assert signs_in(api, phrase)
    assert not signs_in(api, phrase[:-1])


@pytest.mark.parametrize("body", [{}, {"new_password": 7}, {"new_password": NEW, "code": "12"}])
def test_bad_input_is_named(api: Api, bob: User, body: dict[str, Any]) -> None:
    answer = api(bob).post(URL, body)
    assert (answer.status_code, answer.json()["code"]) == (400, "validation_error")
    assert signs_in(api, PASSWORD)


@pytest.mark.django_db
def test_a_stranger_changes_nothing(api: Api, bob: User) -> None:
    answer = api(None).post(URL, {"current_password": PASSWORD, "new_password": NEW})
    assert (answer.status_code, answer.json()["code"]) == (401, "not_authenticated")
    assert signs_in(api, PASSWORD)


def test_nobody_elses_password_changes(api: Api, alice: User, bob: User) -> None:
    before = User.objects.values().get(id=alice.pk)
    open_session(user=alice)
    assert api(bob).post(URL, {"new_password": NEW, "user": str(alice.pk), "id": str(alice.pk)}).status_code == 200
    assert User.objects.values().get(id=alice.pk) == before
    assert Session.objects.get(user=alice).revoked_at is None


def test_a_change_of_address_that_was_begun_is_dropped(api: Api, bob: User) -> None:
    EmailChange.objects.create(
        user=bob, old_email=bob.email, new_email="thief@example.com", expires_at=clock.now() + timedelta(hours=1)
    )
    assert api(bob).post(URL, {"new_password": NEW}).status_code == 200
    assert not EmailChange.objects.exists()


@pytest.mark.parametrize("end", ["session", "account"])
def test_what_ended_meanwhile_changes_nothing(bob: User, end: str) -> None:
    open_session(user=bob)
    request = Request(APIRequestFactory().post("/"))
    request.user, request.auth = bob, Access(Session.objects.get().id)
    if end == "session":
        end_all_sessions(user=bob, reason=SessionEnd.LOGOUT_ALL)
    else:
        User.objects.update(is_active=False)
    with pytest.raises(NotAuthenticated):
        locked_caller(request)


@pytest.mark.django_db(transaction=True)
def test_of_many_changes_at_one_moment_one_wins(api: Api, bob: User) -> None:
    token = open_session(user=bob).access_token
    Session.objects.update(is_proof_shown=True)

    def change(number: int) -> Any:
        client = APIClient()
        client.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
        return client.post(URL, {"new_password": f"the sentence number {number:02}"}, format="json")

    answers = together(8, change)
    assert sorted(answer.status_code for answer in answers) == [200] + [401] * 7
    won = next(number for number, answer in enumerate(answers) if answer.status_code == 200)
    assert signs_in(api, f"the sentence number {won:02}")
    assert works(api, answers[won].json()["access_token"])


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("way", ["change", "code", "link"])
def test_rule_03_one_that_is_known_from_a_breach_is_refused(api: Api, bob: User, settings: Settings, way: str) -> None:
    digest = hashlib.sha1(NEW.encode()).hexdigest().upper()  # noqa: S324 - the protocol's own
    with listening(Peer()) as peer:
        settings.PASSWORD_BREACH_URL = f"{peer.url}/"
        peer.body = f"{digest[5:]}:3".encode()
        answer = {
            "change": lambda: api(bob).post(URL, {"new_password": NEW}),
            "code": lambda: api(None).post(
                "/api/v1/auth/password-reset/confirm/", {"email": bob.email, "otp": "123456", "new_password": NEW}
            ),
            "link": lambda: api(None).post(
                "/api/v1/auth/reset-password/token/confirm/",
                {"token": "t", "new_password": NEW, "confirm_password": NEW},
            ),
        }[way]()
    assert (answer.status_code, answer.json()["code"]) == (400, "validation_error")
    assert [(error["field"], error["code"]) for error in answer.json()["errors"]] == [
        ("new_password", "password_breached")
    ]
    assert signs_in(api, PASSWORD)
