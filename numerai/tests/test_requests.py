"""What surrounds every request: CORS from a list, one log line without personal data."""

import json
import logging
from collections.abc import Iterator
from io import StringIO

import pytest
from django.conf import settings as django_settings
from django.test import Client

from accounts.models import User
from conftest import Api
from numerai.settings.logs import logging_config


@pytest.mark.parametrize("origin", ["https://app.numerai.example"])
def test_the_frontend_may_call(client: Client, origin: str) -> None:
    response = client.options(
        "/api/v1/health/",
        headers={
            "Origin": origin,
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "authorization,content-type",
        },
    )
    assert response["Access-Control-Allow-Origin"] == origin
    assert "authorization" in response["Access-Control-Allow-Headers"]


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "https://app.numerai.example.evil.com", "http://app.numerai.example", "null"]
)
def test_nobody_else_may(client: Client, origin: str) -> None:
    response = client.get("/api/v1/health/", headers={"Origin": origin})
    assert "Access-Control-Allow-Origin" not in response


@pytest.fixture
def lines() -> Iterator[StringIO]:
    """What production's formatter writes about requests."""
    config = logging_config(level="INFO", style="json")["formatters"]["structured"]
    formatter = config["()"](foreign_pre_chain=config["foreign_pre_chain"], processors=config["processors"])
    stream = StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(formatter)
    logger = logging.getLogger("numerai.request")
    logger.addHandler(handler)
    level = logger.level
    logger.setLevel(logging.INFO)
    yield stream
    logger.removeHandler(handler)
    logger.setLevel(level)


def test_one_line_a_request_without_personal_data(lines: StringIO, api: Api, bob: User) -> None:
    assert django_settings.USE_TZ
    response = api(bob).get("/api/v1/users/profile/?q=bob@example.com", headers={"X-Request-ID": "request-of-bob"})
    assert response.status_code == 200
    (line,) = lines.getvalue().splitlines()
    record = json.loads(line)
    assert record["event"] == "request"
    assert record["method"] == "GET"
    assert record["route"] == "api/v1/users/profile/"
    assert record["status"] == 200
    assert record["request_id"] == "request-of-bob"
    assert record["user_id"] == str(bob.id)
    assert record["level"] == "info"
    assert record["milliseconds"] > 0
    assert "bob@example.com" not in line
    assert "Bob" not in line


def test_an_operator_is_named_by_id_as_well(lines: StringIO, client: Client, operator: User) -> None:
    client.force_login(operator)
    client.get("/admin/")
    assert json.loads(lines.getvalue().splitlines()[-1])["user_id"] == str(operator.id)


@pytest.mark.urls("numerai.tests.urls_for_errors")
def test_a_bug_leaves_its_place_in_the_log_but_not_what_was_typed(lines: StringIO) -> None:
    response = Client(raise_request_exception=False).get("/raise/bug/")
    record = json.loads(lines.getvalue().splitlines()[0])
    assert record["event"] == "unhandled_exception"
    assert record["exception"] == "builtins.RuntimeError"
    assert "in get" in record["traceback"]
    assert record["request_id"] == response.json()["request_id"]
    assert "secret words" not in lines.getvalue()


def test_a_newline_in_a_request_makes_no_second_line(lines: StringIO, client: Client) -> None:
    client.get("/api/v1/no\nwhere/", HTTP_X_REQUEST_ID="evil\nline")
    assert len(lines.getvalue().splitlines()) == 1
