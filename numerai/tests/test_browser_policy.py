from datetime import datetime, timedelta

import pytest
from django.conf import settings
from django.test import Client
from pytest_django import Settings

from accounts.models import User
from numerai.common import clock

NOTHING = {"default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'none'"}


def policy(response: object) -> set[str]:
    return {part.strip() for part in response["Content-Security-Policy"].split(";")}  # type: ignore[index]


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/api/v1/health/", "/api/v1/users/profile/", "/api/v1/nowhere/", "/healthz", "/"])
def test_rule_78_data_may_do_nothing_in_a_browser(client: Client, path: str) -> None:
    response = client.get(path)
    assert policy(response) == NOTHING
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["X-Frame-Options"] == "DENY"
    assert response["Referrer-Policy"] == "same-origin"
    assert response["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "geolocation=()" in response["Permissions-Policy"]


def test_rule_78_answers_to_a_signed_in_person_are_kept_by_nobody(api: object, bob: User) -> None:
    assert api(bob).get("/api/v1/users/profile/")["Cache-Control"] == "no-store"  # type: ignore[operator]


@pytest.mark.django_db
def test_rule_78_the_admin_loads_from_here_only(client: Client) -> None:
    found = policy(client.get(f"/{settings.ADMIN_PATH}login/"))
    assert {"default-src 'self'", "script-src 'self' 'unsafe-eval'", "frame-ancestors 'none'"} <= found
    assert not any("*" in part or "http" in part for part in found)


def test_the_documentation_runs_no_inline_script(client: Client) -> None:
    response = client.get("/api/docs/")
    assert "script-src 'self'" in policy(response)
    scripts = response.content.decode().split("<script")[1:]
    assert scripts
    assert all(script.lstrip().startswith("src=") for script in scripts)


def test_researchers_find_where_to_write(client: Client, settings: Settings) -> None:
    settings.SECURITY_CONTACT = "mailto:security@numerai.example"
    response = client.get("/.well-known/security.txt")
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    lines = dict(line.split(": ", 1) for line in response.content.decode().splitlines())
    assert lines["Contact"] == "mailto:security@numerai.example"
    # RFC 9116: at most a year ahead.
    assert timedelta(0) < datetime.fromisoformat(lines["Expires"]) - clock.now() < timedelta(days=365)
