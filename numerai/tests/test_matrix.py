"""Every route, tried by everybody: strangers, operators and those whose time is over get nothing, owners get theirs."""

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.contrib import admin
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.sessions import open_session
from conftest import Api
from numerai.common import clock
from numerai.tests.belongings import BELONGINGS, BY_ROUTE, content_of
from numerai.tests.test_permissions import ROWS, path_of

CLOSED = sorted(route for route, access in ROWS.items() if not access.is_open)
OPEN = sorted(route for route, access in ROWS.items() if access.is_open)
# The name of a picture is the key to it.
WITH_IDS = sorted(route for route in ROWS if "<" in route and not ROWS[route].is_open)
# They show signed-in people what is theirs, so a token that is sent has to be good.
READ_THE_CALLER = {"api/v1/payments/plans/", "api/v1/payments/products/"}
# Their owners' success needs a Stripe that answers, which payments' own tests have.
ASK_STRIPE = {
    "api/v1/payments/checkout-status/<path:session_id>/",
    "api/v1/payments/payment-methods/<str:payment_method_id>/",
    "api/v1/payments/payment-methods/<str:payment_method_id>/default/",
    "api/v1/payments/status/<path:payment_intent_id>/",
}
NAME = re.compile(r"<(?:\w+:)?(\w+)>")


def send(client: Any, route: str, method: str, path: str | None = None) -> HttpResponse:
    answer: HttpResponse = client.generic(method, path or path_of(route), data="{}", content_type="application/json")
    return answer


def belonging(route: str, owner: User) -> tuple[str, Any]:
    """The path to something of ``owner``, and its row."""
    (name,) = NAME.findall(route)
    found, row = (BY_ROUTE.get(route) or BELONGINGS[name])(owner)
    return "/" + NAME.sub(lambda _: found, route), row


def without_request_id(answer: Any) -> dict[str, Any]:
    return {name: value for name, value in answer.json().items() if name != "request_id"}


def test_every_id_in_a_path_has_something_behind_it() -> None:
    assert {name for route in WITH_IDS for name in NAME.findall(route)} == set(BELONGINGS)


@pytest.mark.parametrize("route", CLOSED)
def test_rule_36_a_token_that_has_run_out_opens_nothing(route: str, api: Api, bob: User) -> None:
    client = api(bob)
    with time_machine.travel(clock.now() + settings.ACCESS_TOKEN_LIFETIME + timedelta(seconds=5), tick=False):
        for method in ROWS[route].methods:
            assert send(client, route, method).status_code == 401, method


@pytest.mark.parametrize("route", CLOSED)
def test_rule_36_a_closed_account_opens_nothing(route: str, api: Api, bob: User) -> None:
    client = api(bob)
    User.objects.filter(pk=bob.pk).update(is_active=False)
    for method in ROWS[route].methods:
        answer = send(client, route, method)
        assert (answer.status_code, answer.json()["code"]) == (401, "not_authenticated"), method  # type: ignore[attr-defined]


@pytest.mark.django_db
@pytest.mark.parametrize("route", sorted(set(OPEN) - READ_THE_CALLER))
def test_rule_36_an_open_route_does_not_mind_a_token_that_has_run_out(route: str, api: Api, bob: User) -> None:
    client = api(bob)
    User.objects.filter(pk=bob.pk).update(is_active=False)
    for method in ROWS[route].methods:
        assert send(client, route, method).status_code not in {401, 403}, method


@pytest.mark.parametrize("powers", ["a stranger", "staff without permissions", "an operator"])
@pytest.mark.parametrize("route", WITH_IDS)
def test_rule_37_what_is_another_s_is_as_if_it_were_not(
    route: str, powers: str, api: Api, alice: User, bob: User
) -> None:
    bob.is_staff, bob.is_superuser = powers != "a stranger", powers == "an operator"
    bob.save()
    path, row = belonging(route, alice)
    before = content_of(row)
    for method in ROWS[route].methods:
        answer, of_nothing = send(api(bob), route, method, path), send(api(bob), route, method)
        assert answer.status_code == 404, method
        assert without_request_id(answer) == without_request_id(of_nothing)
    assert content_of(row) == before


@pytest.mark.parametrize(
    ("route", "method"),
    [(route, method) for route in WITH_IDS if route not in ASK_STRIPE for method in ROWS[route].methods],
)
def test_rule_37_what_is_one_s_own_is_there(route: str, method: str, api: Api, alice: User) -> None:
    client = api(None)
    # Whoever has a passkey must have shown it for some of these.
    token = open_session(user=alice, has_second_factor=True).access_token
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
    path, _ = belonging(route, alice)
    assert send(client, route, method, path).status_code not in {401, 403, 404, 500}


@pytest.mark.parametrize("model", admin.site._registry, ids=str)
def test_rule_36_staff_without_permissions_see_no_list(model: Any, client: Client, bob: User) -> None:
    bob.is_staff = True
    bob.save()
    client.force_login(bob)
    url = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
    assert client.get(url).status_code == 403


def test_rule_37_an_id_in_a_body_is_tried_too(api: Api, alice: User, bob: User) -> None:
    _, row = BELONGINGS["public_id"](alice)
    before = content_of(row)
    answer = api(bob).post("/api/v1/notifications/read-all/", {"up_to_id": str(row.public_id)})  # type: ignore[union-attr]
    assert answer.status_code == 404
    assert content_of(row) == before


def test_rule_37_another_s_refresh_token_ends_only_their_own_session(api: Api, alice: User, bob: User) -> None:
    pair = open_session(user=alice)
    bobs = api(bob)
    assert bobs.post("/api/v1/auth/logout/", {"refresh_token": pair.refresh_token}).status_code == 200
    assert bobs.get("/api/v1/users/profile/").status_code == 200
