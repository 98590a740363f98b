from datetime import timedelta

import pytest
import time_machine
from django.conf import settings as django_settings

from accounts.models import Session, SessionEnd, User
from accounts.sessions import open_session, rotate
from conftest import Api
from numerai.common import clock

URL = "/api/v1/auth/logout/"
ANSWER = {"message": "You are signed out."}


def test_it_ends_the_session_and_its_access_tokens(api: Api, bob: User) -> None:
    here, elsewhere = open_session(user=bob), open_session(user=bob)
    response = api(None).post(URL, {"refresh_token": here.refresh_token})
    assert (response.status_code, response.json()) == (200, ANSWER)
    for pair, status in ((here, 401), (elsewhere, 200)):
        client = api(None)
        client.credentials(HTTP_AUTHORIZATION=f"Bearer {pair.access_token}")
        assert client.get("/api/v1/users/profile/").status_code == status
        assert client.post("/api/v1/auth/refresh-token/", {"refresh": pair.refresh_token}).status_code == status
    assert Session.objects.get(revoked_at__isnull=False).revoke_reason == SessionEnd.LOGOUT


def test_an_access_token_that_has_run_out_does_not_matter(api: Api, bob: User) -> None:
    pair = open_session(user=bob)
    with time_machine.travel(clock.now() + django_settings.ACCESS_TOKEN_LIFETIME + timedelta(seconds=1), tick=False):
        client = api(None)
        client.credentials(HTTP_AUTHORIZATION=f"Bearer {pair.access_token}")
        assert client.post(URL, {"refresh_token": pair.refresh_token}).status_code == 200
    assert Session.objects.get().revoke_reason == SessionEnd.LOGOUT


def test_a_spent_token_of_the_session_does_too(api: Api, bob: User) -> None:
    spent = open_session(user=bob).refresh_token
    rotate(spent)
    api(None).post(URL, {"refresh_token": spent})
    assert Session.objects.get().revoke_reason == SessionEnd.LOGOUT


def test_what_means_nothing_changes_nothing(api: Api, bob: User) -> None:
    pair = open_session(user=bob)
    session_id, _, signature = pair.refresh_token.split(".")
    for token in ("garbage", f"{session_id}.x.{signature}", pair.access_token):
        response = api(None).post(URL, {"refresh_token": token})
        assert (response.status_code, response.json()) == (200, ANSWER)
    assert Session.objects.get().revoked_at is None


def test_signing_out_twice_keeps_the_first_end(api: Api, bob: User) -> None:
    pair = open_session(user=bob)
    api(None).post(URL, {"refresh_token": pair.refresh_token})
    before = Session.objects.values().get()
    assert api(None).post(URL, {"refresh_token": pair.refresh_token}).json() == ANSWER
    assert Session.objects.values().get() == before


@pytest.mark.django_db
@pytest.mark.parametrize(
    "body", [{}, {"refresh": "x"}, {"refresh_token": 5}, {"refresh_token": ""}, {"refresh_token": None}]
)
def test_bad_input_names_the_field(api: Api, body: dict[str, object]) -> None:
    response = api(None).post(URL, body)
    assert (response.status_code, response.json()["errors"][0]["field"]) == (400, "refresh_token")
