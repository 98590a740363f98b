"""What Google and Apple tell us of accounts there: genuine, once, and with the right effect."""

import json
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.test import RequestFactory
from django.urls import reverse
from rest_framework.test import APIClient

from accounts import tasks
from accounts.models import Deletion, EventKind, Identity, ProviderEvent, SecurityEvent, Session, TokenRevocation, User
from accounts.passwords import mailing
from accounts.sessions import open_session
from accounts.social.inbox.handling import OAUTH, RISC
from accounts.social.inbox.parsing import SecurityEventParser
from accounts.tests.social.conftest import forget
from accounts.tests.social.test_bad_tokens import raw
from accounts.tests.social.world import World
from accounts.tests.together import together
from dev.local_identity.provider import ABSENT, Misbehaviour
from notifications.kinds import NoLongerNeeded
from numerai.common import clock
from numerai.common.errors import BodyTooLarge
from numerai.common.sealing import seal

SECEVENT = "application/secevent+jwt"
GOOGLE, APPLE = "social-google-events", "social-apple-events"


@pytest.fixture
def linked(world: World, bob: User) -> User:
    """Bob with both, and signed in."""
    for provider in ("google", "apple"):
        Identity.objects.create(user=bob, provider=provider, subject="1", sealed_refresh_token=seal("token"))
    open_session(user=bob)
    return bob


def told(subject: str = "1", **more: Any) -> dict[str, Any]:
    issuer = "https://accounts.google.com/"
    return {"subject": {"subject_type": "iss-sub", "iss": issuer, "sub": subject}} | more


def tell_google(world: World, kind: str, jti: str = "e-1", **more: Any) -> Any:
    return post_google(world.google.event({kind: told(**more)}, jti=jti))


def post_google(token: Any) -> Any:
    return APIClient().generic("POST", reverse(GOOGLE), token, content_type=SECEVENT)


def tell_apple(world: World, kind: str, jti: str = "e-1", **more: Any) -> Any:
    return post_apple(world, world.apple.notification(kind, "1", jti=jti, **more))


def post_apple(world: World, payload: Any) -> Any:
    return world.post(APPLE, {"payload": payload})


def ends() -> set[str]:
    return set(Session.objects.values_list("revoke_reason", flat=True))


class TestGoogle:
    @pytest.mark.parametrize("kind", [f"{RISC}sessions-revoked", f"{OAUTH}tokens-revoked"])
    def test_rule_35_sessions_end(self, world: World, linked: User, kind: str) -> None:
        assert tell_google(world, kind).status_code == 202
        assert ends() == {"provider"}
        assert Identity.objects.get(provider="google").blocked_at is None
        has_token = Identity.objects.get(provider="google").sealed_refresh_token is not None
        assert has_token is kind.startswith(RISC)
        event = SecurityEvent.objects.get(kind=EventKind.PROVIDER_TOLD)
        assert (event.user_id, event.details["type"]) == (linked.pk, kind.rpartition("/")[2])

    @pytest.mark.parametrize("more", [{"reason": "hijacking"}, {}])
    def test_rule_35_a_hijacked_account_opens_nothing(self, world: World, linked: User, more: dict[str, Any]) -> None:
        assert tell_google(world, f"{RISC}account-disabled", **more).status_code == 202
        assert ends() == {"provider"}
        answer = world.by_google("1")
        assert (answer.status_code, answer.json()["code"]) == (403, "social_identity_blocked")
        assert tell_google(world, f"{RISC}account-enabled", "e-2").status_code == 202
        assert world.by_google("1").status_code == 200

    def test_rule_35_no_recovery_mail_goes_to_a_hijacked_mailbox(self, world: World, linked: User) -> None:
        Identity.objects.update(email=linked.email)
        assert mailing.fresh_code(linked.pk, {})["code"]
        tell_google(world, f"{RISC}account-disabled", reason="hijacking")
        with pytest.raises(NoLongerNeeded):
            mailing.fresh_code(linked.pk, {})

    def test_an_account_made_in_bulk_is_only_noted(self, world: World, linked: User) -> None:
        assert tell_google(world, f"{RISC}account-disabled", reason="bulk-account").status_code == 202
        assert ends() == {""}
        assert world.by_google("1").status_code == 200

    @pytest.mark.parametrize("kind", [f"{RISC}verification", "https://example.com/new", "", "x" * 300])
    def test_rule_35_an_unknown_type_is_accepted_and_does_nothing(self, world: World, linked: User, kind: str) -> None:
        assert tell_google(world, kind).status_code == 202
        assert ends() == {""}

    @pytest.mark.parametrize("subject", ["2", "", "\x00", 7, None])
    def test_about_nobody_here_it_does_nothing(self, world: World, linked: User, subject: Any) -> None:
        assert tell_google(world, f"{RISC}sessions-revoked", subject=subject).status_code == 202
        assert ends() == {""}
        assert ProviderEvent.objects.get().user_id is None

    def test_rule_35_an_event_takes_effect_once(self, world: World, linked: User) -> None:
        token = world.google.event({f"{RISC}sessions-revoked": told()}, jti="e-1")
        assert post_google(token).status_code == 202
        open_session(user=linked)
        assert post_google(token).status_code == 202
        assert Session.objects.filter(revoked_at=None).count() == 1

    def test_rule_35_of_many_at_once_one_takes_effect(self, world: World, linked: User) -> None:
        token = world.google.event({f"{RISC}sessions-revoked": told()}, jti="e-1")
        answers: list[Any] = together(8, lambda _: post_google(token))
        assert [answer.status_code for answer in answers] == [202] * 8
        assert SecurityEvent.objects.filter(kind=EventKind.PROVIDER_TOLD).count() == 1

    def test_rule_35_an_old_event_is_still_true(self, world: World, linked: User) -> None:
        past = int(clock.now().timestamp()) - 30 * 24 * 3600
        token = world.google.event({f"{RISC}sessions-revoked": told()}, jti="e-1", iat=past, exp=past + 60)
        assert post_google(token).status_code == 202
        assert ends() == {"provider"}

    @pytest.mark.parametrize(
        "claims",
        [
            {"iss": "https://accounts.google.com"},
            {"iss": "https://evil.example/"},
            {"aud": "somebody.else"},
            {"aud": ABSENT},
            {"iat": ABSENT},
            {"jti": ABSENT},
            {"jti": ""},
            {"jti": 7},
            {"jti": "a\x00"},
            {"jti": "x" * 300},
            {"events": ABSENT},
            {"events": []},
            {"events": {"a": "b"}},
            {"events": {str(number): {} for number in range(30)}},
        ],
        ids=str,
    )
    def test_rule_35_a_bad_event_is_a_400(self, world: World, linked: User, claims: dict[str, Any]) -> None:
        said = {"events": {f"{RISC}sessions-revoked": told()}, "jti": "e-1"} | claims
        good = world.google.claims("", iss="https://accounts.google.com/", sub=ABSENT, exp=ABSENT)
        payload = {name: value for name, value in (good | said).items() if value is not ABSENT}
        answer = post_google(raw(world.google, json.dumps(payload).encode()))
        assert (answer.status_code, answer.json()["code"]) == (400, "provider_event_invalid")
        assert ends() == {""}
        assert not ProviderEvent.objects.exists()

    @pytest.mark.parametrize("token", ["", "garbage", "a.b.c", "{}"])
    def test_rule_35_what_is_no_token_is_a_400(self, world: World, token: str) -> None:
        assert post_google(token).json()["code"] == "provider_event_invalid"

    def test_rule_35_another_key_is_a_400(self, world: World, linked: User) -> None:
        token = world.google.event({f"{RISC}sessions-revoked": told()}, jti="e-1")
        assert post_google(token).status_code == 202
        world.google.key_name = "stranger"
        forged = world.google.sign(world.google.claims("1", jti="e-2"), kid="unknown")
        assert post_google(forged).json()["code"] == "provider_event_invalid"

    def test_rule_35_a_large_body_is_refused(self, world: World) -> None:
        assert post_google("a" * (64 * 1024 + 1)).status_code == 413
        assert post_google(b"\xff").status_code == 400
        assert post_google("a" * (64 * 1024)).status_code == 400

    def test_another_content_type_is_refused(self, world: World) -> None:
        assert world.post(GOOGLE, {}).status_code == 415

    def test_rule_34_an_outage_is_a_503(self, world: World, linked: User) -> None:
        world.google.is_away = True
        answer = tell_google(world, f"{RISC}sessions-revoked")
        assert (answer.status_code, answer.json()["code"]) == (503, "provider_unavailable")

    @pytest.mark.parametrize("uri", ["https://evil.example/keys", "http://www.googleapis.com/keys", "7", ""])
    def test_rule_90_keys_come_from_google_or_not_at_all(self, world: World, uri: str) -> None:
        body = json.dumps({"jwks_uri": uri}).encode()
        world.google.misbehaviour["/.well-known/risc-configuration"] = Misbehaviour(body=body)
        assert tell_google(world, f"{RISC}sessions-revoked").json()["code"] == "provider_unavailable"

    def test_what_is_not_set_up_takes_no_events(self, world: World, settings: Any) -> None:
        settings.GOOGLE_CLIENT_IDS = []
        assert tell_google(world, f"{RISC}sessions-revoked").json()["code"] == "provider_not_configured"


class TestApple:
    def test_rule_35_consent_that_was_taken_back_unlinks(self, world: World, linked: User) -> None:
        assert tell_apple(world, "consent-revoked").status_code == 202
        assert [row.provider for row in Identity.objects.all()] == ["google"]
        assert ends() == {"provider"}
        assert not TokenRevocation.objects.exists()

    @pytest.mark.parametrize("kind", ["account-delete", "account-deleted"])
    def test_rule_35_a_deleted_account_begins_to_be_deleted_here(self, world: World, linked: User, kind: str) -> None:
        assert tell_apple(world, kind).status_code == 202
        linked.refresh_from_db()
        assert not linked.is_active
        assert Deletion.objects.get().person_id == linked.pk
        assert not Identity.objects.filter(provider="apple").exists()

    def test_rule_35_mail_that_is_not_forwarded_is_noted(self, world: World, linked: User) -> None:
        assert tell_apple(world, "email-disabled").status_code == 202
        assert not Identity.objects.get(provider="apple").email_deliverable
        assert tell_apple(world, "email-enabled", "e-2").status_code == 202
        assert Identity.objects.get(provider="apple").email_deliverable
        assert ends() == {""}

    def test_rule_35_an_unknown_type_does_nothing(self, world: World, linked: User) -> None:
        assert tell_apple(world, "something-new").status_code == 202
        assert tell_apple(world, "something-new", "e-1").status_code == 202
        assert ends() == {""}

    def test_rule_35_a_replay_does_nothing(self, world: World, linked: User) -> None:
        tell_apple(world, "consent-revoked")
        Identity.objects.create(user=linked, provider="apple", subject="1")
        assert tell_apple(world, "consent-revoked").status_code == 202
        assert Identity.objects.filter(provider="apple").exists()

    def test_about_nobody_here_it_does_nothing(self, world: World) -> None:
        assert tell_apple(world, "consent-revoked").status_code == 202
        event = ProviderEvent.objects.get()
        assert event.user_id is None
        assert str(event).startswith("Apple at 20")

    @pytest.mark.parametrize(
        "claims",
        [
            {"iss": "https://evil.example"},
            {"aud": "somebody.else"},
            {"events": 7},
            {"events": "["},
            {"events": "[]"},
            {"events": "{}"},
            {"events": '{"type": "a", "sub": 7}'},
            {"events": "[" * 5000},
            {"jti": 7},
        ],
        ids=str,
    )
    def test_rule_35_a_bad_event_is_a_400(self, world: World, linked: User, claims: dict[str, Any]) -> None:
        answer = tell_apple(world, "consent-revoked", **claims)
        assert (answer.status_code, answer.json()["code"]) == (400, "provider_event_invalid")
        assert Identity.objects.count() == 2
        assert not ProviderEvent.objects.exists()

    @pytest.mark.parametrize("payload", ["garbage", "", 7, None, [], {}])
    def test_rule_35_what_is_no_payload_is_a_400(self, world: World, payload: Any) -> None:
        assert post_apple(world, payload).status_code == 400

    def test_rule_35_a_large_body_is_refused(self, world: World) -> None:
        assert post_apple(world, "a" * 70_000).status_code == 413


def test_rule_35_a_body_of_unknown_length_is_measured_all_the_same(world: World) -> None:
    context = {"request": RequestFactory().post(reverse(GOOGLE))}
    with pytest.raises(BodyTooLarge):
        SecurityEventParser().parse(BytesIO(b"a" * (64 * 1024 + 1)), parser_context=context)


def test_old_events_are_purged(world: World) -> None:
    tell_google(world, f"{RISC}verification")
    tell_google(world, f"{RISC}verification", "e-2")
    ProviderEvent.objects.filter(event_id="e-1").update(received_at=clock.now() - timedelta(days=401))
    tasks.purge_ended()
    assert [row.event_id for row in ProviderEvent.objects.all()] == ["e-2"]
    forget()
