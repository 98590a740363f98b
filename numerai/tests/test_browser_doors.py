"""What another site can make a person's browser do here: nothing."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings as configured
from django.contrib import admin
from django.test import Client
from pytest_django import Settings

from accounts.models import User
from accounts.tests.test_desk import routes

OURS = "https://app.numerai.example"
OTHERS = [
    "https://evil.example",
    "https://app.numerai.example.evil.com",
    "https://evil-app.numerai.example",
    "https://appXnumerai.example",
    "https://numerai.example",
    "https://app.numerai.example:8443",
    "http://app.numerai.example",
    "https://app.numerai.example@evil.example",
    "file://",
    "null",
]
ADMIN = f"/{configured.ADMIN_PATH}"
PATHS = sorted({path for path, _ in routes(admin.site.get_urls()) if not path.startswith(("jsi18n", "r/"))})


def preflight(client: Client, origin: str, path: str = "/api/v1/users/profile/") -> Any:
    asked = {"Access-Control-Request-Method": "PATCH", "Access-Control-Request-Headers": "authorization"}
    return client.options(path, headers={"Origin": origin, **asked})


@pytest.mark.parametrize("origin", OTHERS)
@pytest.mark.django_db
def test_rule_79_no_other_site_may_read_or_ask(origin: str, client: Client) -> None:
    for answer in (
        preflight(client, origin),
        client.get("/api/v1/health/", headers={"Origin": origin}),
        client.get("/api/v1/users/profile/", headers={"Origin": origin}),
    ):
        assert not [name for name in answer.headers if name.startswith("Access-Control-")]


@pytest.mark.django_db
def test_rule_79_the_frontend_may_and_sends_no_cookie(client: Client) -> None:
    answer = preflight(client, OURS)
    assert answer["Access-Control-Allow-Origin"] == OURS
    assert "Access-Control-Allow-Credentials" not in answer
    assert "origin" in answer["Vary"]
    assert configured.CORS_ALLOWED_ORIGINS == [OURS]


@pytest.mark.parametrize("path", [ADMIN, f"{ADMIN}login/", "/api", "/healthz", "/media/pictures/none.webp"])
@pytest.mark.django_db
def test_rule_79_only_the_api_is_for_other_origins(path: str, client: Client) -> None:
    answer = client.get(path, headers={"Origin": OURS})
    assert "Access-Control-Allow-Origin" not in answer


@pytest.fixture
def browser(operator: User) -> Client:
    """Signed in to the admin, and as particular about forms as production."""
    client = Client(enforce_csrf_checks=True)
    client.force_login(operator)
    client.get(f"{ADMIN}password_change/")
    return client


def refusals(client: Client, **how: Any) -> Iterator[tuple[str, int]]:
    for path in PATHS:
        yield path, client.post(ADMIN + path, **how).status_code


def test_rule_80_no_form_of_the_admin_is_taken_without_its_token(browser: Client) -> None:
    assert len(PATHS) > 100
    assert [path for path, status in refusals(browser) if status != 403] == []


def test_rule_80_nor_with_another_one(browser: Client) -> None:
    wrong = {"csrfmiddlewaretoken": "x" * 64}
    assert [path for path, status in refusals(browser, data=wrong) if status != 403] == []


def test_rule_80_nor_from_another_site(browser: Client) -> None:
    right = {"csrfmiddlewaretoken": browser.cookies["csrftoken"].value}
    for origin in ("https://evil.example", "http://testserver.evil.example", "null"):
        answers = refusals(browser, data=right, headers={"Origin": origin})
        assert [path for path, status in answers if status != 403] == [], origin


@pytest.mark.parametrize("where", [{}, {"Referer": "https://evil.example/"}, {"Origin": "https://evil.example"}])
def test_rule_80_over_https_a_form_says_where_it_comes_from(browser: Client, where: dict[str, str]) -> None:
    right = {"csrfmiddlewaretoken": browser.cookies["csrftoken"].value}
    path = f"{ADMIN}accounts/user/"
    assert browser.post(path, right, secure=True, headers=where).status_code == 403
    assert browser.post(path, right, secure=True, headers={"Origin": "https://testserver"}).status_code != 403
    assert browser.post(path, right, secure=True, headers={"Referer": "https://testserver/"}).status_code != 403


def test_rule_80_signing_in_to_the_admin_asks_for_the_token_too(operator: User) -> None:
    client = Client(enforce_csrf_checks=True)
    known = {"username": operator.email, "password": "correct horse battery staple"}
    assert client.post(f"{ADMIN}login/", known).status_code == 403


@pytest.mark.parametrize("method", ["get", "patch"])
def test_rule_80_the_api_knows_no_cookie(browser: Client, method: str) -> None:
    right = {"X-CSRFToken": browser.cookies["csrftoken"].value}
    assert getattr(browser, method)("/api/v1/users/profile/", headers=right).status_code == 401


@pytest.mark.parametrize("host", ["evil.example", "testserver.evil.example", "evil.example:80", "a b"])
@pytest.mark.parametrize("path", ["/api/v1/health/", "/admin/login/", "/healthz"])
@pytest.mark.django_db
def test_rule_81_a_host_that_is_not_ours_is_refused(host: str, path: str, settings: Settings) -> None:
    settings.ALLOWED_HOSTS = ["api.numerai.example"]
    answer = Client(raise_request_exception=False).get(path, headers={"Host": host})
    assert answer.status_code == 400
    assert answer.json()["code"] == "bad_request"
    assert "evil" not in answer.content.decode()


@pytest.mark.django_db
def test_rule_81_nor_is_one_that_a_proxy_is_said_to_have_seen(client: Client) -> None:
    answer = client.get(f"{ADMIN}login/", headers={"X-Forwarded-Host": "evil.example"})
    assert "evil.example" not in answer.content.decode() + str(answer.headers)
    assert configured.USE_X_FORWARDED_HOST is False
