"""Tokens are issued in one place, which asks the login door; and every door of the URL conf leads there."""

import ast
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.contrib.sessions.models import Session as AdminSession
from django.http import HttpRequest
from django.urls import Resolver404, resolve
from drf_spectacular.generators import SchemaGenerator
from pytest_django import Settings

from accounts import sessions
from accounts.login import door
from accounts.login.door import EmailNotVerified, InvalidCredentials
from accounts.models import EventKind, SecurityEvent, Session, SignInMethod, User
from accounts.tests.doors import ADMIN, DOORS, EXEMPT, FALLS, lets_in, sessions_of
from numerai.common import audit
from numerai.common.errors import DomainError

ROOT = Path(__file__).resolve().parent.parent.parent
CHECKS = [check.__name__ for check in door.CHECKS]
REFUSED = [(name, check) for name in DOORS for check in CHECKS if (name, check) not in EXEMPT]


def issues_tokens(schema: dict[str, Any], node: Any) -> bool:
    if isinstance(node, list):
        return any(issues_tokens(schema, part) for part in node)
    if not isinstance(node, dict):
        return False
    if "$ref" in node:
        return issues_tokens(schema, schema["components"]["schemas"][node["$ref"].rpartition("/")[2]])
    return "access_token" in node.get("properties", {}) or any(issues_tokens(schema, part) for part in node.values())


def doors_of_the_api() -> set[str]:
    schema: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)
    names = set()
    for path, methods in schema["paths"].items():
        for operation in methods.values():
            answers = [body.get("content", {}) for body in operation.get("responses", {}).values()]
            if issues_tokens(schema, [media["schema"] for answer in answers for media in answer.values()]):
                names.add(name_of(path))
    return names


def name_of(path: str) -> str:
    try:
        return resolve(path).url_name or path
    except Resolver404:  # A path with a parameter names itself.
        return path


def test_rule_01_every_door_stands_in_the_table() -> None:
    assert set(DOORS) == doors_of_the_api() | {ADMIN}


def test_rule_01_every_check_stands_in_the_table() -> None:
    assert list(FALLS) == CHECKS
    assert set(EXEMPT) <= {(name, check) for name in DOORS for check in CHECKS}


@pytest.mark.parametrize("name", DOORS)
def test_rule_01_a_door_lets_in_whom_nothing_is_held_against(bob: User, name: str) -> None:
    attempt = DOORS[name](bob)
    assert lets_in(attempt())


@pytest.mark.parametrize(("name", "check"), REFUSED)
def test_rule_01_a_door_asks_every_check(bob: User, settings: Settings, name: str, check: str) -> None:
    attempt = DOORS[name](bob)
    settings.RATE_LIMIT_ENABLED = check == "unlocked"
    FALLS[check](bob)
    before = sessions_of(bob)
    response = attempt()
    assert 200 <= response.status_code < 500
    assert not lets_in(response)
    assert sessions_of(bob) == before
    assert not AdminSession.objects.exists()
    assert not SecurityEvent.objects.filter(kind=EventKind.SIGN_IN, details__way="admin").exists()


@pytest.mark.parametrize(("name", "check"), EXEMPT)
def test_rule_01_an_exemption_is_one(bob: User, settings: Settings, name: str, check: str) -> None:
    attempt = DOORS[name](bob)
    settings.RATE_LIMIT_ENABLED = check == "unlocked"
    FALLS[check](bob)
    assert lets_in(attempt())


def test_rule_01_there_are_five_checks() -> None:
    assert set(CHECKS) == {"active", "staying", "verified", "unlocked", "second_factor"}


@pytest.mark.parametrize("way", [door.Way.SIGN_IN, door.Way.ADMIN])
def test_rule_01_a_password_that_came_past_the_lock_is_refused(bob: User, way: door.Way) -> None:
    request, entry = HttpRequest(), door.Entry(bob, SignInMethod.PASSWORD, way=way)
    with audit.in_request(request, "1"):
        assert isinstance(door.refusal(entry), InvalidCredentials)
        assert door.refusal(replace(entry, method=SignInMethod.GOOGLE)) is None
        assert door.refusal(replace(entry, has_second_factor=True)) is None
        door.lock_was_asked(request)
        assert door.refusal(entry) is None


@pytest.mark.parametrize(
    ("change", "refused"),
    [({"is_active": False}, InvalidCredentials), ({"email_verified_at": None}, EmailNotVerified)],
)
def test_no_session_is_opened_past_it(bob: User, change: dict[str, Any], refused: type[DomainError]) -> None:
    User.objects.filter(id=bob.pk).update(**change)
    with pytest.raises(refused):
        sessions.open_session(user=User.objects.get(id=bob.pk))
    assert not Session.objects.exists()


def test_a_verified_phone_is_enough(bob: User) -> None:
    bob.email_verified_at, bob.phone_verified_at = None, bob.email_verified_at
    bob.phone = "+14155552671"
    bob.save()
    assert sessions.open_session(user=bob).access_token


def test_only_sessions_makes_access_tokens() -> None:
    assert who_calls("AccessToken", "RefreshToken", "_SessionToken") == {"accounts/access_tokens.py"}
    assert who_calls("access_tokens.issue") == {"accounts/sessions/families.py"}


def who_calls(*names: str) -> set[str]:
    return {
        str(path.relative_to(ROOT))
        for app in ("numerai", "accounts", "payments", "notifications", "numerology")
        for path in (ROOT / app).rglob("*.py")
        if "tests" not in path.parts
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith(names)
    }
