"""Google or Apple do not answer, or answer nonsense: a 503 that says when to come back, and nothing changes."""

import time
from typing import Any

import pytest
import requests
import time_machine
from django.db import transaction

from accounts.models import User
from accounts.social.protocol import key_documents, transport
from accounts.social.protocol.configuration import APPLE_KEYS_URL, GOOGLE_KEYS_URL
from accounts.social.protocol.errors import NetworkCallInsideTransaction, ProviderUnavailable
from accounts.tests.social.world import GRACE, World
from accounts.tests.together import together
from dev.local_identity.keys import signing_key
from dev.local_identity.provider import Misbehaviour
from numerai.tests.http_peers import silence

GOOGLE_KEYS, APPLE_KEYS = "/oauth2/v1/certs", "/auth/keys"


def assert_unavailable(answer: Any) -> None:
    assert (answer.status_code, answer.json()["code"]) == (503, "provider_unavailable"), answer.content
    assert int(answer["Retry-After"]) > 0
    assert not User.objects.exists()


def calm() -> None:
    """The pause after a failure is over."""
    for pause in transport.pauses.values():
        pause.end()


class TestKeys:
    def test_rule_34_keys_are_fetched_once(self, world: World) -> None:
        for _ in range(3):
            assert world.by_google().status_code == world.by_apple().status_code == 200
        assert (world.google.calls, world.apple.calls) == ([GOOGLE_KEYS], [APPLE_KEYS])

    def test_rule_34_keys_are_fetched_by_one_of_many(self, world: World) -> None:
        together(8, lambda _: key_documents.load(GOOGLE_KEYS_URL))
        assert world.google.calls == [GOOGLE_KEYS]

    @pytest.mark.parametrize(
        ("header", "seconds"),
        [("public, max-age=600", 600), ("max-age=5", 60), ("no-store", 3600), ("", 3600), ("max-age=99999999", 86400)],
    )
    def test_rule_34_keys_are_kept_as_long_as_cache_control_says(self, world: World, header: str, seconds: int) -> None:
        world.google.cache_control = header
        with time_machine.travel(time.time(), tick=False) as traveller:
            world.by_google()
            traveller.shift(seconds - 1)
            world.by_google()
            assert world.google.calls == [GOOGLE_KEYS]
            traveller.shift(2)
            world.by_google()
            assert world.google.calls == [GOOGLE_KEYS] * 2

    def test_rule_34_age_counts(self, world: World) -> None:
        body = f'{{"{world.google.key.id}": "-----BEGIN CERTIFICATE-----"}}'.encode()
        headers = {"Cache-Control": "max-age=600", "Age": "500"}
        world.google.misbehaviour[GOOGLE_KEYS] = Misbehaviour(body=body, headers=headers)
        with time_machine.travel(time.time(), tick=False) as traveller:
            key_documents.load(GOOGLE_KEYS_URL)
            traveller.shift(101)
            assert key_documents.kept(GOOGLE_KEYS_URL) is None

    def test_rule_34_a_new_key_is_looked_for_once_a_minute(self, world: World) -> None:
        with time_machine.travel(time.time(), tick=False) as traveller:
            assert world.by_google().status_code == 200
            world.google.rotate_key()
            assert world.by_google().status_code == 400
            assert len(world.google.calls) == 1
            traveller.shift(61)
            assert world.by_google().status_code == 200
            assert len(world.google.calls) == 2
            world.google.key_name = "stranger"
            assert world.by_google().status_code == 400
            assert len(world.google.calls) == 2

    def test_rule_34_an_invented_key_during_an_outage_costs_nobody_the_known_ones(self, world: World) -> None:
        with time_machine.travel(time.time(), tick=False) as traveller:
            assert world.by_google().status_code == 200
            good, strange = world.google_token(), world.google.sign(world.google.claims("1"), kid="invented")
            traveller.shift(61)
            world.google.is_away = True
            assert world.post("social-google", {"id_token": strange}).status_code == 400
            assert world.post("social-google", {"id_token": good}).status_code == 200

    @pytest.mark.parametrize(
        "body",
        [
            b"",
            b"<html>",
            b"[]",
            b"7",
            b"{}",
            b'{"a": 1}',
            b'{"keys": []}',
            b'{"keys": 1}',
            b'{"keys": [{"kid": "a"}]}',
            b'{"keys": [{"kid": 1, "kty": "RSA", "n": "a", "e": "b"}]}',
            b'{"a": "no certificate"}',
            b"[" * 100_000,
        ],
        ids=lambda body: str(body[:40]),
    )
    def test_rule_90_what_are_no_keys_is_an_outage(self, world: World, body: bytes) -> None:
        world.google.misbehaviour[GOOGLE_KEYS] = world.apple.misbehaviour[APPLE_KEYS] = Misbehaviour(body=body)
        assert_unavailable(world.by_google())
        assert_unavailable(world.by_apple())

    @pytest.mark.parametrize("key_id", ["good", "bad"])
    def test_rule_90_a_certificate_that_is_none_is_a_refusal(self, world: World, key_id: str) -> None:
        named = world.google.key.id if key_id == "bad" else "another"
        body = f'{{"{named}": "-----BEGIN CERTIFICATE-----"}}'.encode()
        world.google.misbehaviour[GOOGLE_KEYS] = Misbehaviour(body=body)
        assert world.by_google().json()["code"] == "social_token_invalid"


class TestOutage:
    @pytest.mark.parametrize("status", [500, 502, 503, 429, 301, 302, 307, 404])
    def test_rule_34_keys_that_cannot_be_had(self, world: World, status: int) -> None:
        wrong = Misbehaviour(status, headers={"Location": "https://evil.example/"})
        world.google.misbehaviour[GOOGLE_KEYS] = world.apple.misbehaviour[APPLE_KEYS] = wrong
        assert_unavailable(world.by_google())
        assert_unavailable(world.by_apple())

    def test_rule_34_nobody_listens(self, world: World, settings: Any) -> None:
        settings.GOOGLE_BASE_URL = settings.APPLE_BASE_URL = "http://127.0.0.1:9"
        assert_unavailable(world.by_google())
        assert_unavailable(world.by_apple())
        calm()
        assert_unavailable(world.post("social-google", world.google_code()))
        calm()
        assert_unavailable(world.post("social-google", {"access_token": world.google.access_token("g-1", **GRACE)}))

    def test_rule_34_silence_ends_after_the_time_out(
        self, world: World, settings: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        assert transport.TIMEOUT_SECONDS == 5
        monkeypatch.setattr(transport, "TIMEOUT_SECONDS", 0.1)
        started = time.monotonic()
        with silence() as nobody:
            settings.GOOGLE_BASE_URL = f"http://127.0.0.1:{nobody.port}"
            assert_unavailable(world.by_google())
            assert nobody.callers() == 1
        assert time.monotonic() - started < 5

    def test_rule_34_after_a_failure_the_others_do_not_wait(self, world: World) -> None:
        world.google.is_away = True
        assert_unavailable(world.by_google())
        assert_unavailable(world.by_google())
        assert world.google.calls == [GOOGLE_KEYS]
        calm()
        world.google.is_away = False
        assert world.by_google().status_code == 200

    def test_apples_outage_is_none_of_googles(self, world: World) -> None:
        world.apple.is_away = True
        assert_unavailable(world.by_apple())
        assert world.by_google().status_code == 200

    @pytest.mark.parametrize("path", ["/token", "/auth/token"])
    @pytest.mark.parametrize(
        "wrong",
        [
            Misbehaviour(503),
            Misbehaviour(body=b'{"access_token": "a"}'),
            Misbehaviour(body=b'{"access_token": "a", "id_token": 7}'),
            Misbehaviour(body=b'{"access_token": "a", "id_token": "a.b.c", "refresh_token": 7}'),
            Misbehaviour(body=b'{"access_token": "a", "x": ' + b"x" * 300_000 + b"}"),
        ],
        ids=["503", "no id_token", "id_token is a number", "refresh_token is a number", "endless"],
    )
    def test_rule_90_a_code_for_which_nothing_usable_comes(self, world: World, path: str, wrong: Misbehaviour) -> None:
        world.google.misbehaviour[path] = world.apple.misbehaviour[path] = wrong
        name, body = (
            ("social-apple", world.apple_code()) if path == "/auth/token" else ("social-google", world.google_code())
        )
        assert_unavailable(world.post(name, body))

    def test_rule_90_an_answer_that_is_no_json(self, world: World) -> None:
        world.google.misbehaviour["/token"] = Misbehaviour(body=b"{")
        assert_unavailable(world.post("social-google", world.google_code()))

    @pytest.mark.parametrize("path", ["/tokeninfo", "/v1/userinfo"])
    @pytest.mark.parametrize(
        "body", [b"", b"[]", b'"a"', b'{"aud": "web.apps.googleusercontent.com", "sub": 7, "expires_in": "9"}']
    )
    def test_rule_90_an_introspection_that_says_nothing(self, world: World, path: str, body: bytes) -> None:
        token = world.google.access_token("g-1", **GRACE)
        world.google.misbehaviour[path] = Misbehaviour(body=body)
        answer = world.post("social-google", {"access_token": token})
        if path == "/v1/userinfo" and body.startswith(b"{"):
            assert answer.json()["code"] == "social_token_invalid"
        else:
            assert_unavailable(answer)

    def test_a_client_that_is_not_known_is_our_fault(
        self, world: World, settings: Any, caplog: pytest.LogCaptureFixture
    ) -> None:
        settings.GOOGLE_CLIENT_SECRET = "wrong"
        assert_unavailable(world.post("social-google", world.google_code()))
        settings.APPLE_KEY_ID = "WRONG"
        assert_unavailable(world.post("social-apple", world.apple_code()))


class TestTransport:
    def test_rule_82_it_reaches_nobody_else(self, world: World) -> None:
        with transport.new_session() as session:
            for url in ("https://evil.example/", "https://accounts.google.com.evil.example/", "https://127.0.0.1/"):
                with pytest.raises(ValueError, match="Neither"):
                    session.get(url)
            with pytest.raises(ValueError, match="Neither"):
                session.get("https://accounts.google.com:8443/")
            with pytest.raises(requests.exceptions.InvalidSchema):
                session.get("http://accounts.google.com/")

    def test_no_transaction_stays_open_over_a_call(self, world: World) -> None:
        with transaction.atomic(), pytest.raises(NetworkCallInsideTransaction):
            key_documents.load(GOOGLE_KEYS_URL)

    def test_at_home_they_are_at_home(self, world: World, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        """Without a base URL the request goes where it was meant to: shown by the address it is refused at."""
        settings.GOOGLE_BASE_URL = settings.APPLE_BASE_URL = ""
        seen: list[str] = []

        def refuse(self: object, request: requests.PreparedRequest, **_: object) -> requests.Response:
            seen.append(str(request.url))
            raise requests.ConnectionError

        monkeypatch.setattr(requests.adapters.HTTPAdapter, "send", refuse)
        for url in (GOOGLE_KEYS_URL, APPLE_KEYS_URL):
            with pytest.raises(ProviderUnavailable):
                key_documents.load(url)
        assert seen == [GOOGLE_KEYS_URL, APPLE_KEYS_URL]

    def test_keys_of_tests_have_names(self) -> None:
        assert signing_key("google").id == signing_key("google").id != signing_key("apple").id
