"""Tokens are issued in one place, which asks the login door."""

import ast
from pathlib import Path
from typing import Any

import pytest

from accounts import sessions
from accounts.login.door import EmailNotVerified, InvalidCredentials
from accounts.models import Session, User
from numerai.common.errors import DomainError

ROOT = Path(__file__).resolve().parent.parent.parent


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
    bob.save()
    assert sessions.open_session(user=bob).access_token


def test_only_sessions_makes_access_tokens() -> None:
    makers = {
        str(path.relative_to(ROOT))
        for app in ("numerai", "accounts", "payments", "notifications", "numerology")
        for path in (ROOT / app).rglob("*.py")
        if "tests" not in path.parts
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] in {"AccessToken", "RefreshToken"}
    }
    assert makers == {"accounts/sessions/families.py"}
