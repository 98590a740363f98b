"""Texts by a provider's API, spoken to a server that behaves and to others that do not."""

import json
from base64 import b64decode
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs

import pytest
import time_machine
from pytest_django import Settings

from accounts.models import User
from dev.services import free_port
from notifications import kinds
from notifications.deliveries import dispatch
from notifications.kinds import Kind
from notifications.models import Delivery
from notifications.services import can_text, notify
from notifications.tests.smtp_peers import silent
from numerai.common import clock
from numerai.tests.http_peers import Peer, listening

PHONE = "+14155552671"
TEXTED = Kind("sample.texted", "info", "security", ("sms",), critical=True)
NEWS = Kind("sample.texted_news", "info", "news", ("sms",))
ACCEPTED = {"sid": "SM0123456789abcdef", "status": "queued"}

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _kinds() -> None:
    kinds.register(TEXTED)
    kinds.register(NEWS)


@pytest.fixture
def peer(settings: Settings) -> Iterator[Peer]:
    with listening(Peer(status=201, body=json.dumps(ACCEPTED).encode())) as running:
        settings.SMS_API_BASE = running.url
        settings.SMS_ACCOUNT_SID, settings.SMS_AUTH_TOKEN, settings.SMS_SENDER = "ACsample", "token", "+15005550006"
        yield running


@pytest.fixture
def ada(alice: User) -> User:
    alice.phone, alice.phone_verified_at = PHONE, clock.now()
    alice.save()
    return alice


def text_to(user: User, kind: str = "sample.texted") -> Delivery:
    return notify(user=user, kind=kind, context={"word": "héllo\nworld & more"}).deliveries.get()


def attempt(delivery: Delivery) -> Delivery:
    dispatch.deliver(delivery.pk)
    delivery.refresh_from_db()
    return delivery


def test_a_text_leaves(ada: User, peer: Peer) -> None:
    delivery = attempt(text_to(ada))
    assert (delivery.status, delivery.provider_message_id) == ("sent", "SM0123456789abcdef")
    (asked,) = peer.asked
    assert (asked.method, asked.path) == ("POST", "/2010-04-01/Accounts/ACsample/Messages.json")
    assert b64decode(asked.headers["authorization"].removeprefix("Basic ")) == b"ACsample:token"
    assert asked.headers["content-type"] == "application/x-www-form-urlencoded"
    form = parse_qs(asked.body.decode())
    assert form == {"To": [PHONE], "From": ["+15005550006"], "Body": ["Say héllo world & more."]}


def test_a_sender_may_be_a_messaging_service(ada: User, peer: Peer, settings: Settings) -> None:
    settings.SMS_SENDER = "MG0123"
    attempt(text_to(ada))
    form = parse_qs(peer.asked[0].body.decode())
    assert (form["MessagingServiceSid"], "From" in form) == (["MG0123"], False)


@pytest.mark.parametrize(
    ("status", "document", "left", "error"),
    [
        (400, {"code": 21211, "message": f"{PHONE} is no number"}, "bounced", "sms_21211"),
        (400, {"code": 21610}, "bounced", "sms_21610"),
        (400, {"code": 21617}, "failed", "sms_21617"),
        (400, {"code": "odd"}, "failed", "sms_http_400"),
        (400, {"code": 21606}, "pending", "sms_21606"),
        (401, {"code": 20003}, "pending", "sms_20003"),
        (404, {}, "pending", "sms_http_404"),
        (302, {}, "pending", "sms_http_302"),
        (200, "a page", "pending", "sms_http_200"),
        (201, {"sid": None}, "pending", "sms_http_201"),
        (429, {"code": 20429}, "pending", "sms_20429"),
        (500, [], "pending", "sms_http_500"),
        (503, {}, "pending", "sms_http_503"),
    ],
)
def test_what_the_provider_refuses(ada: User, peer: Peer, status: int, document: Any, left: str, error: str) -> None:
    peer.status, peer.body = status, json.dumps(document).encode()
    delivery = attempt(text_to(ada))
    assert (delivery.status, delivery.last_error_code) == (left, error)
    # Its sentences repeat the number.
    assert PHONE not in delivery.last_error


def test_what_is_no_json_is_no_answer(ada: User, peer: Peer) -> None:
    peer.status, peer.body = 201, b"<html>"
    assert attempt(text_to(ada)).last_error_code == "sms_http_201"


@pytest.mark.parametrize(("said", "seconds"), [("90", 90.0), ("soon", None)])
def test_it_comes_back_when_the_provider_says(ada: User, peer: Peer, said: str, seconds: float | None) -> None:
    peer.status, peer.headers = 429, {"Retry-After": said}
    before = clock.now()
    delivery = attempt(text_to(ada))
    assert delivery.next_attempt_at is not None
    waits = delivery.next_attempt_at - before
    if seconds is None:
        assert waits < timedelta(seconds=60)
    else:
        assert timedelta(seconds=seconds) <= waits < timedelta(seconds=seconds + 30)


@pytest.mark.parametrize(("status", "tries"), [(500, 2), (502, 2), (503, 3)])
def test_a_text_that_may_have_arrived_is_tried_twice(ada: User, peer: Peer, status: int, tries: int) -> None:
    peer.status, peer.body = status, b"{}"
    delivery = text_to(ada)
    for hour in range(3):
        with time_machine.travel(clock.now() + timedelta(hours=hour)):
            attempt(delivery)
    assert len(peer.asked) == tries
    assert delivery.status == ("pending" if tries == 3 else "failed")


def test_our_own_mistake_costs_no_attempt(ada: User, peer: Peer) -> None:
    peer.status = 401
    assert attempt(text_to(ada)).attempts == 0


def test_a_provider_that_is_away_costs_a_delay(ada: User, peer: Peer, settings: Settings) -> None:
    settings.SMS_API_BASE = f"http://127.0.0.1:{free_port()}"
    delivery = attempt(text_to(ada))
    assert (delivery.status, delivery.last_error_code, delivery.attempts) == ("pending", "sms_connection", 1)


def test_a_provider_that_says_nothing_costs_a_delay(
    ada: User, peer: Peer, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("notifications.channels.sms.SECONDS", 0.2)
    with silent() as port:
        settings.SMS_API_BASE = f"http://127.0.0.1:{port}"
        assert attempt(text_to(ada)).last_error_code == "sms_timeout"


def test_nothing_is_sent_without_an_account(ada: User, peer: Peer, settings: Settings) -> None:
    settings.SMS_AUTH_TOKEN = ""
    assert not can_text()
    delivery = text_to(ada)
    assert (delivery.status, delivery.reason) == ("skipped", "destination_disabled")
    assert peer.asked == []


def test_nothing_is_sent_to_nobody(alice: User, peer: Peer) -> None:
    assert can_text()
    delivery = text_to(alice)
    assert (delivery.status, delivery.reason, delivery.destination) == ("skipped", "no_destination", "")


@pytest.mark.parametrize(
    ("kind", "status", "reason"),
    [("sample.texted", "pending", ""), ("sample.texted_news", "skipped", "unverified_destination")],
)
def test_only_codes_go_to_a_number_that_is_not_verified(
    ada: User, peer: Peer, kind: str, status: str, reason: str
) -> None:
    ada.phone_verified_at = None
    delivery = text_to(ada, kind)
    assert (delivery.status, delivery.reason) == (status, reason)


def test_a_number_that_has_changed_since_gets_nothing(ada: User, peer: Peer) -> None:
    delivery = text_to(ada)
    User.objects.filter(id=ada.pk).update(phone="+14155552672")
    assert attempt(delivery).status == "cancelled"
    assert peer.asked == []
