"""Signing in with a second factor, whichever way the first step went."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from pytest_django import Settings
from rest_framework.test import APIClient

from accounts.factors import challenges, proofs
from accounts.login.door import SecondFactorRequired
from accounts.login.services import enter
from accounts.models import (
    MAX_CHALLENGE_TRIES,
    ChallengePurpose,
    EventKind,
    FactorChallenge,
    RecoveryCode,
    SecurityEvent,
    Session,
    SignInMethod,
    User,
)
from accounts.sessions import Device, RefreshTokenInvalid, open_session, rotate
from accounts.tasks import purge_ended
from accounts.tests.conftest import Post
from accounts.tests.factoring import LOGIN, SECOND, first_step, with_app, with_codes, with_passkey
from conftest import PASSWORD, Api
from numerai.common import clock

NEW_PASSWORD = "a sentence for the new one"


def test_a_password_alone_is_not_enough(api: Api, bob: User) -> None:
    with_app(bob)
    with_codes(bob)
    answer = first_step(api(None), bob)
    assert answer["factors"] == ["totp", "recovery_code"]
    assert "passkey" not in answer
    assert "access_token" not in answer
    assert not Session.objects.exists()
    assert not SecurityEvent.objects.filter(kind__in=[EventKind.SIGN_IN, EventKind.SIGN_IN_FAILED]).exists()


def test_a_wrong_password_does_not_tell_of_the_factor(api: Api, bob: User) -> None:
    with_app(bob)
    answer = api(None).post(LOGIN, {"email": bob.email, "password": "not the right one"})
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_credentials")
    assert not FactorChallenge.objects.exists()


def test_a_code_of_the_app_finishes_it(api: Api, bob: User) -> None:
    app = with_app(bob)
    answer = api(None).post(SECOND, {"challenge": first_step(api(None), bob)["challenge"], "code": app.shows()})
    assert answer.status_code == 200
    assert set(answer.json()) == {"access_token", "refresh_token", "user"}
    assert answer.json()["user"]["email"] == bob.email
    session = Session.objects.get()
    assert (session.method, session.has_second_factor) == (SignInMethod.PASSWORD, True)
    assert rotate(answer.json()["refresh_token"]).access_token


def test_a_recovery_code_finishes_it_and_the_person_is_told(api: Api, bob: User, post: Post) -> None:
    with_app(bob)
    code = with_codes(bob)[3]
    token = first_step(api(None), bob)["challenge"]
    assert api(None).post(SECOND, {"challenge": token, "recovery_code": code}).status_code == 200
    assert RecoveryCode.objects.filter(used_at__isnull=False).count() == 1
    assert SecurityEvent.objects.get(kind=EventKind.RECOVERY_CODE_USED).details == {"left": 9}
    assert "You have 9 left" in post()[0].text


def test_a_passkey_finishes_it(api: Api, bob: User) -> None:
    key = with_passkey(bob, verifies=False)
    Session.objects.all().delete()
    asked = first_step(api(None), bob)
    assert asked["factors"] == ["recovery_code", "passkey"]
    answer = api(None).post(SECOND, {"challenge": asked["challenge"], "passkey": key.get(asked["passkey"])})
    assert answer.status_code == 200
    assert Session.objects.get().has_second_factor


def test_the_passkey_of_somebody_else_does_not(api: Api, bob: User, alice: User) -> None:
    with_passkey(bob)
    key = with_passkey(alice)
    asked = first_step(api(None), bob)
    key.user_handle = None
    answer = api(None).post(SECOND, {"challenge": asked["challenge"], "passkey": key.get(asked["passkey"])})
    assert (answer.status_code, answer.json()["code"]) == (400, "passkey_invalid")
    assert Session.objects.filter(user=bob, revoked_at__isnull=True).count() == 1


@pytest.mark.parametrize("method", list(SignInMethod))
def test_every_way_of_signing_in_asks_for_it(bob: User, method: SignInMethod) -> None:
    with_app(bob)
    with pytest.raises(SecondFactorRequired) as refused:
        enter(user=bob, method=method, device=Device("Browser"))
    assert refused.value.extra["factors"] == ["totp"]
    assert FactorChallenge.objects.get().method == method
    assert not Session.objects.exists()


def test_a_session_from_before_the_factor_is_not_prolonged(bob: User) -> None:
    tokens = open_session(user=bob)
    with_app(bob)
    with pytest.raises(RefreshTokenInvalid):
        rotate(tokens.refresh_token)
    assert not FactorChallenge.objects.exists()


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"challenge": "x"},
        {"challenge": "x", "code": ""},
        {"challenge": "x", "code": "123456", "recovery_code": "k3vq-m7ta-2xwd-p5hn"},
        {"challenge": "x", "passkey": "no object"},
        {"challenge": "x" * 65, "code": "123456"},
        {"challenge": ["x"], "code": "123456"},
        {"challenge": "x", "code": "12345"},
    ],
)
def test_one_proof_is_given(api: Api, db: None, given: dict[str, Any]) -> None:
    answer = api(None).post(SECOND, given)
    assert (answer.status_code, answer.json()["code"]) == (400, "validation_error")


def test_a_challenge_is_answered_once(api: Api, bob: User) -> None:
    app = with_app(bob)
    token = first_step(api(None), bob)["challenge"]
    assert api(None).post(SECOND, {"challenge": token, "code": app.shows()}).status_code == 200
    answer = api(None).post(SECOND, {"challenge": token, "code": app.shows(1)})
    assert (answer.status_code, answer.json()["code"]) == (400, "challenge_invalid")
    assert Session.objects.count() == 1


def test_a_refused_answer_spends_nothing(api: Api, bob: User) -> None:
    app = with_app(bob)
    token = first_step(api(None), bob)["challenge"]
    answer = api(None).post(SECOND, {"challenge": token, "code": app.shows(4)})
    assert (answer.status_code, answer.json()["code"]) == (400, "second_factor_invalid")
    assert FactorChallenge.objects.get().used_at is None
    assert not Session.objects.exists()
    assert SecurityEvent.objects.get(kind=EventKind.FACTOR_FAILED).details["factor"] == "totp"
    assert api(None).post(SECOND, {"challenge": token, "code": app.shows()}).status_code == 200


def test_a_challenge_bears_five_tries(api: Api, bob: User) -> None:
    app = with_app(bob)
    token = first_step(api(None), bob)["challenge"]
    for _ in range(MAX_CHALLENGE_TRIES):
        assert api(None).post(SECOND, {"challenge": token, "code": app.shows(4)}).status_code == 400
    answer = api(None).post(SECOND, {"challenge": token, "code": app.shows()})
    assert (answer.status_code, answer.json()["code"]) == (400, "challenge_invalid")
    assert not Session.objects.exists()


def test_a_challenge_lasts_five_minutes(api: Api, bob: User) -> None:
    app = with_app(bob)
    with time_machine.travel(clock.now()) as time:
        token = first_step(api(None), bob)["challenge"]
        time.shift(challenges.LIFETIME + timedelta(seconds=1))
        answer = api(None).post(SECOND, {"challenge": token, "code": app.shows()})
    assert answer.json()["code"] == "challenge_invalid"


def test_a_challenge_stays_on_its_device(api: Api, bob: User) -> None:
    app = with_app(bob)
    token = first_step(api(None), bob)["challenge"]
    body = {"challenge": token, "code": app.shows()}
    answer = api(None).post(SECOND, body, headers={"User-Agent": "Another browser"})
    assert answer.json()["code"] == "challenge_invalid"
    assert not Session.objects.exists()


def test_a_challenge_dies_with_the_password(api: Api, bob: User) -> None:
    app = with_app(bob)
    token = first_step(api(None), bob)["challenge"]
    bob.set_password(NEW_PASSWORD)
    bob.save()
    assert api(None).post(SECOND, {"challenge": token, "code": app.shows()}).json()["code"] == "challenge_invalid"


def test_a_challenge_of_another_purpose_does_not_sign_in(api: Api, bob: User) -> None:
    app = with_app(bob)
    token = challenges.issue(ChallengePurpose.FACTOR_PROOF, device=Device(), user=bob)
    assert api(None).post(SECOND, {"challenge": token, "code": app.shows()}).json()["code"] == "challenge_invalid"


def test_who_is_closed_out_meanwhile_stays_out(api: Api, bob: User) -> None:
    app = with_app(bob)
    token = first_step(api(None), bob)["challenge"]
    User.objects.filter(id=bob.pk).update(is_active=False)
    answer = api(None).post(SECOND, {"challenge": token, "code": app.shows()})
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_credentials")
    assert not Session.objects.exists()


def test_rule_08_a_reset_password_does_not_pass_the_second_factor(api: Api, bob: User) -> None:
    with_app(bob)
    bob.set_password(NEW_PASSWORD)
    bob.save()
    answer = api(None).post(LOGIN, {"email": bob.email, "password": NEW_PASSWORD})
    assert (answer.status_code, answer.json()["code"]) == (403, "second_factor_required")
    assert not Session.objects.exists()


def test_the_token_is_kept_by_hash(api: Api, bob: User) -> None:
    with_app(bob)
    token = first_step(api(None), bob)["challenge"]
    kept = FactorChallenge.objects.get()
    assert token.encode() not in bytes(kept.token_hash) + bytes(kept.bound_to)


def test_guesses_from_a_network_are_limited(api: Api, bob: User, settings: Settings) -> None:
    app = with_app(bob)
    settings.RATE_LIMIT_ENABLED = True
    client, answers = api(None), []
    device = Device()
    for _ in range(proofs.OF_ACCOUNT.times + 1):
        token = challenges.issue(ChallengePurpose.SECOND_FACTOR, device=device, user=bob, method=SignInMethod.PASSWORD)
        answers.append(client.post(SECOND, {"challenge": token, "code": app.shows(4)}).status_code)
    assert answers == [400] * proofs.OF_ACCOUNT.times + [429]
    token = challenges.issue(ChallengePurpose.SECOND_FACTOR, device=device, user=bob, method=SignInMethod.PASSWORD)
    elsewhere = APIClient(REMOTE_ADDR="203.0.113.9").post(
        SECOND, {"challenge": token, "code": app.shows()}, format="json"
    )
    assert elsewhere.status_code == 200


def test_digits_from_anywhere_are_limited_and_recovery_codes_are_not(bob: User, settings: Settings) -> None:
    app, codes = with_app(bob), with_codes(bob)
    settings.RATE_LIMIT_ENABLED = True

    def answer(number: int, **proof: str) -> int:
        token = challenges.issue(
            ChallengePurpose.SECOND_FACTOR, device=Device(), user=bob, method=SignInMethod.PASSWORD
        )
        client = APIClient(REMOTE_ADDR=f"203.0.113.{number}")
        return int(client.post(SECOND, {"challenge": token, **proof}, format="json").status_code)

    for number in range(proofs.DIGITS_FROM_ANYWHERE.times):
        assert answer(number, code=app.shows(4)) == 400
    assert answer(200, code=app.shows()) == 429
    assert answer(200, recovery_code=codes[0]) == 200


def test_what_is_over_is_purged(bob: User) -> None:
    challenges.issue(ChallengePurpose.FACTOR_PROOF, device=Device(), user=bob)
    purge_ended()
    assert FactorChallenge.objects.count() == 1
    with time_machine.travel(clock.now() + timedelta(days=2)):
        purge_ended()
    assert not FactorChallenge.objects.exists()


def test_the_second_step_costs_so_many_queries(api: Api, bob: User, django_assert_max_num_queries: Any) -> None:
    app = with_app(bob)
    token = first_step(api(None), bob)["challenge"]
    with django_assert_max_num_queries(20):
        assert api(None).post(SECOND, {"challenge": token, "code": app.shows()}).status_code == 200


def test_no_cookie_is_set(bob: User) -> None:
    with_app(bob)
    answer = Client().post(LOGIN, {"email": bob.email, "password": PASSWORD}, content_type="application/json")
    assert answer.status_code == 403
    assert not answer.cookies
