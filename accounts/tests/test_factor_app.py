"""Authenticator apps: set up, used once a code, removed."""

import base64
from datetime import timedelta
from urllib.parse import parse_qs, unquote, urlsplit
from xml.etree import ElementTree

import pytest
import time_machine
from pytest_django import Settings

from accounts.factors.errors import FactorExists, SecondFactorInvalid
from accounts.factors.ways import totp
from accounts.models import AuthenticatorApp, EventKind, RecoveryCode, SecurityEvent, Session, SessionEnd, User
from accounts.sessions import RefreshTokenInvalid, open_session, rotate
from accounts.tests.conftest import Post
from accounts.tests.factoring import APP, CONFIRM, FACTORS, App, signed_in, with_app, with_passkey
from conftest import Api
from numerai.common import clock
from numerai.common.sealing import unseal

# RFC 6238, appendix B, SHA-1: the last six of its eight digits.
RFC_SECRET = base64.b32encode(b"12345678901234567890").decode()
RFC_CODES = {59: "287082", 1111111109: "081804", 1234567890: "005924", 2000000000: "279037", 20000000000: "353130"}


@pytest.mark.parametrize(("second", "code"), RFC_CODES.items())
def test_codes_are_those_of_the_standard(second: int, code: str) -> None:
    assert totp.code_at(RFC_SECRET, second // totp.STEP_SECONDS) == code


def test_setting_up_shows_what_an_app_needs(bob: User) -> None:
    shown = signed_in(bob).post(APP)
    assert shown.status_code == 200
    uri = urlsplit(shown.json()["otpauth_uri"])
    assert (uri.scheme, uri.netloc, unquote(uri.path)) == ("otpauth", "totp", "/NumerAI:bob@example.com")
    assert parse_qs(uri.query) == {"secret": [shown.json()["secret"]], "issuer": ["NumerAI"]}
    assert len(base64.b32decode(shown.json()["secret"])) == 20
    assert ElementTree.fromstring(shown.json()["qr_svg"]).tag.endswith("svg")  # noqa: S314 - made by us
    assert signed_in(bob).get(FACTORS).json() == {"totp": None, "passkeys": [], "recovery_codes_left": 0}


def test_the_secret_is_sealed(bob: User) -> None:
    secret = signed_in(bob).post(APP).json()["secret"]
    kept = bytes(AuthenticatorApp.objects.get().secret)
    assert secret.encode() not in kept
    assert base64.b32decode(secret) not in kept
    assert unseal(kept) == secret


def test_a_first_code_makes_it_a_factor(bob: User, post: Post) -> None:
    other = open_session(user=bob)
    client = signed_in(bob)
    app = App(client.post(APP).json()["secret"])
    answer = client.post(CONFIRM, {"code": f"{app.shows()[:3]} {app.shows()[3:]}"})
    assert answer.status_code == 200
    assert len(set(answer.json()["recovery_codes"])) == 10
    assert set(Session.objects.filter(revoked_at__isnull=False).values_list("revoke_reason", flat=True)) == {
        SessionEnd.FACTOR_CHANGE
    }
    assert client.get(FACTORS).status_code == 401
    with pytest.raises(RefreshTokenInvalid):
        rotate(other.refresh_token)
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {answer.json()['access_token']}")
    listed = client.get(FACTORS).json()
    assert listed["totp"]["added_at"]
    assert listed["recovery_codes_left"] == 10
    live = Session.objects.get(revoked_at__isnull=True)
    assert live.has_second_factor
    assert SecurityEvent.objects.get(kind=EventKind.FACTOR_ADDED).details == {"factor": "totp"}
    assert "authenticator app" in post()[0].text
    with pytest.raises(SecondFactorInvalid):
        totp.spend(bob, app.shows())


@pytest.mark.parametrize("steps", [-5, 5])
def test_a_wrong_first_code_changes_nothing(bob: User, steps: int) -> None:
    client = signed_in(bob)
    app = App(client.post(APP).json()["secret"])
    answer = client.post(CONFIRM, {"code": app.shows(steps)})
    assert (answer.status_code, answer.json()["code"]) == (400, "second_factor_invalid")
    assert AuthenticatorApp.objects.get().confirmed_at is None
    assert not RecoveryCode.objects.exists()
    assert client.get(FACTORS).json()["totp"] is None
    assert SecurityEvent.objects.get(kind=EventKind.FACTOR_FAILED).details == {
        "factor": "totp",
        "reason": "wrong_or_spent",
    }


@pytest.mark.parametrize("given", [{}, {"code": "12345"}, {"code": "abcdef"}, {"code": "١٢٣٤٥٦"}, {"code": 123456.5}])
def test_a_code_is_six_digits(bob: User, given: dict[str, object]) -> None:
    answer = signed_in(bob).post(CONFIRM, given)
    assert (answer.status_code, answer.json()["code"]) == (400, "validation_error")


def test_nothing_is_confirmed_that_was_not_begun_lately(bob: User) -> None:
    with pytest.raises(SecondFactorInvalid):
        totp.confirm(bob, "123456")
    app = App(totp.enrol(bob).secret)
    with time_machine.travel(clock.now() + totp.TIME_TO_CONFIRM + timedelta(seconds=1)):
        assert totp.begun_by(bob) is None
        with pytest.raises(SecondFactorInvalid):
            totp.confirm(bob, app.shows())


def test_beginning_again_forgets_the_secret_before(bob: User) -> None:
    first, second = App(totp.enrol(bob).secret), App(totp.enrol(bob).secret)
    begun = totp.begun_by(bob)
    assert begun is not None
    assert begun.secret == second.secret
    with pytest.raises(SecondFactorInvalid):
        totp.confirm(bob, first.shows())
    totp.confirm(bob, second.shows())
    with pytest.raises(SecondFactorInvalid):
        totp.confirm(bob, second.shows(1))
    with pytest.raises(FactorExists):
        totp.enrol(bob)
    assert signed_in(bob).post(APP).status_code == 409


def test_rule_11_a_code_works_once_and_those_before_it_no_longer(bob: User) -> None:
    app = with_app(bob)
    totp.spend(bob, app.shows())
    for steps in (0, -1):
        with pytest.raises(SecondFactorInvalid):
            totp.spend(bob, app.shows(steps))
    totp.spend(bob, app.shows(1))
    bob.authenticator_app.refresh_from_db()
    assert bob.authenticator_app.last_step == totp.step_now() + 1


def test_rule_11_a_spent_code_stays_spent_for_as_long_as_it_would_fit(bob: User) -> None:
    now = clock.now()
    with time_machine.travel(now) as time:
        app = with_app(bob)
        code = app.shows(1)
        totp.spend(bob, code)
        for _ in range(2):
            time.shift(totp.STEP_SECONDS)
            with pytest.raises(SecondFactorInvalid):
                totp.spend(bob, code)


@pytest.mark.parametrize(("steps", "is_right"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_phone_may_be_one_step_off(bob: User, steps: int, is_right: bool) -> None:
    now = clock.now().replace(second=15, microsecond=0)
    with time_machine.travel(now, tick=False):
        app = with_app(bob)
        AuthenticatorApp.objects.update(last_step=0)
        if is_right:
            totp.spend(bob, app.shows(steps))
        else:
            with pytest.raises(SecondFactorInvalid):
                totp.spend(bob, app.shows(steps))


def test_who_has_no_app_has_no_code(bob: User) -> None:
    with pytest.raises(SecondFactorInvalid):
        totp.spend(bob, "123456")
    app = App(totp.enrol(bob).secret)
    with pytest.raises(SecondFactorInvalid):
        totp.spend(bob, app.shows())


def test_a_secret_that_no_key_opens_accepts_nothing(bob: User, settings: Settings) -> None:
    app = with_app(bob)
    AuthenticatorApp.objects.update(last_step=0)
    settings.DATA_KEYS = [base64.urlsafe_b64encode(b"another key, of thirty-two bytes").decode()]
    with pytest.raises(SecondFactorInvalid):
        totp.spend(bob, app.shows())
    AuthenticatorApp.objects.update(confirmed_at=None, last_used_at=None)
    assert totp.begun_by(bob) is None


def test_removing_the_last_factor_takes_the_recovery_codes_along(bob: User, post: Post) -> None:
    client = signed_in(bob)
    app = App(client.post(APP).json()["secret"])
    tokens = client.post(CONFIRM, {"code": app.shows()}).json()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {tokens['access_token']}")
    answer = client.delete(APP)
    assert answer.status_code == 200
    assert answer.json()["recovery_codes"] == []
    assert not AuthenticatorApp.objects.exists()
    assert not RecoveryCode.objects.exists()
    assert SecurityEvent.objects.get(kind=EventKind.FACTOR_REMOVED).details == {"factor": "totp", "was_last": True}
    assert "It was the last one" in post()[0].text
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {answer.json()['access_token']}")
    assert client.get(FACTORS).status_code == 200
    assert not Session.objects.get(revoked_at__isnull=True).has_second_factor


def test_rule_11_recovery_codes_stay_while_another_factor_does(bob: User, post: Post) -> None:
    with_passkey(bob)
    with_app(bob)
    assert signed_in(bob).delete(APP).status_code == 200
    assert RecoveryCode.objects.filter(user=bob).count() == 10
    assert "The others go on working" in post()[0].text


def test_there_must_be_one_to_remove(bob: User) -> None:
    client = signed_in(bob)
    client.post(APP)
    assert client.delete(APP).status_code == 404
    assert AuthenticatorApp.objects.count() == 1
    assert client.get(FACTORS).status_code == 200


@pytest.mark.parametrize(("method", "path"), [("get", FACTORS), ("post", APP), ("delete", APP), ("post", CONFIRM)])
def test_strangers_are_not_signed_in(api: Api, method: str, path: str) -> None:
    assert getattr(api(None), method)(path).status_code == 401
