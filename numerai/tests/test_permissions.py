"""One row for every route says who may call it; a route without a row fails, so does a row without a route."""

import importlib
from collections.abc import Iterator
from uuid import uuid4

import pytest
from django.conf import settings
from django.urls import URLPattern, URLResolver, get_resolver

from accounts.models import User
from conftest import Api
from numerai.tests.access import Access

TABLES = (
    "numerai.tests.permission_rows",
    "accounts.tests.permission_rows",
    "payments.tests.permission_rows",
    "notifications.tests.permission_rows",
    "numerology.tests.permission_rows",
)
# Ids that are none of ours have a form of their own.
FOREIGN_IDS = {"payment_method_id": "pm_nobodys"}
ROWS: dict[str, Access] = {
    route: access for table in TABLES for route, access in importlib.import_module(table).ROWS.items()
}


def routes(patterns: list[URLPattern | URLResolver], prefix: str = "") -> Iterator[str]:
    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        if route.startswith(settings.ADMIN_PATH):
            continue
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, route)
        else:
            yield route


def path_of(route: str) -> str:
    filled = route
    while "<" in filled:
        start, end = filled.index("<"), filled.index(">")
        name = filled[start + 1 : end].rpartition(":")[2]
        filled = filled[:start] + FOREIGN_IDS.get(name, str(uuid4())) + filled[end + 1 :]
    return f"/{filled}"


def test_every_route_has_a_row_and_every_row_a_route() -> None:
    assert set(routes(get_resolver().url_patterns)) == set(ROWS)


@pytest.mark.django_db
@pytest.mark.parametrize("route", sorted(ROWS))
def test_only_open_routes_answer_anonymous_callers(route: str, api: Api) -> None:
    for method in ROWS[route].methods:
        response = api(None).generic(method, path_of(route), data="{}", content_type="application/json")
        if ROWS[route].is_open:
            assert response.status_code not in {401, 403}, method
        else:
            assert response.status_code == 401, method
            assert response.json()["code"] == "not_authenticated"


@pytest.mark.parametrize("route", sorted(ROWS))
def test_only_listed_methods_are_served(route: str, api: Api, bob: User) -> None:
    others = {"GET", "POST", "PUT", "PATCH", "DELETE"} - set(ROWS[route].methods)
    for method in others:
        response = api(bob).generic(method, path_of(route), data="{}", content_type="application/json")
        assert response.status_code == 405, method


@pytest.mark.parametrize("route", sorted(route for route in ROWS if "<" in route))
def test_an_object_that_is_not_yours_is_a_404(route: str, api: Api, bob: User) -> None:
    for method in ROWS[route].methods:
        response = api(bob).generic(method, path_of(route), data="{}", content_type="application/json")
        assert response.status_code == 404, method
        assert response.json()["code"] == "not_found"
