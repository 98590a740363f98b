from datetime import timedelta
from functools import partial
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.conf import settings as django_settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from accounts.login import door
from accounts.models import EventKind, SecurityEvent, Session, SessionEnd, SignInMethod, User
from accounts.privacy import HOLDING
from accounts.sessions import TokenPair, end_all_sessions, families, open_session, rotate
from accounts.tests.conftest import Post
from accounts.tests.together import together
from conftest import Api
from notifications.models import Notification
from numerai.common import clock

URL = "/api/v1/auth/refresh-token/"


def refresh(api: Api, token: object) -> Any:
    return api(None).post(URL, {"refresh": token})


def status_of(api: Api, token: str, _: int) -> int:
    return int(refresh(api, token).status_code)


def profile_status(api: Api, access_token: str) -> int:
    client = api(None)
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {access_token}")
    return int(client.get("/api/v1/users/profile/").status_code)


def code_of(response: Any) -> tuple[int, str]:
    return response.status_code, response.json().get("code", "")


def test_it_works(api: Api, bob: User) -> None:
    old = open_session(user=bob)
    response = refresh(api, old.refresh_token)
    assert response.status_code == 200
    assert set(response.json()) == {"access_token", "refresh_token"}
    assert response.json()["refresh_token"] != old.refresh_token
    assert profile_status(api, response.json()["access_token"]) == 200
    assert refresh(api, response.json()["refresh_token"]).status_code == 200
    assert Session.objects.count() == 1


def test_rule_14_the_predecessor_is_answered_409_for_ten_seconds(api: Api, bob: User) -> None:
    old = open_session(user=bob)
    new = refresh(api, old.refresh_token).json()
    before = Session.objects.values().get()
    answer = refresh(api, old.refresh_token)
    assert code_of(answer) == (409, "refresh_in_progress")
    assert b"access_token" not in answer.content
    assert Session.objects.values().get() == before
    assert not SecurityEvent.objects.filter(kind=EventKind.TOKEN_REUSED).exists()
    assert refresh(api, new["refresh_token"]).status_code == 200
    assert Session.objects.get().revoked_at is None


def test_rule_14_a_spent_token_ends_the_session_and_its_owner_is_told(api: Api, bob: User, post: Post) -> None:
    old = open_session(user=bob)
    new = refresh(api, old.refresh_token).json()
    with time_machine.travel(clock.now() + timedelta(seconds=11), tick=False):
        assert code_of(refresh(api, old.refresh_token)) == (401, "refresh_token_invalid")
        assert code_of(refresh(api, new["refresh_token"])) == (401, "refresh_token_invalid")
        assert profile_status(api, new["access_token"]) == 401
        (mail,) = post()
    session = Session.objects.get()
    assert session.revoke_reason == SessionEnd.TOKEN_REUSE
    event = SecurityEvent.objects.get(kind=EventKind.TOKEN_REUSED)
    assert (event.user_id, event.session_id, event.details) == (bob.pk, session.id, {"reason": "token_reuse"})
    assert mail.subject == "We signed one of your devices out"
    assert f"{Session.objects.get().created_at:%B %Y}." in mail.text
    assert Notification.objects.count() == 1


def test_rule_14_a_grandparent_ends_the_session_at_once(api: Api, bob: User) -> None:
    first = open_session(user=bob).refresh_token
    second = refresh(api, first).json()["refresh_token"]
    third = refresh(api, second).json()["refresh_token"]
    assert refresh(api, first).status_code == 401
    assert refresh(api, third).status_code == 401


def test_rule_14_other_sessions_live_on(api: Api, bob: User, alice: User) -> None:
    first = open_session(user=bob).refresh_token
    others = [open_session(user=bob), open_session(user=alice)]
    refresh(api, refresh(api, first).json()["refresh_token"])
    assert refresh(api, first).status_code == 401
    assert [refresh(api, other.refresh_token).status_code for other in others] == [200, 200]


def test_an_invented_token_ends_nothing(api: Api, bob: User) -> None:
    pair = open_session(user=bob)
    session_id, secret, signature = pair.refresh_token.split(".")
    invented = [f"{session_id}.{'x' * 43}.{signature}", f"{session_id}.{secret}.{'x' * 43}", f"{session_id}.{secret}"]
    invented += [f"{uuid4().hex}.{secret}.{signature}", f"{session_id}..{signature}", session_id, "."]
    for token in invented:
        assert code_of(refresh(api, token)) == (401, "refresh_token_invalid"), token
    assert refresh(api, pair.refresh_token).status_code == 200
    assert not Notification.objects.exists()


def test_a_token_of_a_session_that_is_gone_is_refused(api: Api, bob: User) -> None:
    pair = open_session(user=bob)
    Session.objects.all().delete()
    assert refresh(api, pair.refresh_token).status_code == 401


@pytest.mark.parametrize(
    ("change", "reason"),
    [({"is_active": False}, "invalid_credentials"), ({"email_verified_at": None}, "email_not_verified")],
)
def test_rule_15_who_may_not_sign_in_may_not_refresh(api: Api, bob: User, change: dict[str, Any], reason: str) -> None:
    pair = open_session(user=bob)
    User.objects.filter(id=bob.pk).update(**change)
    assert code_of(refresh(api, pair.refresh_token)) == (401, "refresh_token_invalid")
    session = Session.objects.get()
    assert bytes(session.secret_hash) == families._hash(pair.refresh_token.split(".")[1])
    event = SecurityEvent.objects.get(kind=EventKind.SIGN_IN_FAILED)
    assert (event.user_id, event.session_id) == (bob.pk, session.id)
    assert (event.details["way"], event.details["reason"]) == ("refresh", reason)


def test_rule_16_a_deleted_person_is_refused(api: Api, bob: User) -> None:
    pair = open_session(user=bob)
    bob.delete()
    assert code_of(refresh(api, pair.refresh_token)) == (401, "refresh_token_invalid")
    assert profile_status(api, pair.access_token) == 401


def test_rule_16_an_erased_person_is_refused(api: Api, bob: User) -> None:
    pair = open_session(user=bob)
    HOLDING.erase(bob.pk)
    assert code_of(refresh(api, pair.refresh_token)) == (401, "refresh_token_invalid")
    assert profile_status(api, pair.access_token) == 401


@pytest.mark.parametrize("reason", [SessionEnd.PASSWORD_CHANGE, SessionEnd.OPERATOR])
def test_rule_15_ended_sessions_stay_ended(api: Api, bob: User, alice: User, reason: SessionEnd) -> None:
    pairs = [open_session(user=bob), open_session(user=bob)]
    other = open_session(user=alice)
    assert end_all_sessions(user=bob, reason=reason) == 2
    assert end_all_sessions(user=bob, reason=reason) == 0
    for pair in pairs:
        assert refresh(api, pair.refresh_token).status_code == 401
        assert profile_status(api, pair.access_token) == 401
    assert profile_status(api, other.access_token) == 200


def test_rule_17_a_session_left_alone_ends(api: Api, bob: User) -> None:
    pair = open_session(user=bob)
    with time_machine.travel(Session.objects.get().idle_until, tick=False):
        assert refresh(api, pair.refresh_token).status_code == 401


def test_rule_17_rotation_never_moves_the_end(api: Api, bob: User) -> None:
    start = clock.now()
    token = open_session(user=bob).refresh_token
    ends_at = Session.objects.get().ends_at
    for days in range(10, 60, 10):
        with time_machine.travel(start + timedelta(days=days), tick=False):
            token = refresh(api, token).json()["refresh_token"]
            session = Session.objects.get()
            assert session.ends_at == ends_at
            assert session.idle_until == min(clock.now() + django_settings.SESSION_IDLE_LIFETIME, ends_at)
    with time_machine.travel(ends_at, tick=False):
        assert refresh(api, token).status_code == 401


def test_no_column_holds_a_usable_token(bob: User) -> None:
    pair = open_session(user=bob)
    stored = repr(list(Session.objects.values()))
    assert pair.refresh_token not in stored
    assert pair.refresh_token.split(".")[1] not in stored


def test_tokens_outlive_a_change_of_the_secret_key(api: Api, bob: User, settings: Settings) -> None:
    pair = open_session(user=bob)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "the next secret key, long enough to sign with 0123456789"
    assert refresh(api, pair.refresh_token).status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize("token", [None, 5, True, [], {}, "", "  ", "x" * 1025, "a\x01b"])
def test_bad_input_names_the_field(api: Api, token: object) -> None:
    response = refresh(api, token)
    assert code_of(response) == (400, "validation_error")
    assert [error["field"] for error in response.json()["errors"]] == ["refresh"]


@pytest.mark.django_db
@pytest.mark.parametrize("token", ["x", "..", "é.ü.ß", "0" * 32 + "." + "x" * 43 + "." + "y" * 43, "a" * 1024])
def test_garbage_is_refused(api: Api, token: str) -> None:
    assert code_of(refresh(api, token)) == (401, "refresh_token_invalid")


@pytest.mark.django_db(transaction=True)
def test_rule_13_of_parallel_calls_one_wins(api: Api, bob: User) -> None:
    for _ in range(5):
        token = open_session(user=bob).refresh_token
        answers = together(30, partial(status_of, api, token))
        assert sorted(answers) == [200] + [409] * 29
    assert not Session.objects.filter(revoked_at__isnull=False).exists()


@pytest.mark.django_db(transaction=True)
def test_rule_14_parallel_reuse_is_told_once(api: Api, bob: User) -> None:
    first = open_session(user=bob).refresh_token
    refresh(api, refresh(api, first).json()["refresh_token"])
    assert together(8, lambda _: refresh(api, first).status_code) == [401] * 8
    assert Notification.objects.count() == 1
    assert SecurityEvent.objects.filter(kind=EventKind.TOKEN_REUSED).count() == 1


@pytest.mark.django_db(transaction=True)
def test_rule_15_a_refresh_beside_the_end_of_all_sessions_leaves_none_alive(api: Api, bob: User) -> None:
    for _ in range(5):
        pairs = [open_session(user=bob) for _ in range(6)]

        def act(number: int, pairs: list[TokenPair] = pairs) -> str:
            if number == 0:
                return str(end_all_sessions(user=bob, reason=SessionEnd.PASSWORD_CHANGE))
            return str(refresh(api, pairs[number - 1].refresh_token).json().get("refresh_token"))

        issued = [token for token in together(7, act)[1:] if token != "None"]
        assert [refresh(api, token).status_code for token in issued] == [401] * len(issued)
    assert not Session.objects.filter(revoked_at__isnull=True).exists()


def test_a_refresh_costs_two_statements(bob: User) -> None:
    """What the row looked like is asked first, because a token of a closed account must not be spent."""
    token = open_session(user=bob).refresh_token
    with CaptureQueriesContext(connection) as asked:
        rotate(token)
    of_sessions = [query["sql"] for query in asked if "accounts_session" in query["sql"]]
    assert [sql.split()[0] for sql in of_sessions] == ["SELECT", "UPDATE"]
    assert len(asked) == 2 + len(door_queries(bob))


def door_queries(user: User) -> list[Any]:
    """What the checks of the door ask of the database."""
    with CaptureQueriesContext(connection) as asked:
        door.refusal(door.Entry(user, SignInMethod.PASSWORD, way=door.Way.REFRESH))
    return list(asked)
