"""What may happen once happens once, however many ask at one moment."""

from typing import Any

import pytest
from rest_framework.test import APIClient

from accounts.factors.errors import SecondFactorInvalid
from accounts.factors.ways import recovery, totp
from accounts.models import AuthenticatorApp, EventKind, Passkey, RecoveryCode, SecurityEvent, Session, User
from accounts.tests.authenticator import Authenticator
from accounts.tests.factoring import (
    APP,
    BY_PASSKEY,
    BY_PASSKEY_OPTIONS,
    CONFIRM,
    PASSKEY_OPTIONS,
    PASSKEYS,
    SECOND,
    App,
    first_step,
    signed_in,
    with_app,
    with_codes,
    with_passkey,
)
from accounts.tests.together import together
from conftest import Api

pytestmark = pytest.mark.django_db(transaction=True)
CALLS = 8


def accepted(spend: Any, user: User, code: str) -> bool:
    try:
        spend(user, code)
    except SecondFactorInvalid:
        return False
    return True


def test_rule_11_of_parallel_uses_of_a_code_one_counts(bob: User) -> None:
    code = with_app(bob).shows()
    assert together(CALLS, lambda _: accepted(totp.spend, bob, code)).count(True) == 1


def test_rule_11_of_parallel_uses_of_a_recovery_code_one_counts(bob: User) -> None:
    code = with_codes(bob)[0]
    assert together(CALLS, lambda _: accepted(recovery.spend, bob, code)).count(True) == 1
    assert recovery.left(bob.pk) == 9


def post(path: str, body: dict[str, Any]) -> int:
    return int(APIClient().post(path, body, format="json").status_code)


def test_of_parallel_answers_to_a_challenge_one_signs_in(api: Api, bob: User) -> None:
    with_app(bob)
    codes = with_codes(bob)
    token = first_step(api(None), bob)["challenge"]
    answers = together(4, lambda number: post(SECOND, {"challenge": token, "recovery_code": codes[number]}))
    assert sorted(answers) == [200, 400, 400, 400]
    assert Session.objects.count() == 1
    assert RecoveryCode.objects.filter(used_at__isnull=False).count() == 1


def test_parallel_guesses_get_no_more_tries(api: Api, bob: User) -> None:
    app = with_app(bob)
    token = first_step(api(None), bob)["challenge"]
    together(CALLS, lambda _: post(SECOND, {"challenge": token, "code": app.shows(9)}))
    assert SecurityEvent.objects.filter(kind=EventKind.FACTOR_FAILED).count() == 5
    assert not Session.objects.exists()


def test_of_parallel_sign_ins_with_one_answer_one_counts(api: Api, bob: User) -> None:
    key = with_passkey(bob, counts=False)
    Session.objects.all().delete()
    given = {"passkey": key.get(api(None).post(BY_PASSKEY_OPTIONS).json())}
    answers = together(CALLS, lambda _: post(BY_PASSKEY, given))
    assert sorted(answers) == [200] + [400] * (CALLS - 1)
    assert Session.objects.count() == 1


def test_of_two_copies_of_a_key_one_signs_in(api: Api, bob: User) -> None:
    key = with_passkey(bob)
    before = key.count
    given = []
    for _ in range(2):
        key.count = before
        given.append({"passkey": key.get(api(None).post(BY_PASSKEY_OPTIONS).json())})
    assert sorted(together(2, lambda number: post(BY_PASSKEY, given[number]))) == [200, 400]


def test_of_parallel_confirmations_one_counts(bob: User) -> None:
    client = signed_in(bob)
    app = App(client.post(APP).json()["secret"])
    code = app.shows()
    clients = [signed_in(bob) for _ in range(4)]
    answers = together(4, lambda number: clients[number].post(CONFIRM, {"code": code}).status_code)
    # Who comes second finds the session ended by the first, or the code spent.
    assert answers.count(200) == 1
    assert set(answers) <= {200, 400, 401}
    assert RecoveryCode.objects.filter(user=bob).count() == 10
    assert SecurityEvent.objects.filter(kind=EventKind.FACTOR_ADDED).count() == 1
    assert Session.objects.filter(revoked_at__isnull=True).count() == 1


def test_parallel_passkeys_get_one_set_of_recovery_codes(bob: User) -> None:
    clients = [signed_in(bob) for _ in range(2)]
    made = [
        {"name": "Phone", "passkey": Authenticator().create(client.post(PASSKEY_OPTIONS).json())} for client in clients
    ]
    answers = together(2, lambda number: clients[number].post(PASSKEYS, made[number]).status_code)
    assert sorted(answers) == [200, 401]
    assert Passkey.objects.count() == 1
    assert RecoveryCode.objects.filter(user=bob).count() == 10


def test_beginning_twice_at_once_keeps_one_secret(bob: User) -> None:
    begun = together(4, lambda _: totp.enrol(bob).secret)
    kept = totp.begun_by(bob)
    assert kept is not None
    assert kept.secret in begun
    assert AuthenticatorApp.objects.count() == 1
