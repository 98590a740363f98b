"""Which passwords will do: long ones of any script, in one form, unknown to lists and to breaches elsewhere."""

import hashlib
import time
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.contrib.auth.hashers import PBKDF2PasswordHasher, get_hashers, make_password
from django.db import transaction
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from accounts.models import Session, User
from accounts.registration.breaches import is_breached
from accounts.registration.passwords import ProductWordsValidator, refuse_unfit
from accounts.sessions import open_session
from conftest import PASSWORD, Api
from dev.services import free_port
from notifications.tests.smtp_peers import silent
from numerai.common.outbound import CallInsideTransaction
from numerai.settings import base
from numerai.tests.http_peers import Peer, listening

REGISTER, LOGIN = "/api/v1/auth/register/", "/api/v1/auth/login/"
FORM = {"email": "dora@example.com", "full_name": "Dora Diaz"}
DIGEST = hashlib.sha1(PASSWORD.encode()).hexdigest().upper()  # noqa: S324 - the protocol's own


def sign_up(api: Api, password: str) -> Any:
    return api(None).post(REGISTER, FORM | {"password": password, "confirm_password": password})


def sign_in(api: Api, password: str) -> Any:
    User.objects.update(email_verified_at="2026-01-01T00:00:00Z")
    return api(None).post(LOGIN, {"email": "dora@example.com", "password": password})


def codes_of(answer: Any) -> set[tuple[str, str]]:
    return {(error["field"], error["code"]) for error in answer.json()["errors"]}


@pytest.mark.django_db
@pytest.mark.parametrize(
    "password",
    [
        "ten things",
        "a walk in the rain at night",
        "  spaces before and after  ",
        "пароль из нескольких слов",
        "千里之行始于足下千里之行",
        "🐎🔋📎🌧️🐎🔋📎🌧️🐎🔋",
        "numerology is what my aunt does",
        "x7" * 512,
    ],
)
def test_rule_03_a_passphrase_of_any_script_works(api: Api, password: str) -> None:
    assert sign_up(api, password).status_code == 201
    assert sign_in(api, password).status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("weak", "code"),
    [
        ("nine char", "password_too_short"),
        ("password12", "password_too_common"),
        ("qwertyuiop", "password_too_common"),
        ("numerai2026!", "password_of_product"),
        ("NUMEROLOGY-123", "password_of_product"),
        ("my numerai 1", "password_of_product"),
        ("\uff4eumerai2026!", "password_of_product"),
        ("dora@example.com", "password_too_similar"),
        ("x" * 1025, "max_length"),
    ],
)
def test_rule_03_what_anybody_would_try_is_refused(api: Api, weak: str, code: str) -> None:
    assert ("password", code) in codes_of(sign_up(api, weak))
    assert not User.objects.exists()


@pytest.mark.django_db
def test_rule_03_nothing_is_cut_off(api: Api) -> None:
    assert sign_up(api, "x7" * 511 + "yz").status_code == 201
    assert sign_in(api, "x7" * 511 + "yy").status_code == 400
    assert sign_in(api, "x7" * 511 + "y").status_code == 400
    assert sign_in(api, "x7" * 511 + "yz").status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("chosen", "typed"),
    [
        ("caf\u00e9 au lait noir", "cafe\u0301 au lait noir"),
        ("\ufb01ne weather today", "fine weather today"),
        ("\uff21\uff22\uff23 fullwidth", "ABC fullwidth"),
    ],
)
def test_rule_03_one_password_however_the_keyboard_writes_it(api: Api, chosen: str, typed: str) -> None:
    for first, second in ((chosen, typed), (typed, chosen)):
        User.objects.all().delete()
        assert sign_up(api, first).status_code == 201
        assert sign_in(api, second).status_code == 200


def test_rule_03_the_admin_takes_the_same_form(operator: User) -> None:
    operator.set_password("caf\u00e9 au lait noir")
    operator.save()
    assert Client().login(username=operator.email, password="cafe\u0301 au lait noir")
    page = Client().post(reverse("admin:login"), {"username": operator.email, "password": "cafe\u0301 au lait noi"})
    assert page.status_code == 200


def test_nobody_and_nothing_is_no_password() -> None:
    user = User(email="a@example.com")
    user.set_password(None)
    assert not user.has_usable_password()
    assert not user.check_password(None)


def test_the_words_of_help() -> None:
    assert "name of this site" in ProductWordsValidator().get_help_text()


def test_one_hasher_and_it_is_argon2id(settings: Settings) -> None:
    assert base.PASSWORD_HASHERS == ["django.contrib.auth.hashers.Argon2PasswordHasher"]
    settings.PASSWORD_HASHERS = base.PASSWORD_HASHERS
    assert len(get_hashers()) == 1
    assert make_password(PASSWORD).startswith("argon2$argon2id$")
    assert len(django_settings.AUTHENTICATION_BACKENDS) == 1


class DearerHasher(PBKDF2PasswordHasher):
    iterations = 1000


def test_a_dearer_hash_signs_no_device_out(api: Api, bob: User, settings: Settings) -> None:
    client, tokens = api(bob), open_session(user=bob)
    settings.PASSWORD_HASHERS = [f"{__name__}.DearerHasher", *settings.PASSWORD_HASHERS]
    assert api(None).post(LOGIN, {"email": bob.email, "password": PASSWORD}).status_code == 200
    before = bob.password
    bob.refresh_from_db()
    assert (before.partition("$")[0], bob.password.partition("$")[0]) == ("md5", "pbkdf2_sha256")
    assert client.get("/api/v1/users/profile/").status_code == 200
    assert api(None).post("/api/v1/auth/refresh-token/", {"refresh": tokens.refresh_token}).status_code == 200
    assert not Session.objects.filter(revoked_at__isnull=False).exists()


@pytest.fixture
def breaches(settings: Settings) -> Iterator[Peer]:
    with listening(Peer()) as peer:
        settings.PASSWORD_BREACH_URL = f"{peer.url}/"
        yield peer


def known(ending: str, times: int) -> bytes:
    return f"{'0' * 35}:7\r\n{ending}:{times}\r\n{'F' * 35}:0".encode()


@pytest.mark.django_db(transaction=True)
def test_a_password_known_from_a_breach_is_refused(api: Api, breaches: Peer) -> None:
    breaches.body = known(DIGEST[5:], 3)
    answer = sign_up(api, PASSWORD)
    assert codes_of(answer) == {("password", "password_breached")}
    assert not User.objects.exists()
    (asked,) = breaches.asked
    assert (asked.method, asked.path, asked.headers["add-padding"]) == ("GET", f"/range/{DIGEST[:5]}", "true")
    assert DIGEST[5:] not in str(asked)


@pytest.mark.django_db(transaction=True)
def test_one_chosen_with_the_code_is_looked_up_too(api: Api, breaches: Peer) -> None:
    breaches.body = known(DIGEST[5:], 3)
    form = {"email": "dora@example.com", "otp": "123456", "new_password": PASSWORD}
    assert codes_of(api(None).post("/api/v1/auth/verify-otp/", form)) == {("new_password", "password_breached")}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "body", [known("A" * 35, 3), known(DIGEST[5:], 0), known(DIGEST[5:].lower(), 0), b"", b"\xff:x"]
)
def test_one_that_is_not_known_is_welcome(api: Api, breaches: Peer, body: bytes) -> None:
    breaches.body = body
    assert sign_up(api, PASSWORD).status_code == 201


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("status", [302, 404, 429, 500])
def test_a_service_that_fails_keeps_nobody_out(
    api: Api, breaches: Peer, status: int, caplog: pytest.LogCaptureFixture
) -> None:
    breaches.status, breaches.body = status, known(DIGEST[5:], 3)
    assert sign_up(api, PASSWORD).status_code == 201
    assert [record.levelname for record in caplog.records if "breaches_not_checked" in record.getMessage()] == [
        "WARNING"
    ]


@pytest.mark.django_db(transaction=True)
def test_a_service_that_is_away_keeps_nobody_out(api: Api, settings: Settings) -> None:
    settings.PASSWORD_BREACH_URL = f"http://127.0.0.1:{free_port()}"
    assert sign_up(api, PASSWORD).status_code == 201


@pytest.mark.django_db(transaction=True)
def test_a_service_that_says_nothing_is_not_waited_for(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("accounts.registration.breaches.SECONDS", 0.2)
    with silent() as port:
        settings.PASSWORD_BREACH_URL = f"http://127.0.0.1:{port}"
        started = time.monotonic()
        assert not is_breached(PASSWORD)
        assert time.monotonic() - started < 5


@pytest.mark.django_db(transaction=True)
def test_it_is_never_asked_inside_a_transaction(breaches: Peer) -> None:
    with transaction.atomic(), pytest.raises(CallInsideTransaction):
        refuse_unfit(PASSWORD, email="", full_name="")
    assert breaches.asked == []


def test_by_default_nobody_is_asked() -> None:
    assert base.PASSWORD_BREACH_URL == ""
    assert not is_breached(PASSWORD)
