"""What a failure tells whoever caused it: a code and a sentence, never how we are built."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import get_resolver

from numerai.common.http.problem import CONTENT_TYPE
from numerai.tests.test_permissions import ROWS

ROOT = Path(__file__).resolve().parent.parent.parent
INSIDE = re.compile(
    r"Traceback|File \"|\.py\b|site-packages|SELECT|INSERT|relation|no_such_table|psycopg|django|postgres|redis|Error:"
)


@pytest.fixture
def client() -> Client:
    return Client(raise_request_exception=False)


def is_discreet(answer: Any) -> bool:
    told = answer.content.decode()
    return answer["Content-Type"] == CONTENT_TYPE and not INSIDE.search(told) and str(ROOT) not in told


@pytest.mark.django_db
@pytest.mark.urls("numerai.tests.urls_for_errors")
@pytest.mark.parametrize("path", ["/plain/sql/", "/raise/sql/", "/plain/file/", "/plain/bug/", "/raise/bug/"])
def test_rule_89_a_mistake_of_ours_says_nothing_of_the_inside(client: Client, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 500
    assert is_discreet(answer), answer.content


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["get", "post", "put", "patch", "delete"])
@pytest.mark.parametrize(
    "path",
    [
        *("/api/v1/nowhere/", "/api/v1/%00/", "/api/v1/auth/sessions/1' OR '1'='1/", "/api/v1/../../etc/passwd"),
        *("/api/v2/users/profile/", "/api/users/profile/", "/api/", "/nowhere", "/media/pictures/%2e%2e%2fmanage.py"),
    ],
)
def test_rule_89_what_is_not_there_is_a_problem_document(client: Client, path: str, method: str) -> None:
    answer = getattr(client, method)(path)
    assert answer.status_code in {404, 405}
    assert is_discreet(answer), answer.content


@pytest.mark.django_db
@pytest.mark.parametrize(
    "body", [b"{", b"\xff\xfe", b'{"email": "\\ud800"}', b"[" * 200_000, b'{"a": 1e99999}', b"NULL"]
)
def test_rule_89_a_body_that_is_none_is_a_problem_document(client: Client, body: bytes) -> None:
    answer = client.post("/api/v1/auth/login/", body, content_type="application/json")
    assert answer.status_code in {400, 413}
    assert is_discreet(answer), answer.content


def test_rule_89_no_mistake_is_shown_in_full_anywhere() -> None:
    assert settings.DEBUG is False
    handlers = {code: get_resolver().resolve_error_handler(code) for code in (400, 403, 404, 500)}
    assert {handler.__module__ for handler in handlers.values()} == {"numerai.common.http.problem"}


def test_rule_88_there_is_one_version_of_the_api() -> None:
    served = {route for route in ROWS if route.startswith("api")}
    assert {route for route in served if not route.startswith("api/v1/")} == {"api/schema/", "api/docs/"}
