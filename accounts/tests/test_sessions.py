"""A person sees where they are signed in, and ends what they do not want."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.conf import settings
from django.contrib.sessions.models import Session as AdminSession
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries, Settings
from rest_framework.test import APIClient

from accounts.events.words import in_words
from accounts.models import EventKind, SecurityEvent, Session, SessionEnd, SignInMethod, User
from accounts.sessions import Device, TokenPair, end_all_sessions, log_out, open_session, rotate
from accounts.sessions.admin_store import SessionStore
from accounts.tasks import purge_ended
from conftest import Api
from numerai.common import clock

URL = "/api/v1/auth/sessions/"
LOGOUT_ALL = "/api/v1/auth/logout-all/"
WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:132.0) Gecko/20100101 Firefox/132.0"


def as_(api: Api, pair: TokenPair) -> APIClient:
    client = api(None)
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {pair.access_token}")
    return client


def id_of(pair: TokenPair) -> str:
    return str(Session.objects.get(id=pair.refresh_token.split(".")[0]).id)


def opens(api: Api, pair: TokenPair) -> list[int]:
    """What the pair's access token and its refresh token are answered."""
    refreshed = api(None).post("/api/v1/auth/refresh-token/", {"refresh": pair.refresh_token})
    return [as_(api, pair).get(URL).status_code, refreshed.status_code]


def event_of(kind: EventKind) -> SecurityEvent:
    return SecurityEvent.objects.get(kind=kind)


def test_rule_19_every_session_is_described(api: Api, bob: User) -> None:
    pair = open_session(
        user=bob, device=Device(WINDOWS, "203.0.113.0"), method=SignInMethod.PASSKEY, has_second_factor=True
    )
    row = Session.objects.get()
    answer = as_(api, pair).get(URL)
    assert answer.status_code == 200
    assert answer.json() == {
        "count": 1,
        "next": None,
        "previous": None,
        "results": [
            {
                "id": str(row.id),
                "device": "Firefox on Windows",
                "address": "203.0.113.0",
                "method": "passkey",
                "has_second_factor": True,
                "signed_in_at": written(row.created_at),
                "last_used_at": written(row.rotated_at),
                "idle_until": written(row.idle_until),
                "ends_at": written(row.ends_at),
                "is_current": True,
            }
        ],
    }
    assert row.factor_proved_at == row.proved_at == row.rotated_at


def written(moment: Any) -> str:
    return str(moment.isoformat()).replace("+00:00", "Z")


def test_rule_19_only_mine_that_live_and_the_one_used_last_first(api: Api, bob: User, alice: User) -> None:
    start = clock.now()
    with time_machine.travel(start, tick=False) as time:
        pairs = [open_session(user=bob) for _ in range(3)]
        ended, lapsed = open_session(user=bob), open_session(user=bob)
        open_session(user=alice)
        log_out(ended.refresh_token)
        Session.objects.filter(id=id_of(lapsed)).update(idle_until=start)
        time.shift(timedelta(minutes=5))
        rotate(pairs[1].refresh_token)
        results = as_(api, pairs[0]).get(URL).json()["results"]
    assert results[0]["id"] == id_of(pairs[1])
    assert {row["id"] for row in results} == {id_of(pair) for pair in pairs}
    assert [row["id"] for row in results if row["is_current"]] == [id_of(pairs[0])]
    assert {row["device"] for row in results} == {"Unknown device"}


def test_rule_19_what_is_shown_of_an_address_is_truncated(api: Api, bob: User) -> None:
    for address, shown in (("198.51.100.77", "198.51.100.0"), ("2001:db8:1:2:3:4:5:6", "2001:db8:1::")):
        signed_in = api(None).post(
            "/api/v1/auth/login/",
            {"email": bob.email, "password": "correct horse battery staple"},
            REMOTE_ADDR=address,
        )
        client = api(None)
        client.credentials(HTTP_AUTHORIZATION=f"Bearer {signed_in.json()['access_token']}")
        (current,) = (row for row in client.get(URL).json()["results"] if row["is_current"])
        assert current["address"] == shown


def test_pages(api: Api, bob: User, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    pairs = [open_session(user=bob) for _ in range(5)]
    client = as_(api, pairs[0])
    with django_assert_num_queries(3):
        first = client.get(URL, {"page_size": 2}).json()
    assert (first["count"], len(first["results"])) == (5, 2)
    assert "page=2" in first["next"]
    for number in (0, 9):
        assert client.get(URL, {"page": number}).json()["code"] == "not_found"
    nothing = client.get(URL, {"page_size": 0}).json()
    assert (nothing["code"], nothing["errors"][0]["field"]) == ("validation_error", "page_size")


def test_rule_19_one_session_is_ended(api: Api, bob: User, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    here, there, third = (open_session(user=bob) for _ in range(3))
    url = f"{URL}{id_of(there)}/"
    with django_assert_num_queries(7):  # Two of them a savepoint, two the event.
        answer = as_(api, here).delete(url)
    assert (answer.status_code, answer.content) == (204, b"")
    assert opens(api, there) == [401, 401]
    assert opens(api, here) == opens(api, third) == [200, 200]
    assert Session.objects.get(revoked_at__isnull=False).revoke_reason == SessionEnd.REVOKED
    event = event_of(EventKind.SESSION_ENDED)
    assert (event.user_id, str(event.session_id)) == (bob.pk, id_of(there))
    assert event.details == {"reason": "revoked"}
    assert as_(api, here).delete(url).status_code == 404
    assert SecurityEvent.objects.filter(kind=EventKind.SESSION_ENDED).count() == 1


def test_ending_the_own_session_is_a_logout(api: Api, bob: User) -> None:
    pair = open_session(user=bob)
    assert as_(api, pair).delete(f"{URL}{id_of(pair)}/").status_code == 204
    assert opens(api, pair) == [401, 401]
    assert Session.objects.get().revoke_reason == SessionEnd.LOGOUT


def test_rule_19_the_session_of_another_person_is_not_there(api: Api, bob: User, alice: User) -> None:
    hers = open_session(user=alice)
    known = api(bob).delete(f"{URL}{id_of(hers)}/")
    unknown = api(bob).delete(f"{URL}{uuid4()}/")
    assert known.status_code == unknown.status_code == 404
    strip = {"request_id": ""}
    assert known.json() | strip == unknown.json() | strip
    assert opens(api, hers) == [200, 200]
    assert not SecurityEvent.objects.filter(kind=EventKind.SESSION_ENDED).exists()


def test_rule_19_all_are_ended(api: Api, bob: User, alice: User) -> None:
    here, there, hers = open_session(user=bob), open_session(user=bob), open_session(user=alice)
    answer = as_(api, here).post(LOGOUT_ALL, {})
    assert (answer.status_code, answer.json()) == (200, {"message": "You are signed out everywhere."})
    assert opens(api, here) == opens(api, there) == [401, 401]
    assert opens(api, hers) == [200, 200]
    event = event_of(EventKind.ALL_SESSIONS_ENDED)
    assert (event.user_id, event.session_id, event.details) == (bob.pk, None, {"reason": "logout_all", "ended": 2})
    assert as_(api, here).post(LOGOUT_ALL, {}).status_code == 401


def test_rule_19_all_others_are_ended(api: Api, bob: User) -> None:
    here, there = open_session(user=bob), open_session(user=bob)
    answer = as_(api, here).post(LOGOUT_ALL, {"keep_current": True})
    assert answer.json() == {"message": "You are signed out everywhere else."}
    assert opens(api, there) == [401, 401]
    assert opens(api, here) == [200, 200]
    assert str(event_of(EventKind.ALL_SESSIONS_ENDED).session_id) == id_of(here)


def test_ending_what_has_ended_is_no_event(api: Api, bob: User) -> None:
    """Events are kept for years: whoever is signed in must not fill their table by asking."""
    here = as_(api, open_session(user=bob))
    for _ in range(2):
        assert here.post(LOGOUT_ALL, {"keep_current": True}).status_code == 200
    assert not SecurityEvent.objects.filter(kind=EventKind.ALL_SESSIONS_ENDED).exists()
    User.objects.filter(pk=bob.pk).update(is_staff=True)
    assert here.post(LOGOUT_ALL, {"keep_current": True}).status_code == 200
    assert event_of(EventKind.ALL_SESSIONS_ENDED).details["ended"] == 0


@pytest.mark.parametrize("keep", [5, "perhaps", None, []])
def test_bad_input_names_the_field(api: Api, bob: User, keep: object) -> None:
    answer = api(bob).post(LOGOUT_ALL, {"keep_current": keep})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "keep_current")
    assert not Session.objects.filter(revoked_at__isnull=False).exists()


@pytest.mark.parametrize("path", [URL, LOGOUT_ALL, f"{URL}11111111-2222-4333-8444-555555555555/"])
def test_who_is_not_signed_in_is_told_nothing(api: Api, db: None, path: str) -> None:
    for method in ("get", "post", "delete"):
        assert getattr(api(None), method)(path).status_code in {401, 405}


def test_rule_18_logging_out_is_recorded(api: Api, bob: User) -> None:
    pair = open_session(user=bob)
    for _ in range(2):
        api(None).post("/api/v1/auth/logout/", {"refresh_token": pair.refresh_token})
    assert event_of(EventKind.SESSION_ENDED).details == {"reason": "logout"}
    assert opens(api, pair) == [401, 401]


ENDS = [reason for reason in SessionEnd if reason not in {SessionEnd.LOGOUT, SessionEnd.TOKEN_REUSE}]


@pytest.mark.parametrize("reason", ENDS)
def test_rule_15_whatever_the_cause_every_token_is_dead_at_once(api: Api, bob: User, reason: SessionEnd) -> None:
    pairs = [open_session(user=bob) for _ in range(3)]
    assert end_all_sessions(user=bob, reason=reason) == 3
    assert [opens(api, pair) for pair in pairs] == [[401, 401]] * 3


def admin_of(operator: User) -> Client:
    client = Client()
    client.force_login(operator)
    assert client.get(reverse("admin:index")).status_code == 200
    return client


def test_rule_15_admin_logins_end_with_the_sessions(operator: User, bob: User) -> None:
    client, other = admin_of(operator), admin_of(operator)
    end_all_sessions(user=bob, reason=SessionEnd.OPERATOR)
    assert client.get(reverse("admin:index")).status_code == 200
    end_all_sessions(user=operator, reason=SessionEnd.FACTOR_CHANGE)
    for login in (client, other):
        assert login.get(reverse("admin:index")).status_code == 302
    admin_of(operator)


def test_an_admin_login_outlives_a_change_of_the_secret_key(operator: User, settings: Settings) -> None:
    client = admin_of(operator)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "the next secret key, long enough to sign with 0123456789"
    assert client.get(reverse("admin:index")).status_code == 200
    end_all_sessions(user=operator, reason=SessionEnd.OPERATOR)
    assert client.get(reverse("admin:index")).status_code == 302


def test_rule_15_a_closed_account_loses_its_admin_login(operator: User) -> None:
    client = admin_of(operator)
    User.objects.filter(id=operator.pk).update(is_active=False)
    assert client.get(reverse("admin:index")).status_code == 302
    assert AdminSession.objects.count() <= 1


def test_rule_20_what_the_table_of_admin_logins_holds_opens_nothing(operator: User) -> None:
    client = admin_of(operator)
    cookie, row = client.cookies[settings.SESSION_COOKIE_NAME].value, AdminSession.objects.get()
    assert cookie not in f"{row.session_key} {row.session_data}"
    thief = Client()
    thief.cookies[settings.SESSION_COOKIE_NAME] = row.session_key
    assert thief.get(reverse("admin:index")).status_code == 302
    assert client.get(reverse("admin:index")).status_code == 200


def test_leaving_the_admin_removes_the_login(operator: User) -> None:
    client = admin_of(operator)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    client.post(reverse("admin:logout"))
    client.cookies[settings.SESSION_COOKIE_NAME] = cookie
    assert client.get(reverse("admin:index")).status_code == 302
    assert not AdminSession.objects.exists()
    SessionStore().delete()


def test_signing_in_to_the_admin_changes_the_cookie(operator: User) -> None:
    store = SessionStore()
    store["kept"] = 1
    store.create()
    before = str(store.session_key)
    store.cycle_key()
    store.save()
    assert not store.exists(before)
    assert store.exists(str(store.session_key))
    assert AdminSession.objects.count() == 1


def test_rule_22_admin_logins_that_ran_out_are_purged(operator: User) -> None:
    admin_of(operator)
    late = clock.now() + timedelta(seconds=settings.SESSION_COOKIE_AGE + 1)
    purge_ended()
    assert AdminSession.objects.count() == 1
    with time_machine.travel(late, tick=False):
        purge_ended()
    assert not AdminSession.objects.exists()


@pytest.mark.parametrize(
    ("user_agent", "words"),
    [
        (WINDOWS, "Firefox on Windows"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 "
         "Safari/605.1.15", "Safari on macOS"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 "
         "Mobile/15E148 Safari/604.1", "Safari on iPhone"),
        ("Mozilla/5.0 (iPad; CPU OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/126.0.0 "
         "Mobile/15E148 Safari/604.1", "Chrome on iPad"),
        ("Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Mobile "
         "Safari/537.36", "Chrome on Android"),
        ("Mozilla/5.0 (Linux; Android 14; SM-S921B) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/25.0 "
         "Chrome/121.0.0.0 Mobile Safari/537.36", "Samsung Internet on Android"),
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 "
         "Safari/537.36 Edg/126.0.0.0", "Edge on Windows"),
        ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36 "
         "OPR/112.0.0.0", "Opera on Linux"),
        ("Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 "
         "Safari/537.36", "Chrome on ChromeOS"),
        ("NumerAI/3 CFNetwork/1490 Darwin/23.5.0", "NumerAI on macOS"),
        ("curl/8.5.0", "curl"),
        ("python-requests", "python-requests"),
        ("Mozilla/5.0", "Unknown device"),
        ("<script>alert(1)</script>", "Unknown device"),
        ("", "Unknown device"),
    ],
)  # fmt: skip
def test_a_device_in_words(user_agent: str, words: str) -> None:
    assert in_words(user_agent) == words


@pytest.mark.parametrize("left", [{"is_staff": "on"}, {"is_superuser": "on"}])
def test_rule_15_whose_powers_change_is_signed_out(operator: User, left: dict[str, str]) -> None:
    other = User.objects.create_superuser(email="oscar@example.com", password="a long sentence", full_name="Oscar")
    theirs, mine, pair = admin_of(other), admin_of(operator), open_session(user=other)
    inline = {f"{name}-{count}_FORMS": "0" for name in ("sessions", "identities") for count in ("TOTAL", "INITIAL")}
    form = {"email": "oscar@example.com", "full_name": "Oscar", "is_active": "on"} | left | inline
    answer = mine.post(reverse("admin:accounts_user_change", args=[other.pk]), form)
    assert answer.status_code == 302, answer.content.decode()[-3000:]
    other.refresh_from_db()
    assert other.is_staff is not other.is_superuser
    assert theirs.get(reverse("admin:index")).status_code == 302
    assert mine.get(reverse("admin:index")).status_code == 200
    assert Session.objects.get(id=id_of(pair)).revoke_reason == SessionEnd.OPERATOR
