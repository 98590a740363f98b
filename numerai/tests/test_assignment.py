"""What a body or a query may say: fields and filters of a list, and nothing beyond it."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from drf_spectacular.generators import SchemaGenerator

from accounts.models import User
from accounts.sessions import open_session
from conftest import Api
from numerai.common.http.pagination import LARGEST_SIZE
from numerai.tests.documented import example, fields, operations
from numerai.tests.test_matrix import READ_THE_CALLER, belonging
from numerai.tests.test_permissions import ROWS, path_of

ROOT = Path(__file__).resolve().parent.parent.parent
POWERS = {
    *("is_staff", "is_superuser", "is_active", "is_verified", "is_premium", "groups", "user_permissions"),
    *("user", "user_id", "owner", "owner_id", "recipient", "recipient_id", "balance", "deleted_at", "created_at"),
    *("email_verified_at", "phone_verified_at", "plan_until", "subscription_plan", "customer_id", "session_epoch"),
}
QUERY = {
    *("page", "page_size", "type", "unread", "q", "kind", "status", "from", "to", "since", "until", "date"),
    *("priority", "category", "archived", "before", "after", "token", "ticket", "last_event_id", "delivery"),
    *("limit", "cursor", "relationship", "deleted", "days", "month", "year"),
    *("theme", "person_id", "texts", "fill", "gender"),
}
# Calls to Stripe are made outside of transactions, so these want a database without one around the test.
CALL_STRIPE = {"payment-methods", "portal-session", "refund"}
WRITES = [
    pytest.param(route, method, marks=pytest.mark.django_db(transaction=bool(CALL_STRIPE & set(route.split("/")))))
    for route in sorted(ROWS)
    for method in ROWS[route].methods
    if method != "GET"
]
LISTS = sorted(route for route in ROWS if "GET" in ROWS[route].methods and "<" not in route)
# What Apple's own page hands over once: a name, beside the address that the token vouches for.
APPLES = {"post /api/v1/auth/social/apple/: user", "post /api/v1/auth/identities/apple/: user"}
# Whether somebody whom the sender keeps is deleted, and whether a remedy of theirs is practised.
KEPT = {
    "put /api/v1/people/{person_id}/: is_active",
    "patch /api/v1/people/{person_id}/: is_active",
    "patch /api/v1/numerology/remedies/{remedy_id}/: is_active",
}
# A change of these is what a route is for.
OWN_TO_CHANGE = {"full_name", "password", "is_active", "session_epoch"}


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    generated: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)
    return generated


def documented(schema: dict[str, Any], route: str) -> dict[str, Any]:
    """What the document says of ``route``, whatever it calls the parts that vary; {} for what is not in it."""
    found: dict[str, Any] = schema["paths"].get("/" + re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", route), {})
    return found


def test_rule_40_no_body_has_a_field_that_is_not_its_sender_s_to_set(schema: dict[str, Any]) -> None:
    written = {
        f"{method} {path}: {name}"
        for path, method, operation in operations(schema)
        for name, told in fields(schema, operation.get("requestBody", {}))
        if name in POWERS and not told.get("readOnly")
    }
    assert written == APPLES | KEPT


def test_rule_40_serializers_list_their_fields() -> None:
    for app in ("accounts", "notifications", "payments", "numerology"):
        for path in (ROOT / app).rglob("*.py"):
            if "tests" not in path.parts and "migrations" not in path.parts:
                assert not re.search(r"""^\s+(exclude = |fields = ["']__all__)""", path.read_text(), re.MULTILINE), path


def planted(other: User) -> dict[str, Any]:
    """Each column that we have, with what a thief would write into it."""
    columns = {field.attname for model in apps.get_models() for field in model._meta.concrete_fields}
    return {
        **dict.fromkeys(columns | POWERS, True),
        **dict.fromkeys(("user", "user_id", "owner", "owner_id", "id", "pk", "recipient_id"), str(other.pk)),
        **dict.fromkeys(("plan", "subscription_plan"), "elite"),
        **dict.fromkeys(("plan_until", "email_verified_at", "phone_verified_at"), "2099-01-01T00:00:00Z"),
    }


def row_of(user: User) -> dict[str, Any]:
    return dict(User.objects.values().get(pk=user.pk))


@pytest.mark.parametrize(("route", "method"), WRITES)
def test_rule_40_planted_fields_give_nobody_power(
    route: str, method: str, schema: dict[str, Any], api: Api, bob: User, charlie: User
) -> None:
    body = planted(charlie) | example(documented(schema, route).get(method.lower(), {}))
    client = api(None)
    token = open_session(user=bob, has_second_factor=True).access_token
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
    path = belonging(route, bob)[0] if "<" in route else path_of(route)
    before, of_another = row_of(bob), row_of(charlie)
    answer: Any = client.generic(method, path, data=json.dumps(body), content_type="application/json")
    assert answer.status_code != 500
    after = row_of(bob)
    assert {name for name in before if before[name] != after[name]} <= OWN_TO_CHANGE
    assert row_of(charlie) == of_another
    assert not User.objects.exclude(is_staff=False, is_superuser=False).exists()
    assert not User.objects.exclude(pk=bob.pk).exclude(plan="free", plan_until=None).exists()


def test_rule_41_what_can_be_asked_for_is_a_list(schema: dict[str, Any]) -> None:
    asked = {
        parameter["name"]
        for _, _, operation in operations(schema)
        for parameter in operation.get("parameters", [])
        if parameter["in"] == "query"
    }
    assert asked == QUERY


@pytest.mark.parametrize("route", LISTS)
@pytest.mark.parametrize(
    "query",
    [
        {"ordering": "password", "sort": "-password", "order_by": "password"},
        {"user": "{other}", "user_id": "{other}", "recipient_id": "{other}", "owner": "{other}"},
        {"user__email__startswith": "a", "user__password__contains": "argon", "recipient__is_staff": "1"},
        {"expand": "user", "include": "user.sessions", "fields": "password", "search": "a"},
    ],
)
def test_rule_41_what_is_not_on_it_changes_nothing(
    route: str, query: dict[str, str], api: Api, alice: User, bob: User
) -> None:
    client = api(None if ROWS[route].is_open and route not in READ_THE_CALLER else bob)
    path = path_of(route)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        plain = client.get(path)
    assert len(queries) < 20
    spiced = client.get(path, {name: value.format(other=alice.pk) for name, value in query.items()})
    assert spiced.status_code == plain.status_code
    if plain.headers.get("Content-Type") == "application/json":
        assert said(spiced) == said(plain)


def said(answer: Any) -> str:
    return re.sub(r"[0-9T:.+-]{19,}Z?|\d+ s", "", answer.content.decode())


@pytest.mark.parametrize("size", [str(LARGEST_SIZE + 1), "1000000", "99999999999999999999"])
def test_rule_41_a_page_has_an_end(size: str, schema: dict[str, Any], api: Api, bob: User) -> None:
    client = api(bob)
    paged = [
        path
        for path, method, operation in operations(schema)
        if method == "get" and "page_size" in {each["name"] for each in operation.get("parameters", [])}
    ]
    assert len(paged) > 4
    for path in paged:
        with CaptureQueriesContext(connection) as queries:
            status = client.get(path, {"page_size": size}).status_code
        limits = [int(limit) for query in queries for limit in re.findall(r"LIMIT (\d+)", query["sql"])]
        assert status == 200 if len(size) < 10 else 400, path
        assert all(limit <= LARGEST_SIZE + 1 for limit in limits), path


# What is there for everybody, and says nothing of anybody.
PUBLIC_PAGES = ("api/schema/", "api/docs/", "healthz", "readyz", "api/v1/health/", ".well-known/security.txt")
KEPT_QUIET = ("SECRET_KEY", "STRIPE_SECRET_KEY", "REDIS_URL", "EMAIL_HOST", "STRIPE_API_BASE")


def secrets() -> list[str]:
    database = [str(settings.DATABASES["default"][name]) for name in ("NAME", "HOST")]
    listed = [*settings.JWT_SIGNING_KEYS, *settings.DATA_KEYS, *settings.STRIPE_WEBHOOK_SECRETS]
    versions = ["Django/", "gunicorn", "Python/", "PostgreSQL"]
    return [*(str(getattr(settings, name)) for name in KEPT_QUIET), *database, *listed, *versions]


@pytest.mark.django_db
@pytest.mark.parametrize("path", PUBLIC_PAGES)
def test_rule_42_what_is_open_to_all_tells_no_setting(path: str, client: Client) -> None:
    answer = client.get(f"/{path}")
    assert answer.status_code == 200
    told = answer.content.decode() + str(dict(answer.headers))
    assert not [secret for secret in secrets() if secret and secret in told]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path",
    [
        *("metrics", "debug", "__debug__/", "status", "server-status", ".env", ".git/config", "api/v1/debug/"),
        *("static/../numerai/settings/base.py", "media/pictures/..%2F..%2Fmanage.py", "api-auth/login/", "silk/"),
    ],
)
def test_rule_42_nothing_else_is_served(path: str, client: Client) -> None:
    assert client.get(f"/{path}").status_code == 404


@pytest.mark.django_db
def test_rule_42_the_admin_is_for_those_who_are_signed_in(client: Client) -> None:
    answer = client.get(f"/{settings.ADMIN_PATH}")
    assert answer.status_code == 302
    assert "/login/" in answer["Location"]
