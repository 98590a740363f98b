"""Recovery codes: ten, once each, kept as hashes, gone with the last factor. And the proof that changes ask for."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test import RequestFactory
from rest_framework.request import Request
from rest_framework.test import APIClient

from accounts.authentication import Access
from accounts.factors import services
from accounts.factors.errors import SecondFactorInvalid
from accounts.factors.proofs import Proof
from accounts.factors.ways import recovery
from accounts.models import EventKind, FactorChallenge, RecoveryCode, SecurityEvent, Session, SessionEnd, User
from accounts.sessions import end_all_sessions
from accounts.tests.conftest import Post
from accounts.tests.factoring import (
    APP,
    CODES,
    CONFIRM,
    PASSKEY_OPTIONS,
    PASSKEYS,
    PROVE,
    signed_in,
    with_app,
    with_codes,
    with_passkey,
)
from numerai.common import clock
from numerai.common.errors import NotAuthenticated

CHANGES = [("post", APP), ("delete", APP), ("post", CODES), ("post", PASSKEY_OPTIONS)]
BODIES = {CONFIRM: {"code": "123456"}, PASSKEYS: {"name": "Phone", "passkey": {"id": "x"}}}


def test_rule_11_recovery_codes_are_kept_as_hashes(bob: User) -> None:
    codes = with_codes(bob)
    assert len(set(codes)) == 10
    assert all(re.fullmatch(r"([a-z2-7]{4}-){3}[a-z2-7]{4}", code) for code in codes)
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(t)::text FROM accounts_recoverycode t")
        kept = " ".join(row[0] for row in cursor.fetchall())
    assert not [code for code in codes if code in kept or code.replace("-", "").encode().hex() in kept]


def test_rule_11_a_recovery_code_works_once(bob: User, alice: User) -> None:
    codes = with_codes(bob)
    with pytest.raises(SecondFactorInvalid):
        recovery.spend(alice, codes[0])
    recovery.spend(bob, f" {codes[0].upper().replace('-', ' ')} ")
    assert recovery.left(bob.pk) == 9
    with pytest.raises(SecondFactorInvalid):
        recovery.spend(bob, codes[0])
    recovery.spend(bob, codes[1])


def test_new_codes_replace_those_before(bob: User, post: Post) -> None:
    with_app(bob)
    old = with_codes(bob)
    client = signed_in(bob)
    answer = client.post(CODES)
    assert answer.status_code == 200
    new = answer.json()["recovery_codes"]
    assert not set(new) & set(old)
    with pytest.raises(SecondFactorInvalid):
        recovery.spend(bob, old[0])
    recovery.spend(bob, new[0])
    assert SecurityEvent.objects.get(kind=EventKind.RECOVERY_CODES_MADE).details == {"codes": 10}
    assert post()[0].subject == "You have new recovery codes"
    assert client.get(APP).status_code == 401
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {answer.json()['access_token']}")
    assert client.get("/api/v1/auth/factors/").json()["recovery_codes_left"] == 9


def test_codes_come_with_a_factor_only(bob: User) -> None:
    answer = signed_in(bob, has_second_factor=False).post(CODES)
    assert (answer.status_code, answer.json()["code"]) == (409, "no_second_factor")
    assert not RecoveryCode.objects.exists()


@pytest.mark.parametrize(("method", "path"), [*CHANGES, ("post", CONFIRM), ("post", PASSKEYS)])
def test_a_change_asks_for_fresh_proof(bob: User, method: str, path: str) -> None:
    client = signed_in(bob, has_second_factor=False)
    with time_machine.travel(clock.now()):
        Session.objects.update(proved_at=clock.now() - timedelta(minutes=16))
        answer = getattr(client, method)(path, BODIES.get(path, {}))
    assert (answer.status_code, answer.json()["code"]) == (403, "fresh_login_required")


@pytest.mark.parametrize(("method", "path"), [*CHANGES, ("post", CONFIRM), ("post", PASSKEYS)])
def test_a_change_asks_for_the_factor_that_is_there(bob: User, method: str, path: str) -> None:
    with_app(bob)
    client = signed_in(bob)
    Session.objects.update(factor_proved_at=clock.now() - timedelta(minutes=16))
    answer = getattr(client, method)(path, BODIES.get(path, {}))
    assert (answer.status_code, answer.json()["code"]) == (403, "factor_proof_required")
    assert answer.json()["factors"] == ["totp"]
    assert Session.objects.filter(revoked_at__isnull=True).count() == 1


def asked(client: APIClient) -> str:
    Session.objects.update(factor_proved_at=None)
    return str(client.post(CODES).json()["challenge"])


def test_the_factor_is_proved_in_the_session(bob: User) -> None:
    app = with_app(bob)
    client = signed_in(bob)
    assert client.post(PROVE, {"challenge": asked(client), "code": app.shows()}).status_code == 200
    assert client.delete(APP).status_code == 200


def test_a_passkey_proves_it_too(bob: User) -> None:
    key = with_passkey(bob)
    client = signed_in(bob)
    Session.objects.update(factor_proved_at=None)
    answer = client.post(CODES).json()
    assert answer["factors"] == ["recovery_code", "passkey"]
    proof = {"challenge": answer["challenge"], "passkey": key.get(answer["passkey"])}
    assert client.post(PROVE, proof).status_code == 200
    assert client.post(CODES).status_code == 200


def test_a_wrong_proof_proves_nothing(bob: User) -> None:
    app = with_app(bob)
    client = signed_in(bob)
    answer = client.post(PROVE, {"challenge": asked(client), "code": app.shows(5)})
    assert (answer.status_code, answer.json()["code"]) == (400, "second_factor_invalid")
    assert client.post(CODES).status_code == 403


def test_a_challenge_of_another_person_proves_nothing(bob: User, alice: User) -> None:
    app, _ = with_app(alice), with_app(bob)
    token = asked(signed_in(bob))
    answer = signed_in(alice).post(PROVE, {"challenge": token, "code": app.shows()})
    assert (answer.status_code, answer.json()["code"]) == (400, "challenge_invalid")
    assert FactorChallenge.objects.get(user=bob).used_at is None


def test_a_session_that_ends_meanwhile_proves_nothing(bob: User) -> None:
    app = with_app(bob)
    token = asked(signed_in(bob))
    session = Session.objects.get()
    request = Request(RequestFactory().post(PROVE))
    request.user, request.auth = bob, Access(session.id)
    end_all_sessions(user=bob, reason=SessionEnd.LOGOUT_ALL)
    with pytest.raises(NotAuthenticated):
        services.prove(request, token, Proof(code=app.shows()))
    session.refresh_from_db()
    assert session.factor_proved_at is None
