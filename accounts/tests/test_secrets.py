"""Error reporters print the variables of a stack: no object of ours may show a secret there."""

import logging
import re
from datetime import date

import pytest
from django.urls import get_resolver

from accounts.login.services import SignedIn
from accounts.models import User
from accounts.registration.services import SignUp
from accounts.sessions import open_session
from conftest import PASSWORD, Api
from numerai.tests.test_permissions import routes

PROFILE = "/api/v1/users/profile/"
OPEN = ("login", "refresh-token", "logout", "verify-otp")


def test_a_sign_up_shows_nothing_of_the_person() -> None:
    sign_up = SignUp("dora@example.com", PASSWORD, "Dora Diaz", "+14155552671", date(1990, 2, 28), location="Lyon")
    for shown in (repr(sign_up), str(sign_up), f"{[sign_up]}"):
        assert not [word for word in (PASSWORD, "dora", "Dora", "415", "1990", "Lyon") if word in shown]


def test_tokens_do_not_show_themselves(bob: User) -> None:
    tokens = open_session(user=bob)
    for shown in (repr(tokens), str(tokens), repr(SignedIn(bob, tokens)), f"{[tokens]}"):
        assert tokens.access_token not in shown
        assert tokens.refresh_token not in shown


def test_rule_23_no_answer_and_no_line_of_the_log_repeats_a_token(
    api: Api, bob: User, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    pair = open_session(user=bob)
    tokens = [pair.access_token, pair.refresh_token]
    answers = []
    for token in tokens:
        headers = ({"Authorization": f"{scheme} {token}x"} for scheme in ("Bearer", "Basic", "Token"))
        answers += [api(None).get(PROFILE, headers=one) for one in headers]
        answers.append(api(None).get(PROFILE, {"access_token": token, "token": token}))
        answers.append(api(None).get(f"/api/v1/auth/sessions/{token}/"))
        for name in ("refresh", "refresh_token", "password", "email", "otp", token):
            answers += [api(None).post(f"/api/v1/auth/{door}/", {name: token + "x"}) for door in OPEN]
        answers.append(api(None).post("/api/v1/auth/login/", token, content_type="text/plain"))
        answers.append(api(None).generic("POST", "/api/v1/auth/login/", f'{{"{token}', content_type="application/json"))
    assert caplog.records
    assert {answer.status_code for answer in answers} <= {200, 400, 401, 404, 415, 429}
    said = caplog.text + "".join(f"{answer.content!r} {answer.headers}" for answer in answers)
    assert [part for token in tokens for part in [token, *token.split(".")[1:]] if part in said] == []
    assert api(None).get(PROFILE, {"access_token": pair.access_token}).status_code == 401


def test_rule_23_no_address_of_ours_takes_a_token_in_its_path() -> None:
    named = [name for route in routes(get_resolver().url_patterns) for name in re.findall(r"<(?:\w+:)?(\w+)>", route)]
    assert named
    assert [name for name in named if re.search("token|secret|otp|code|key", name)] == []
