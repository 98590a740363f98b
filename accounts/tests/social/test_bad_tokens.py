"""Whatever is wrong with an id_token, the answer is a 400 and nothing changes."""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable
from typing import Any

import jwt
import pytest

from accounts.models import EventKind, Identity, SecurityEvent, Session, User
from accounts.social.protocol.id_tokens import LONGEST_ID_TOKEN
from accounts.tests.social.world import World
from dev.local_identity.keys import signing_key
from dev.local_identity.provider import ABSENT, Provider
from numerai.common.redis import connection

Forge = Callable[[Provider, dict[str, Any]], Any]
PROVIDERS = ("google", "apple")


def encoded(part: Any) -> str:
    raw = part if isinstance(part, bytes) else json.dumps(part).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def changed(**claims: Any) -> Forge:
    def forge(provider: Provider, good: dict[str, Any]) -> str:
        said = {name: value for name, value in (good | claims).items() if value is not ABSENT}
        # Signed by hand, because the library refuses to write what it would refuse to read.
        return raw(provider, json.dumps(said).encode())

    return forge


def raw(provider: Provider, payload: bytes, header: dict[str, Any] | None = None) -> str:
    header = {"alg": "RS256", "typ": "JWT", "kid": provider.key.id} if header is None else header
    signed = f"{encoded(header)}.{encoded(payload)}"
    signature = jwt.algorithms.RSAAlgorithm(jwt.algorithms.RSAAlgorithm.SHA256).sign(
        signed.encode(), provider.key.private
    )
    return f"{signed}.{encoded(signature)}"


def headed(**header: Any) -> Forge:
    def forge(provider: Provider, good: dict[str, Any]) -> str:
        usual = {"alg": "RS256", "typ": "JWT", "kid": provider.key.id} | header
        return raw(provider, json.dumps(good).encode(), {name: usual[name] for name in usual if usual[name] != ""})

    return forge


def another_key(provider: Provider, good: dict[str, Any]) -> str:
    return jwt.encode(good, signing_key("stranger").private, "RS256", headers={"kid": provider.key.id})


def unsigned(provider: Provider, good: dict[str, Any]) -> str:
    return f"{encoded({'alg': 'none', 'typ': 'JWT', 'kid': provider.key.id})}.{encoded(good)}."


def by_public_key(provider: Provider, good: dict[str, Any]) -> str:
    signed = f"{encoded({'alg': 'HS256', 'typ': 'JWT', 'kid': provider.key.id})}.{encoded(good)}"
    return f"{signed}.{encoded(hmac.new(provider.key.public_pem, signed.encode(), hashlib.sha256).digest())}"


def tampered(provider: Provider, good: dict[str, Any]) -> str:
    header, _, signature = provider.sign(good).split(".")
    return f"{header}.{encoded(good | {'sub': 'somebody-else'})}.{signature}"


def too_long(provider: Provider, good: dict[str, Any]) -> str:
    return provider.sign(good | {"padding": "x" * 9000})


def nested(provider: Provider, good: dict[str, Any]) -> str:
    return raw(provider, b'{"a":' + b"[" * 3000 + b"]" * 3000 + b"}")


BAD: dict[str, Forge] = {
    "another issuer": changed(iss="https://evil.example"),
    "another audience": changed(aud="somebody.else"),
    "audiences with ours among them": changed(aud=["somebody.else"]),
    "issued to another client": changed(azp="somebody.else"),
    "another key": another_key,
    "unknown key id": headed(kid="unknown"),
    "key id that is no text": headed(kid=7),
    "no key id": headed(kid=""),
    "expired": changed(exp=int(time.time()) - 10),
    "no expiry": changed(exp=ABSENT),
    "expiry that is text": changed(exp="tomorrow"),
    "expiry that is true": changed(exp=True),
    "expiry without end": changed(exp=10**400),
    "no subject": changed(sub=ABSENT),
    "empty subject": changed(sub=""),
    "subject that is a number": changed(sub=7),
    "subject of 500 characters": changed(sub="1" * 500),
    "subject with NUL": changed(sub="1\x00"),
    "no audience": changed(aud=ABSENT),
    "no issue time": changed(iat=ABSENT),
    "issued in the future": changed(iat=int(time.time()) + 3600),
    "no algorithm": headed(alg=""),
    "algorithm none": unsigned,
    "HS256 by the public key": by_public_key,
    "algorithm that does not exist": headed(alg="RS999"),
    "tampered": tampered,
    "too long": too_long,
    "nested too deeply": nested,
    "payload that is a list": lambda provider, good: raw(provider, b"[]"),
    "payload that is no JSON": lambda provider, good: raw(provider, b"\xff\xfe"),
    "header that is a list": lambda provider, good: f"{encoded([])}.{encoded(good)}.AA",
    "garbage": lambda provider, good: "garbage",
    "dots": lambda provider, good: "..",
    "beyond ASCII": lambda provider, good: "é.é.é",
    "NUL": lambda provider, good: "a\x00b",
    "a number": lambda provider, good: 7,
    "a list": lambda provider, good: ["a"],
    "an object": lambda provider, good: {"a": 1},
    "true": lambda provider, good: True,
}


@pytest.mark.parametrize("kind", BAD)
@pytest.mark.parametrize("name", PROVIDERS)
def test_rule_24_a_bad_token_is_a_400_and_changes_nothing(world: World, name: str, kind: str) -> None:
    provider: Provider = getattr(world, name)
    good = provider.claims("1", nonce=world.nonce(), email="grace@gmail.com", email_verified=True)
    answer = world.post(f"social-{name}", {"id_token": BAD[kind](provider, good)})
    assert answer.status_code == 400, answer.content
    expected = "malformed_json" if kind == "NUL" else "social_token_invalid"
    assert answer.json()["code"] == expected
    assert not User.objects.exists()
    assert not Identity.objects.exists()
    assert not Session.objects.exists()


@pytest.mark.parametrize("name", PROVIDERS)
def test_rule_24_a_good_token_is_taken(world: World, name: str) -> None:
    provider: Provider = getattr(world, name)
    good = provider.claims("1", nonce=world.nonce(), email="grace@gmail.com", email_verified=True)
    assert world.post(f"social-{name}", {"id_token": raw(provider, json.dumps(good).encode())}).status_code == 200


def test_a_refusal_is_on_record_without_the_token(world: World) -> None:
    world.post("social-google", {"id_token": "garbage"})
    event = SecurityEvent.objects.get(kind=EventKind.SIGN_IN_FAILED)
    assert event.user_id is None
    assert event.details == {"method": "google", "way": "sign_in", "reason": "social_token_invalid"}


def test_the_longest_token_is_known(world: World) -> None:
    assert len(world.google_token()) < LONGEST_ID_TOKEN


@pytest.mark.parametrize("name", PROVIDERS)
def test_a_bad_token_that_comes_for_a_code_is_no_better(world: World, name: str) -> None:
    body = world.google_code() if name == "google" else world.apple_code()
    provider: Provider = getattr(world, name)
    provider.codes[body["code"]].claims["aud"] = "somebody.else"
    assert world.post(f"social-{name}", body).json()["code"] == "social_token_invalid"


class TestNonces:
    def test_rule_25_a_token_is_good_once(self, world: World) -> None:
        body = {"id_token": world.google_token()}
        assert world.post("social-google", body).status_code == 200
        assert world.post("social-google", body).json()["code"] == "social_token_invalid"
        assert Session.objects.count() == 1

    @pytest.mark.parametrize("nonce", [ABSENT, "", "invented", 7, None, "x" * 200], ids=repr)
    def test_rule_25_the_nonce_has_to_be_ours(self, world: World, nonce: Any) -> None:
        assert world.by_google(nonce=nonce).json()["code"] == "social_token_invalid"
        assert not User.objects.exists()

    def test_rule_25_a_nonce_is_good_for_one_of_two_tokens(self, world: World) -> None:
        nonce = world.nonce()
        assert world.by_google("g-1", nonce=nonce).status_code == 200
        assert world.by_apple("a-1", nonce=nonce).json()["code"] == "social_token_invalid"

    def test_rule_25_a_bad_token_does_not_use_it_up(self, world: World) -> None:
        nonce = world.nonce()
        assert world.by_google(nonce=nonce, aud="somebody.else").status_code == 400
        assert world.by_google(nonce=nonce).status_code == 200

    def test_rule_49_without_redis_nobody_signs_in_by_a_token(self, world: World, settings: Any) -> None:
        token = world.google_token()
        settings.REDIS_URL = "redis://127.0.0.1:9/0"
        connection.cache_clear()
        for name, body in (("social-nonce", {}), ("social-google", {"id_token": token})):
            answer = world.post(name, body)
            assert (answer.status_code, answer.json()["code"]) == (503, "service_unavailable")
            assert int(answer["Retry-After"]) > 0
        connection.cache_clear()
        assert not User.objects.exists()
