"""Bodies that no browser sends: each gets an answer that says so, and none costs more than reading it."""

import json
from typing import Any

import pytest
from django.urls import get_resolver

from accounts.models import User
from conftest import Api

KB = 1024
LARGEST = 64 * KB
PATHS = sorted(
    f"/{route}"
    for route in (
        f"api/v1/{entry}" for entry in ("auth/register/", "auth/login/", "auth/verify-otp/", "auth/resend-otp/")
    )
)
MALFORMED: dict[str, bytes] = {
    "nothing": b"",
    "no JSON": b"{",
    "a list": b"[]",
    "null": b"null",
    "a text": b'"x"',
    "a number": b"1",
    "NaN": b'{"password": NaN}',
    "infinity": b'{"password": Infinity}',
    "a number that becomes infinity": b'{"password": 1e999}',
    "a number of five thousand digits": b'{"password": ' + b"9" * 5000 + b"}",
    "deep lists": b"[" * 30_000 + b"]" * 30_000,
    "deep objects": b'{"a":' * 10_000 + b"1" + b"}" * 10_000,
    "a lone surrogate": b'{"password": "\\ud800"}',
    "a lone surrogate as a name": b'{"\\udfff": 1}',
    "a NUL": b'{"email": "a\\u0000@example.com"}',
    "a NUL as a name": b'{"\\u0000": 1}',
    "no UTF-8": b'{"password": "\xff\xfe"}',
    "UTF-16": '{"password": "x"}'.encode("utf-16"),
    "a byte order mark": b"\xef\xbb\xbf{}",
    "two documents": b"{}{}",
}

pytestmark = pytest.mark.django_db


def send(api: Api, path: str, body: bytes, content_type: str = "application/json", **more: Any) -> Any:
    return api(None).generic("POST", path, body, content_type=content_type, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("body", MALFORMED.values(), ids=MALFORMED.keys())
def test_rule_50_what_is_no_object_of_storable_json_is_a_400(api: Api, path: str, body: bytes) -> None:
    answer = send(api, path, body)
    assert answer.status_code == 400
    assert answer.json()["code"] in {"malformed_json", "validation_error"}
    assert answer["Content-Type"] == "application/problem+json"
    assert len(answer.content) < 2000
    assert not User.objects.exists()


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    "content_type",
    ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/xml", ""],
)
def test_rule_50_another_content_type_is_a_415(api: Api, path: str, content_type: str) -> None:
    answer = send(api, path, b'{"email": "a@example.com"}', content_type)
    assert (answer.status_code, answer.json()["code"]) == (415, "unsupported_media_type")


@pytest.mark.parametrize("content_type", ["application/json; charset=utf-8", "APPLICATION/JSON"])
def test_rule_50_json_is_json_however_it_is_named(api: Api, content_type: str) -> None:
    assert send(api, "/api/v1/auth/login/", b"{}", content_type).json()["code"] == "validation_error"


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(("size", "status"), [(LARGEST, 400), (LARGEST + 1, 413)])
def test_rule_50_where_strangers_write_64_kilobytes_are_all(api: Api, path: str, size: int, status: int) -> None:
    frame = len(json.dumps({"x": ""}))
    answer = send(api, path, json.dumps({"x": "y" * (size - frame)}).encode())
    assert answer.status_code == status
    assert answer.json()["code"] == ("validation_error" if status == 400 else "body_too_large")


def test_rule_50_every_route_of_auth_has_that_bound(api: Api) -> None:
    found = [str(entry.pattern) for entry in get_resolver("accounts.urls").url_patterns]
    paths = [path for path in found if path.startswith("auth/") and "<" not in path]
    assert len(paths) > 8
    body = b" " * (LARGEST + 1)
    assert {path: send(api, f"/api/v1/{path}", body).status_code for path in paths} == dict.fromkeys(paths, 413)


def test_rule_50_elsewhere_a_megabyte_is_all(api: Api, bob: User) -> None:
    client = api(bob)
    for size, status in ((KB * KB, 200), (KB * KB + 1, 413)):
        body = json.dumps({"x": "y" * (size - 9)}).encode()
        answer = client.generic("PATCH", "/api/v1/users/profile/", body, content_type="application/json")  # type: ignore[arg-type]
        assert answer.status_code == status


def test_rule_50_a_body_that_is_longer_than_it_says_is_read_no_further(api: Api) -> None:
    assert send(api, "/api/v1/auth/login/", b"{}" + b" " * LARGEST * 2, CONTENT_LENGTH="2").status_code == 400
