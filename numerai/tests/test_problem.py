from io import BytesIO

import pytest
from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
from django.test import Client
from django.test.client import RequestFactory

from numerai.common.http.parsing import DEEPEST
from numerai.common.http.problem import CONTENT_TYPE

pytestmark = pytest.mark.urls("numerai.tests.urls_for_errors")


@pytest.fixture
def client() -> Client:
    return Client(raise_request_exception=False)


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/raise/domain/", 409, "conflict"),
        ("/raise/limited/", 429, "too_many_requests"),
        ("/raise/throttled/", 429, "too_many_requests"),
        ("/raise/django-404/", 404, "not_found"),
        ("/raise/django-403/", 403, "permission_denied"),
        ("/raise/bug/", 500, "internal_error"),
        ("/plain/bug/", 500, "internal_error"),
        ("/plain/suspicious/", 400, "bad_request"),
        ("/plain/forbidden/", 403, "permission_denied"),
        ("/nowhere/", 404, "not_found"),
        ("/api/v1/nowhere/", 404, "not_found"),
        ("/echo/", 405, "method_not_allowed"),
    ],
)
def test_every_failure_is_a_problem_document(client: Client, path: str, status: int, code: str) -> None:
    response = client.get(path, headers={"X-Request-ID": "a-request-of-mine"})
    body = response.json()
    assert response.status_code == status
    assert response["Content-Type"] == CONTENT_TYPE
    assert body["status"] == status
    assert body["code"] == code
    assert body["type"].endswith(code)
    assert body["title"]
    assert body["detail"]
    assert body["request_id"] == response["X-Request-ID"] == "a-request-of-mine"
    assert "secret words" not in response.content.decode()


def test_a_domain_error_keeps_its_sentence_field_and_extra_members(client: Client) -> None:
    body = client.get("/raise/domain/").json()
    assert body["detail"] == "Already so."
    assert body["plan"] == "basic"
    assert body["errors"] == [{"field": "plan", "code": "conflict", "detail": "Already so."}]


@pytest.mark.parametrize(("path", "seconds"), [("/raise/limited/", "2"), ("/raise/throttled/", "30")])
def test_a_limit_says_when_to_come_back(client: Client, path: str, seconds: str) -> None:
    assert client.get(path)["Retry-After"] == seconds


@pytest.mark.parametrize(
    ("data", "fields"),
    [
        ({}, ["name"]),
        ({"name": ""}, ["name"]),
        ({"name": ["a"]}, ["name"]),
        ({"name": None}, ["name"]),
        ({"name": "toolong"}, ["name"]),
        ({"name": "Ada", "lines": [{"amount": 1}, {"amount": 0}]}, ["lines.1.amount"]),
        ({"name": "Ada", "lines": [{}]}, ["lines.0.amount"]),
        ({"name": "Ada", "lines": "x"}, ["lines.non_field_errors"]),
        ({"name": "both"}, ["non_field_errors"]),
    ],
)
def test_validation_names_the_fields(client: Client, data: object, fields: list[str]) -> None:
    response = client.post("/echo/", data, content_type="application/json")
    body = response.json()
    assert response.status_code == 400
    assert body["code"] == "validation_error"
    assert [error["field"] for error in body["errors"]] == fields
    assert all(error["code"] and error["detail"] for error in body["errors"])


def test_the_sentence_of_a_validation_error_can_stand_in_a_toast(client: Client) -> None:
    body = client.post("/echo/", {"name": "toolong"}, content_type="application/json").json()
    assert body["detail"] == "Name: Ensure this field has no more than 5 characters."
    body = client.post("/echo/", {"name": "both"}, content_type="application/json").json()
    assert body["detail"] == "Name and lines contradict each other."


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"", "validation_error"),
        (b"{", "malformed_json"),
        (b"[]", "malformed_json"),
        (b"null", "malformed_json"),
        (b'"text"', "malformed_json"),
        (b'{"name": NaN}', "malformed_json"),
        (b'{"name": -Infinity}', "malformed_json"),
        (b'{"name": "\xff\xfe"}', "malformed_json"),
        (b'{"name": "\\ud800"}', "malformed_json"),
        (b'{"\\ud800": 1}', "malformed_json"),
        (b'{"name": "a\\u0000b"}', "malformed_json"),
        (b'{"name": ["\\u0000"]}', "malformed_json"),
        (b'{"name": ' + b"9" * 5000 + b"}", "malformed_json"),
        (b"[" * 200_000, "malformed_json"),
        (b'{"name": ' * 100_000, "malformed_json"),
        (b'{"name": ' + b"[" * 900 + b"]" * 900 + b"}", "malformed_json"),
        (b'{"name": ' + b"[" * DEEPEST + b"]" * DEEPEST + b"}", "malformed_json"),
        (b'{"name": ' + b"[" * (DEEPEST - 1) + b"]" * (DEEPEST - 1) + b"}", "validation_error"),
    ],
)
def test_hostile_bodies_are_a_400(client: Client, raw: bytes, code: str) -> None:
    response = client.post("/echo/", raw, content_type="application/json")
    assert response.status_code == 400
    assert response.json()["code"] == code


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", "", "application/xml"])
def test_other_media_types_are_a_415(client: Client, content_type: str) -> None:
    response = client.post("/echo/", b'{"name": "Ada"}', content_type=content_type)
    assert response.status_code == 415
    assert response.json()["code"] == "unsupported_media_type"


def test_an_accept_header_never_hides_an_answer(client: Client) -> None:
    response = client.post("/echo/", {"name": "Ada"}, content_type="application/json", headers={"Accept": "text/html"})
    assert response.status_code == 200
    assert response.json() == {"name": "Ada"}


def test_ten_megabytes_are_a_413(client: Client) -> None:
    raw = b'{"name": "' + b"a" * 10_000_000 + b'"}'
    response = client.post("/echo/", raw, content_type="application/json")
    assert response.status_code == 413
    assert response.json()["code"] == "body_too_large"


def test_who_announces_more_than_they_send_gets_their_413_too() -> None:
    environ = RequestFactory().post("/echo/", b"a" * 100, content_type="application/json").environ
    sent = BytesIO(b"a" * 100)
    environ |= {"CONTENT_LENGTH": "10000000", "wsgi.input": sent}
    response = WSGIHandler().get_response(WSGIRequest(environ))
    assert response.status_code == 413
    assert sent.read() == b""


def test_a_long_body_without_an_announced_length_is_a_413_as_well(client: Client, rf: RequestFactory) -> None:
    from numerai.tests.urls_for_errors import EchoView

    raw = b'{"name": "' + b"a" * 2_000_000 + b'"}'
    request = rf.post("/echo/", raw, content_type="application/json")
    request.META["CONTENT_LENGTH"] = "100000000"
    response = EchoView.as_view()(request)
    assert response.status_code == 413


def test_a_nonsensical_content_length_is_no_crash(client: Client) -> None:
    response = client.get("/api/v1/health/", CONTENT_LENGTH="many")
    assert response.status_code == 200


@pytest.mark.parametrize("offered", ["short", "x" * 65, "with space", "line\nbreak", "über-request"])
def test_a_strange_request_id_is_replaced(client: Client, offered: str) -> None:
    response = client.get("/api/v1/health/", HTTP_X_REQUEST_ID=offered)
    assert response["X-Request-ID"] != offered
    assert len(response["X-Request-ID"]) == 32


def test_api_answers_are_not_cached(client: Client) -> None:
    assert client.get("/api/v1/health/")["Cache-Control"] == "no-store"
