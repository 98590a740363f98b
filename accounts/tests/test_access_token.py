import base64
import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import jwt
import pytest
import time_machine
from django.conf import settings
from django.db import connection
from django.urls import URLResolver, get_resolver
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries, Settings
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request
from rest_framework.test import APIRequestFactory

from accounts import authentication
from accounts.access_tokens import key_id
from accounts.authentication import AccessTokenAuthentication
from accounts.models import Profile, Session, User
from accounts.sessions import open_session
from conftest import Api
from numerai.common import clock

URL = "/api/v1/users/profile/"
KEY = settings.JWT_SIGNING_KEYS[0]
HEADERS = {"kid": key_id(KEY)}


def status_with(api: Api, header: str) -> int:
    client = api(None)
    client.credentials(HTTP_AUTHORIZATION=header)
    response = client.get(URL)
    if response.status_code == 401:
        assert response.json()["code"] == "not_authenticated"
        assert response["WWW-Authenticate"] == 'Bearer realm="api"'
    return int(response.status_code)


def claims_of(access_token: str) -> dict[str, Any]:
    return dict(jwt.decode(access_token, options={"verify_signature": False}))


def segment(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def test_a_genuine_token_is_accepted(api: Api, bob: User) -> None:
    token = open_session(user=bob).access_token
    for header in (f"Bearer {token}", f"bearer {token}", f"BEARER  {token} "):
        assert status_with(api, header) == 200


def test_forging_again_with_our_key_is_the_control(api: Api, bob: User) -> None:
    claims = claims_of(open_session(user=bob).access_token)
    assert status_with(api, f"Bearer {jwt.encode(claims, KEY, 'HS256', HEADERS)}") == 200


ODD_KEY_IDS: list[object] = [5, None, [HEADERS["kid"]], {}, True]
CHANGES: list[dict[str, Any]] = [
    {"token_type": "refresh"},
    {"token_type": None},
    {"token_type": ["access"]},
    {"iss": "somebody else"},
    {"iss": None},
    {"iss": 5},
    {"aud": "another-api"},
    {"aud": None},
    {"aud": 5},
    {"exp": 1},
    {"exp": None},
    {"exp": "tomorrow"},
    {"exp": [1]},
    {"nbf": 2**40},
    {"jti": None},
    {"jti": ""},
    {"sid": None},
    {"sid": ""},
    {"sid": 5},
    {"sid": ["a"]},
    {"sid": {"a": 1}},
    {"sid": "x" * 32},
    {"sid": "\ud800"},
    {"sid": "af6bf4d2d54b49058b2acdf7873da280"},
    {"user_id": None},
    {"user_id": 5},
    {"user_id": ["a"]},
    {"user_id": "1 OR 1=1"},
    {"user_id": "5f61cb57-7837-4632-9f64-a48eee5c12e3"},
]


@pytest.mark.parametrize("change", CHANGES, ids=str)
def test_rule_12_a_claim_that_is_not_right_is_refused(api: Api, bob: User, change: dict[str, Any]) -> None:
    claims = claims_of(open_session(user=bob).access_token) | change
    body = {name: value for name, value in claims.items() if value is not None}
    assert status_with(api, f"Bearer {by_hand(body, {'alg': 'HS256'} | HEADERS)}") == 401


def test_rule_12_another_algorithm_or_key_is_refused(api: Api, bob: User) -> None:
    claims = claims_of(open_session(user=bob).access_token)
    forged = [
        jwt.encode(claims, "", "none", HEADERS),
        jwt.encode(claims, KEY, "HS384", HEADERS),
        by_hand(claims, {"alg": "HS512"} | HEADERS),
        jwt.encode(claims, KEY[::-1], "HS256", HEADERS),
        jwt.encode(claims, KEY[::-1], "HS256", {"kid": key_id(KEY[::-1])}),
        jwt.encode(claims, settings.SECRET_KEY, "HS256", HEADERS),
        jwt.encode(claims, KEY, "HS256"),
        jwt.encode(claims, KEY, "HS256", {"kid": ""}),
        jwt.encode(claims, KEY, "HS256", {"kid": key_id("another")}),
        jwt.encode(claims, KEY, "HS256", {"kid": KEY}),
        *(by_hand(claims, {"alg": "HS256", "kid": kid}) for kid in ODD_KEY_IDS),
    ]
    assert [status_with(api, f"Bearer {token}") for token in forged] == [401] * len(forged)
    assert status_with(api, f"Bearer {by_hand(claims, {'alg': 'HS256'} | HEADERS)}") == 200


def by_hand(claims: object, header: dict[str, Any]) -> str:
    """Signed with our key, where the library refuses to write such a thing."""
    signed = f"{segment(header)}.{segment(claims)}"
    signature = jwt.get_algorithm_by_name(header["alg"]).sign(signed.encode(), KEY.encode())
    return f"{signed}.{base64.urlsafe_b64encode(signature).rstrip(b'=').decode()}"


@pytest.mark.parametrize("claims", [[], 5, "text", None, {}])
def test_rule_12_claims_that_are_no_claims_are_refused(api: Api, db: None, claims: object) -> None:
    assert status_with(api, f"Bearer {by_hand(claims, {'alg': 'HS256'} | HEADERS)}") == 401


def test_rule_21_two_keys_live_at_once_and_an_old_one_is_retired(api: Api, bob: User, settings: Settings) -> None:
    old, new = KEY, "the next key of access tokens, which is long enough"

    def signed_with(key: str) -> str:
        token = open_session(user=bob).access_token
        assert jwt.get_unverified_header(token)["kid"] == key_id(key)
        return f"Bearer {token}"

    settings.JWT_SIGNING_KEYS = [old, new]
    before = signed_with(old)
    settings.JWT_SIGNING_KEYS = [new, old]
    after = signed_with(new)
    assert [status_with(api, token) for token in (before, after)] == [200, 200]
    # A process that has not been restarted yet accepts what the others sign already.
    settings.JWT_SIGNING_KEYS = [old, new]
    assert [status_with(api, token) for token in (before, after)] == [200, 200]
    settings.JWT_SIGNING_KEYS = [new]
    assert [status_with(api, token) for token in (before, after)] == [401, 200]


def test_rule_21_tokens_of_a_retired_key_have_run_out_by_then(api: Api, bob: User, settings: Settings) -> None:
    token = open_session(user=bob).access_token
    settings.JWT_SIGNING_KEYS = ["the next key of access tokens, which is long enough", KEY]
    with time_machine.travel(clock.now() + timedelta(minutes=15), tick=False):
        assert status_with(api, f"Bearer {token}") == 401


def test_rule_21_the_key_is_not_the_secret_key(bob: User, settings: Settings) -> None:
    settings.SECRET_KEY = "the next secret key, long enough to sign with 0123456789"
    token = open_session(user=bob).access_token
    assert jwt.decode(token, KEY, ["HS256"], audience="numerai-api")
    for named in (settings.SECRET_KEY, *settings.JWT_SIGNING_KEYS):
        assert named not in token


def test_views_and_tables_of_simplejwt_are_not_there(db: None) -> None:
    """Its view would sign people in past the door, and its tables would hold whole tokens."""
    views = [view for view, *_ in _all_views(get_resolver().url_patterns)]
    assert views
    assert not [view for view in views if view.startswith("rest_framework_simplejwt")]
    assert not [app for app in settings.INSTALLED_APPS if "simplejwt" in app]
    assert not [table for table in connection.introspection.table_names() if table.startswith("token_blacklist")]


def _all_views(patterns: list[Any]) -> Iterator[tuple[str]]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from _all_views(pattern.url_patterns)
        else:
            yield (getattr(pattern.callback, "view_class", pattern.callback).__module__,)


def test_the_session_of_another_person_is_refused(api: Api, bob: User, alice: User) -> None:
    claims = claims_of(open_session(user=bob).access_token)
    of_alice = claims_of(open_session(user=alice).access_token)
    mixed = jwt.encode(claims | {"sid": of_alice["sid"]}, KEY, "HS256", HEADERS)
    assert status_with(api, f"Bearer {mixed}") == 401


@pytest.mark.django_db
@pytest.mark.parametrize(
    "header",
    [
        "Bearer",
        "Bearer ",
        "Bearer x",
        "Bearer a.b.c",
        "Bearer ..",
        "Bearer \xff\xfe.é.ü",
        "Bearer " + "x" * 9000,
        "Bearer " + ".".join(["x" * 3000] * 3),
        f"Bearer {segment([])}.{segment({})}.x",
        f"Bearer {segment({})}.{segment({})}.x",
        f"Bearer {segment({'alg': 5})}.{segment({})}.x",
        f"Bearer {segment({'alg': ['HS256']})}.{segment({})}.x",
        f"Bearer {segment({'alg': 'HS256', 'kid': 5})}.{segment({})}.x",
        f"Bearer {segment({'alg': 'HS256', 'crit': ['b64'], 'b64': False})}.{segment({})}.x",
        f"Bearer {segment({'alg': 'HS256', 'jku': 'https://evil.example/'})}.{segment(5)}.x",
        f"Bearer {base64.urlsafe_b64encode(b'[' * 1400).decode()}.e30.x",
        "Token abc",
        "Basic YTpi",
        "\x00",
        "é",
    ],
    ids=range(20),
)
def test_rule_12_garbage_is_refused(api: Api, header: str) -> None:
    assert status_with(api, header) == 401


@given(st.text(st.characters(max_codepoint=0xFF), max_size=300))
def test_no_credential_whatever_breaks_it(credential: str) -> None:
    request = Request(APIRequestFactory().get(URL, HTTP_AUTHORIZATION=f"Bearer {credential}"))
    with pytest.raises(AuthenticationFailed):
        AccessTokenAuthentication().authenticate(request)


def test_rule_12_it_runs_out(api: Api, bob: User) -> None:
    token = open_session(user=bob).access_token
    late = clock.now() + settings.ACCESS_TOKEN_LIFETIME
    with time_machine.travel(late - timedelta(seconds=5), tick=False):
        assert status_with(api, f"Bearer {token}") == 200
    with time_machine.travel(late + timedelta(seconds=1), tick=False):
        assert status_with(api, f"Bearer {token}") == 401


def test_rule_18_it_ends_with_its_session(api: Api, bob: User) -> None:
    token = open_session(user=bob).access_token
    now = clock.now()
    Session.objects.update(ends_at=now, idle_until=now)
    assert status_with(api, f"Bearer {token}") == 401


def test_a_closed_account_is_refused(api: Api, bob: User) -> None:
    token = open_session(user=bob).access_token
    User.objects.filter(id=bob.pk).update(is_active=False)
    assert status_with(api, f"Bearer {token}") == 401


def test_a_deleted_account_is_refused(api: Api, bob: User) -> None:
    token = open_session(user=bob).access_token
    bob.delete()
    assert status_with(api, f"Bearer {token}") == 401


def test_the_person_is_loaded_whole_in_one_query(
    alice: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    request = Request(
        APIRequestFactory().get(URL, HTTP_AUTHORIZATION=f"Bearer {open_session(user=alice).access_token}")
    )
    with django_assert_num_queries(1):
        answer = AccessTokenAuthentication().authenticate(request)
        assert answer is not None
        user, access = answer
        loaded, loaded_profile = _columns(user), _columns(user.profile)
        assert user.profile.user is user
    assert loaded == _columns(User.objects.get(id=alice.pk))
    assert loaded_profile == _columns(Profile.objects.get(user=alice))
    assert access == authentication.Access(Session.objects.get().id)
    assert not user._state.adding


def test_what_was_loaded_can_be_saved(alice: User) -> None:
    session = claims_of(open_session(user=alice).access_token)
    user = authentication._user_of_live_session(session["sid"], alice.pk)
    assert user is not None
    user.full_name = user.profile.location = "Elsewhere"
    user.save()
    user.profile.save()
    assert User.objects.get(id=alice.pk).full_name == "Elsewhere"
    assert Profile.objects.get(user=alice).location == "Elsewhere"


def _columns(row: User | Profile) -> dict[str, Any]:
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}
