"""Passkeys: added, named, removed, and signed in by. Signatures are real, made by an authenticator in software."""

import json
import uuid
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from fido2.cose import ES256, RS256, CoseKey
from fido2.utils import websafe_decode, websafe_encode
from rest_framework.test import APIClient

from accounts.factors import challenges
from accounts.factors.ways import passkeys, relying_party
from accounts.models import (
    ChallengePurpose,
    EventKind,
    FactorChallenge,
    Passkey,
    RecoveryCode,
    SecurityEvent,
    Session,
    SignInMethod,
    User,
)
from accounts.sessions import Device
from accounts.tests.authenticator import Authenticator, cose_key
from accounts.tests.conftest import Post
from accounts.tests.factoring import (
    BY_PASSKEY,
    BY_PASSKEY_OPTIONS,
    FACTORS,
    PASSKEY_OPTIONS,
    PASSKEYS,
    signed_in,
    with_app,
    with_passkey,
)
from conftest import Api
from numerai.common import clock

Answer = dict[str, Any]


def add(client: APIClient, key: Authenticator, **replaced: Any) -> Any:
    options = client.post(PASSKEY_OPTIONS).json()
    return client.post(PASSKEYS, {"name": "Phone", "passkey": key.create(options, **replaced)})


def enter(api: Api, key: Authenticator, **replaced: Any) -> Any:
    options = api(None).post(BY_PASSKEY_OPTIONS).json()
    return api(None).post(BY_PASSKEY, {"passkey": key.get(options, **replaced)})


def test_adding_the_first_one(bob: User, post: Post) -> None:
    client, key = signed_in(bob), Authenticator(is_synced=True)
    answer = add(client, key)
    assert answer.status_code == 200
    assert len(answer.json()["recovery_codes"]) == 10
    kept = Passkey.objects.get()
    assert bytes(kept.credential_id) == key.credential_id
    assert (kept.name, kept.is_synced, kept.sign_count, kept.transports) == ("Phone", True, 1, ["hybrid", "internal"])
    assert client.get(FACTORS).status_code == 401
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {answer.json()['access_token']}")
    (listed,) = client.get(FACTORS).json()["passkeys"]
    assert set(listed) == {"id", "name", "is_synced", "created_at", "last_used_at"}
    assert Session.objects.get(revoked_at__isnull=True).has_second_factor
    assert SecurityEvent.objects.get(kind=EventKind.FACTOR_ADDED).details == {"factor": "passkey"}
    assert "a passkey" in post()[0].text


def test_what_a_browser_is_asked(bob: User) -> None:
    key = with_passkey(bob)
    options = signed_in(bob).post(PASSKEY_OPTIONS).json()["publicKey"]
    assert options["rp"] == {"id": "app.numerai.example", "name": "NumerAI"}
    assert websafe_decode(options["user"]["id"]) == bob.pk.bytes
    assert [one["alg"] for one in options["pubKeyCredParams"]] == [-7, -8, -257]
    assert options["excludeCredentials"] == [
        {"type": "public-key", "id": websafe_encode(key.credential_id), "transports": ["hybrid", "internal"]}
    ]
    assert len(websafe_decode(options["challenge"])) == 32


def test_a_second_one_keeps_the_recovery_codes(bob: User) -> None:
    with_passkey(bob)
    codes = set(RecoveryCode.objects.values_list("id", flat=True))
    answer = add(signed_in(bob), Authenticator())
    assert (answer.status_code, answer.json()["recovery_codes"]) == (200, [])
    assert set(RecoveryCode.objects.values_list("id", flat=True)) == codes


def refused(answer: Any, code: str, status: int = 400) -> None:
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.content


@pytest.mark.parametrize(
    "like",
    [
        {"origin": "https://evil.example"},
        {"origin": "https://app.numerai.example.evil.example"},
        {"origin": "http://app.numerai.example"},
        {"rp_id": "evil.example"},
        {"cross_origin": True},
        {"credential_id": b""},
        {"credential_id": b"x" * 1024},
    ],
    ids=str,
)
def test_what_is_not_made_for_our_pages_is_refused(bob: User, like: dict[str, Any]) -> None:
    refused(add(signed_in(bob), Authenticator(**like)), "passkey_invalid")
    assert not Passkey.objects.exists()
    assert Session.objects.get().revoked_at is None


def unusable_keys() -> list[CoseKey]:
    on_the_curve = cose_key(ES256, ec.generate_private_key(ec.SECP256R1()).public_key())
    large = rsa.generate_private_key(public_exponent=65537, key_size=2048).public_key()
    return [
        ES256(on_the_curve | {-2: b"\1" * 32}),
        CoseKey(on_the_curve | {3: -65535}),
        RS256(cose_key(RS256, large) | {-1: b"\xff" * 5000}),
    ]


@pytest.mark.parametrize("number", range(3))
def test_a_key_that_can_sign_nothing_is_refused(bob: User, number: int) -> None:
    refused(add(signed_in(bob), Authenticator(), cose=unusable_keys()[number]), "passkey_invalid")
    assert not Passkey.objects.exists()


def test_an_answer_of_another_kind_is_refused(bob: User) -> None:
    refused(add(signed_in(bob), Authenticator(), type="webauthn.get"), "passkey_invalid")


def test_an_answer_that_names_another_credential_is_refused(bob: User) -> None:
    client = signed_in(bob)
    made = Authenticator().create(client.post(PASSKEY_OPTIONS).json())
    made["id"] = made["rawId"] = websafe_encode(b"another one")
    refused(client.post(PASSKEYS, {"name": "Phone", "passkey": made}), "passkey_invalid")


def test_an_answer_counts_once(bob: User) -> None:
    client, key = signed_in(bob), Authenticator()
    made = key.create(client.post(PASSKEY_OPTIONS).json())
    assert client.post(PASSKEYS, {"name": "Phone", "passkey": made}).status_code == 200
    again = signed_in(bob).post(PASSKEYS, {"name": "Phone", "passkey": made})
    refused(again, "challenge_invalid")
    assert Passkey.objects.count() == 1


def test_an_answer_is_for_who_asked(bob: User, alice: User) -> None:
    made = Authenticator().create(signed_in(bob).post(PASSKEY_OPTIONS).json())
    refused(signed_in(alice).post(PASSKEYS, {"name": "Phone", "passkey": made}), "challenge_invalid")
    assert not Passkey.objects.exists()


def test_a_known_credential_is_not_added_again(bob: User, alice: User) -> None:
    key = with_passkey(alice)
    refused(add(signed_in(bob), key), "factor_exists", 409)
    assert Passkey.objects.get().user == alice
    assert Session.objects.filter(user=bob, revoked_at__isnull=True).count() == 1


def test_an_account_holds_so_many(bob: User) -> None:
    Passkey.objects.bulk_create(
        Passkey(user=bob, name="x", credential_id=bytes([number]), credential=b"x") for number in range(passkeys.MOST)
    )
    refused(add(signed_in(bob), Authenticator()), "too_many_passkeys", 409)
    assert Passkey.objects.count() == passkeys.MOST


HOSTILE: list[Any] = [
    {},
    {"id": "x"},
    {"id": "x", "rawId": "y", "response": {}},
    {"rawId": 5, "response": {"clientDataJSON": "e30", "attestationObject": "oA"}},
    {"rawId": "eA", "response": None},
    {"rawId": "eA", "response": {"clientDataJSON": "W10", "attestationObject": "gA", "authenticatorData": "eA"}},
    {"rawId": "eA", "response": {"clientDataJSON": "bnVsbA", "attestationObject": "", "authenticatorData": ""}},
    {"rawId": "eA", "clientExtensionResults": [], "response": {"clientDataJSON": "e30", "attestationObject": "oA"}},
    {
        "rawId": "eA",
        "response": {
            "clientDataJSON": websafe_encode(json.dumps({"type": 1, "challenge": 2, "origin": 3}).encode()),
            "attestationObject": websafe_encode(b"\x81" * 20000),
            "authenticatorData": websafe_encode(b"\0" * 37),
            "signature": "eA",
        },
    },
    {
        "rawId": "eA",
        "response": {
            "clientDataJSON": websafe_encode(b"[" * 20000),
            "attestationObject": websafe_encode(b"\x9b" + b"\xff" * 8),
            "authenticatorData": "eA",
            "signature": "eA",
        },
    },
]


@pytest.mark.parametrize("answer", HOSTILE, ids=range(len(HOSTILE)))
def test_whatever_is_sent_is_answered(api: Api, bob: User, answer: Any) -> None:
    for client, path in ((signed_in(bob), PASSKEYS), (api(None), BY_PASSKEY)):
        sent = client.post(path, {"name": "Phone", "passkey": answer})
        assert sent.status_code == 400
        assert sent.json()["code"] in {"passkey_invalid", "challenge_invalid"}
    assert not Passkey.objects.exists()


def test_a_hostile_answer_to_a_real_challenge_is_answered(bob: User) -> None:
    client = signed_in(bob)
    made = Authenticator().create(client.post(PASSKEY_OPTIONS).json())
    for replaced in ("AAAA", websafe_encode(b"\xa3cfmtdnonehauthDataAx")):
        made["response"]["attestationObject"] = replaced
        refused(client.post(PASSKEYS, {"name": "Phone", "passkey": made}), "passkey_invalid")


@pytest.mark.parametrize(
    "given", [{}, {"name": "Phone"}, {"name": "", "passkey": {}}, {"name": "x" * 81, "passkey": {}}]
)
def test_a_passkey_has_a_name(bob: User, given: Answer) -> None:
    refused(signed_in(bob).post(PASSKEYS, given), "validation_error")


def test_renaming(bob: User, alice: User) -> None:
    with_passkey(bob)
    passkey = Passkey.objects.get()
    path = f"{PASSKEYS}{passkey.pk}/"
    answer = signed_in(bob).patch(path, {"name": "Old phone"})
    assert (answer.status_code, answer.json()["name"]) == (200, "Old phone")
    refused(signed_in(bob).patch(path, {"name": " "}), "validation_error")
    refused(signed_in(alice).patch(path, {"name": "Mine"}), "not_found", 404)
    refused(signed_in(alice).patch(f"{PASSKEYS}{uuid.uuid4()}/", {"name": "Mine"}), "not_found", 404)
    passkey.refresh_from_db()
    assert passkey.name == "Old phone"


def test_removing(bob: User, alice: User, post: Post) -> None:
    with_passkey(bob)
    path = f"{PASSKEYS}{Passkey.objects.get().pk}/"
    refused(signed_in(alice).delete(path), "not_found", 404)
    client = signed_in(bob)
    answer = client.delete(path)
    assert answer.status_code == 200
    assert not Passkey.objects.exists()
    assert not RecoveryCode.objects.exists()
    assert client.get(FACTORS).status_code == 401
    assert SecurityEvent.objects.get(kind=EventKind.FACTOR_REMOVED).details == {"factor": "passkey", "was_last": True}
    assert "a passkey" in post()[0].text


def test_signing_in(api: Api, bob: User) -> None:
    key = with_passkey(bob)
    Session.objects.all().delete()
    options = api(None).post(BY_PASSKEY_OPTIONS)
    assert options.json()["publicKey"]["userVerification"] == "required"
    assert not options.cookies
    answer = api(None).post(BY_PASSKEY, {"passkey": key.get(options.json())})
    assert answer.status_code == 200
    assert answer.json()["user"]["email"] == bob.email
    session = Session.objects.get()
    assert (session.user, session.method, session.has_second_factor) == (bob, SignInMethod.PASSKEY, True)
    passkey = Passkey.objects.get()
    assert passkey.sign_count == key.count
    assert passkey.last_used_at is not None


def test_a_passkey_counts_for_both_factors(api: Api, bob: User) -> None:
    key = with_passkey(bob)
    with_app(bob)
    assert enter(api, key).status_code == 200


def test_without_a_finger_it_is_one_factor_and_not_enough(api: Api, bob: User) -> None:
    key = with_passkey(bob)
    key.verifies = False
    refused(enter(api, key), "passkey_invalid")
    assert SecurityEvent.objects.get(kind=EventKind.FACTOR_FAILED).user_id == bob.pk


def test_a_key_that_does_not_count_works(api: Api, bob: User) -> None:
    key = with_passkey(bob, counts=False)
    assert enter(api, key).status_code == 200
    assert enter(api, key).status_code == 200


@pytest.mark.parametrize("count", [-1, -2])
def test_a_copied_key_is_refused_and_noted(api: Api, bob: User, count: int) -> None:
    key = with_passkey(bob, count=10)
    key.count += count
    refused(enter(api, key), "passkey_invalid")
    assert SecurityEvent.objects.get(kind=EventKind.FACTOR_FAILED).details == {
        "factor": "passkey",
        "reason": "sign_count",
    }
    assert Passkey.objects.get().sign_count == 11


def test_a_key_that_ceased_to_count_is_refused(api: Api, bob: User) -> None:
    key = with_passkey(bob)
    key.counts, key.count = False, 0
    refused(enter(api, key), "passkey_invalid")


@pytest.mark.parametrize(
    "change",
    [
        {"origin": "https://evil.example"},
        {"rp_id": "evil.example"},
        {"cross_origin": True},
        {"key": ec.generate_private_key(ec.SECP256R1())},
        {"credential_id": b"somebody's"},
        {"user_handle": b"x" * 16},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_wrong_answer_signs_nobody_in(api: Api, bob: User, change: dict[str, Any]) -> None:
    key = with_passkey(bob)
    Session.objects.all().delete()
    for name, value in change.items():
        setattr(key, name, value)
    refused(enter(api, key), "passkey_invalid")
    assert not Session.objects.exists()


def test_an_answer_of_a_registration_signs_nobody_in(api: Api, bob: User) -> None:
    key = with_passkey(bob)
    refused(enter(api, key, type="webauthn.create"), "passkey_invalid")


def test_a_challenge_signs_in_once(api: Api, bob: User) -> None:
    key = with_passkey(bob, counts=False)
    given = {"passkey": key.get(api(None).post(BY_PASSKEY_OPTIONS).json())}
    assert api(None).post(BY_PASSKEY, given).status_code == 200
    refused(api(None).post(BY_PASSKEY, given), "challenge_invalid")


def test_a_challenge_of_ours_is_answered(api: Api, bob: User) -> None:
    key = with_passkey(bob)
    refused(enter(api, key, challenge=websafe_encode(b"x" * 32)), "challenge_invalid")


def test_a_challenge_lasts_five_minutes(api: Api, bob: User) -> None:
    key = with_passkey(bob)
    with time_machine.travel(clock.now()) as time:
        given = {"passkey": key.get(api(None).post(BY_PASSKEY_OPTIONS).json())}
        time.shift(challenges.LIFETIME + timedelta(seconds=1))
        refused(api(None).post(BY_PASSKEY, given), "challenge_invalid")


def test_a_challenge_stays_on_its_device_and_for_its_purpose(api: Api, bob: User) -> None:
    key = with_passkey(bob)
    given = {"passkey": key.get(api(None).post(BY_PASSKEY_OPTIONS).json())}
    answer = api(None).post(BY_PASSKEY, given, headers={"User-Agent": "Another browser"})
    refused(answer, "challenge_invalid")
    token = challenges.issue(ChallengePurpose.PASSKEY_ADDED, device=Device(), user=bob)
    options = relying_party.sign_in_options(token, must_verify=True)
    refused(api(None).post(BY_PASSKEY, {"passkey": key.get(options)}), "challenge_invalid")


def test_the_door_is_asked(api: Api, bob: User) -> None:
    key = with_passkey(bob)
    User.objects.filter(id=bob.pk).update(email_verified_at=None)
    refused(enter(api, key), "email_not_verified", 403)


def test_a_passkey_belongs_to_its_person(api: Api, bob: User, alice: User) -> None:
    key = with_passkey(bob)
    key.user_handle = alice.pk.bytes
    refused(enter(api, key), "passkey_invalid")
    assert not Session.objects.filter(user=alice).exists()


def test_the_challenge_is_kept_by_hash(api: Api, db: None) -> None:
    token = api(None).post(BY_PASSKEY_OPTIONS).json()["publicKey"]["challenge"]
    kept = FactorChallenge.objects.get()
    assert kept.user is None
    assert websafe_decode(token) not in bytes(kept.token_hash) + bytes(kept.bound_to)


@pytest.mark.parametrize("given", [{}, {"passkey": None}, {"passkey": "x"}, {"passkey": []}])
def test_a_passkey_is_given(api: Api, db: None, given: Answer) -> None:
    refused(api(None).post(BY_PASSKEY, given), "validation_error")
