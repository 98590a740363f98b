"""Rule 74: whoever was refused can name the lines of the log and the event that tell why."""

import json
import logging
from collections.abc import Iterator
from io import StringIO
from typing import Any
from uuid import uuid4

import pytest
import sentry_sdk
import structlog
from django.test import Client
from pytest_django import Settings
from sentry_sdk.envelope import Envelope
from sentry_sdk.transport import Transport
from structlog.testing import capture_logs

from accounts.models import SecurityEvent, User
from conftest import PASSWORD, Api
from numerai.common.tracing import without_words
from numerai.settings.logs import logging_config

REFUSALS: dict[str, tuple[int, str, str, dict[str, str]]] = {
    "not signed in": (401, "get", "/api/v1/users/profile/", {}),
    "may not": (403, "get", "/operators/", {}),
    "of another person": (404, "delete", f"/api/v1/auth/sessions/{uuid4()}/", {}),
    "no such page": (404, "get", "/api/v1/nowhere/", {}),
    "too often": (429, "get", "/raise/limited/", {}),
    "wrong password": (
        400,
        "post",
        "/api/v1/auth/login/",
        {"email": "bob@example.com", "password": "not right at all"},
    ),
    "spent token": (401, "post", "/api/v1/auth/refresh-token/", {"refresh": "nothing"}),
}


@pytest.fixture
def log() -> Iterator[StringIO]:
    config = logging_config(level="INFO", style="json")["formatters"]["structured"]
    stream = StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(config["()"](foreign_pre_chain=config["foreign_pre_chain"], processors=config["processors"]))
    logger = logging.getLogger("numerai.request")
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    yield stream
    logger.removeHandler(handler)
    logger.setLevel(logging.NOTSET)


@pytest.mark.urls("numerai.tests.urls_for_errors")
@pytest.mark.parametrize("refusal", REFUSALS)
def test_rule_74_every_refusal_carries_an_id_that_the_log_knows(
    refusal: str, api: Api, bob: User, log: StringIO
) -> None:
    status, method, path, body = REFUSALS[refusal]
    client = api(None if status in {400, 401} else bob)
    answer = getattr(client, method)(path, body)
    assert answer.status_code == status
    problem = answer.json()
    [line] = [json.loads(line) for line in log.getvalue().splitlines()]
    assert problem["request_id"] == answer["X-Request-ID"] == line["request_id"]
    assert (line["status"], line["problem"]) == (status, problem["code"])


def event_of(answer: Any) -> SecurityEvent:
    return SecurityEvent.objects.get(request_id=answer["X-Request-ID"])


@pytest.mark.urls("numerai.tests.urls_for_errors")
def test_rule_74_the_event_of_a_refusal_has_the_same_id(api: Api, bob: User, operator: User) -> None:
    wrong = {"email": "bob@example.com", "password": "not right at all"}
    assert event_of(api(None).post("/api/v1/auth/login/", wrong)).kind == "sign_in_failed"
    assert event_of(api(bob).get("/operators/")).kind == "denied"
    unknown = {"email": "nobody@example.com", "password": PASSWORD}
    event = event_of(api(None).post("/api/v1/auth/login/", unknown))
    assert (event.kind, event.user_id) == ("sign_in_failed", None)


def test_rule_74_a_limit_is_traced_too(api: Api, bob: User, settings: Settings) -> None:
    settings.RATE_LIMIT_ENABLED = True
    for _ in range(6):
        answer = api(None).post("/api/v1/auth/login/", {"email": bob.email, "password": "not right at all"})
    assert answer.status_code == 429
    assert answer.json()["request_id"] == event_of(answer).request_id
    assert event_of(answer).kind == "sign_in_limited"


def test_rule_74_the_admin_answers_with_an_id_too(db: None) -> None:
    answer = Client(enforce_csrf_checks=True).post("/admin/login/", {})
    assert (answer.status_code, answer.json()["request_id"]) == (403, answer["X-Request-ID"])


def test_a_logger_in_use_is_captured_after_the_logs_are_configured_again() -> None:
    logger = structlog.get_logger("numerai.request")
    logger.info("before")
    logging_config(level="INFO", style="json")
    with capture_logs() as logs:
        logger.info("after")
    assert logs == [{"event": "after", "log_level": "info"}]


class Kept(Transport):
    """Keeps what would have gone to Sentry."""

    def __init__(self) -> None:
        super().__init__({"dsn": "http://key@127.0.0.1/1"})
        self.events: list[Any] = []

    def capture_envelope(self, envelope: Envelope) -> None:
        self.events.append(envelope.get_event())


def test_what_goes_to_sentry_says_where_and_quotes_nobody() -> None:
    kept, at = Kept(), "2026-11-21T12:00:00Z"
    client = sentry_sdk.Client(transport=kept, before_send=without_words, default_integrations=False)
    quoting: Any = {
        "exception": {"values": [{"type": "ValueError", "value": "ada@example.com"}]},
        "request": {
            "method": "POST",
            "headers": {"Authorization": "Bearer x"},
            "query_string": "email=ada@example.com",
        },
        "logentry": {"message": "%s failed", "params": ["ada@example.com"]},
        "breadcrumbs": {"values": [{"timestamp": at, "category": "query", "message": "ada@example.com"}]},
    }
    client.capture_event(quoting)
    client.capture_event({"message": "nothing to take away"})
    full, bare = kept.events
    assert full["exception"]["values"] == [{"type": "ValueError", "value": ""}]
    assert (full["request"], full["logentry"]) == ({"method": "POST"}, {"message": "%s failed"})
    assert full["breadcrumbs"] == {"values": [{"timestamp": at, "category": "query"}]}
    assert "ada@example.com" not in str(full)
    assert (bare["message"], bare["breadcrumbs"]) == ("nothing to take away", {"values": []})
