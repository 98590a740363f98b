import json
from datetime import timedelta
from urllib.parse import parse_qs

import jwt
import pytest
from pytest_django import Settings

from accounts.models import User
from dev.local_providers import LocalProviders, Mode
from notifications.channels import google
from notifications.deliveries import dispatch
from notifications.destinations import services
from notifications.models import Delivery, Destination, Notification
from notifications.services import notify
from notifications.tests.reaching.ways import TOKEN, TOLD, told
from notifications.vocabulary import ChannelName
from numerai.common import clock

pytestmark = pytest.mark.django_db(transaction=True)
SEND = "/v1/projects/sample/messages:send"


@pytest.fixture
def phone(alice: User, providers: LocalProviders) -> Destination:
    return services.register(user=alice, channel=ChannelName.MOBILE_PUSH, address={"token": TOKEN})[0]


def attempt(delivery: Delivery) -> Delivery:
    dispatch.deliver(delivery.pk)
    delivery.refresh_from_db()
    return delivery


@pytest.mark.usefixtures("phone")
def test_a_phone_is_told(alice: User, providers: LocalProviders) -> None:
    delivery = attempt(told(alice, "mobile_push", action_url="/reports/1"))
    assert delivery.provider_message_id.startswith("projects/sample/messages/")
    token, asked = providers.asked
    (assertion,) = parse_qs(token.body.decode())["assertion"]
    said = jwt.decode(assertion, options={"verify_signature": False})
    assert said["scope"] == "https://www.googleapis.com/auth/firebase.messaging"
    assert asked.headers["authorization"].startswith("Bearer ya29.")
    message = asked.json()["message"]
    assert message["token"] == TOKEN
    assert message["notification"] == {"title": "Told: news", "body": "You are told news."}
    assert message["data"]["id"] == str(delivery.notification.public_id)
    assert message["data"]["action_url"].endswith("/reports/1")
    assert all(isinstance(value, str) for value in message["data"].values())
    assert (message["android"]["priority"], message["android"]["ttl"]) == ("NORMAL", "86400s")
    assert message["android"]["collapse_key"] == message["apns"]["headers"]["apns-collapse-id"]


@pytest.mark.usefixtures("phone")
def test_what_is_urgent_wakes_the_phone_and_ends(alice: User, providers: LocalProviders) -> None:
    delivery = told(alice, "mobile_push", priority="high")
    Notification.objects.update(expires_at=clock.now() + timedelta(hours=1))
    attempt(delivery)
    message = providers.at(SEND)[0].json()["message"]
    assert (message["android"]["priority"], message["apns"]["headers"]["apns-priority"]) == ("HIGH", "10")
    assert int(message["android"]["ttl"].removesuffix("s")) <= 3600


@pytest.mark.usefixtures("phone")
def test_a_token_of_ours_is_used_until_it_ends_or_is_refused(alice: User, providers: LocalProviders) -> None:
    attempt(told(alice, "mobile_push"))
    attempt(told(alice, "mobile_push"))
    assert len(providers.at("/token")) == 1
    providers.modes[SEND] = Mode.UNAUTHORIZED
    attempt(told(alice, "mobile_push"))
    attempt(told(alice, "mobile_push"))
    assert len(providers.at("/token")) == 2


@pytest.mark.parametrize(
    ("mode", "code", "attempts"),
    [
        (Mode.MALFORMED, "fcm_token_refused", 0),
        (Mode.UNAUTHORIZED, "fcm_token_refused", 0),
        (Mode.THROTTLED, "fcm_token_http_429", 1),
        (Mode.UNAVAILABLE, "fcm_token_http_503", 1),
        (Mode.RESET, "fcm_token_connection", 1),
    ],
)
@pytest.mark.usefixtures("phone")
def test_without_a_token_nothing_is_sent(
    alice: User, providers: LocalProviders, mode: Mode, code: str, attempts: int
) -> None:
    providers.modes["/token"] = mode
    delivery = attempt(told(alice, "mobile_push"))
    assert (delivery.status, delivery.last_error_code, delivery.attempts) == ("pending", code, attempts)
    # The library would sleep and try again by itself.
    assert len(providers.at("/token")) == 1
    assert providers.at(SEND) == []


@pytest.mark.parametrize("document", ["{", "{}", '{"project_id": "a"}', "[]"])
@pytest.mark.usefixtures("phone")
def test_an_account_that_is_none_is_ours_to_mend(
    alice: User, providers: LocalProviders, settings: Settings, document: str
) -> None:
    settings.FCM_SERVICE_ACCOUNT = document
    delivery = attempt(told(alice, "mobile_push"))
    assert (delivery.status, delivery.last_error_code, delivery.attempts) == ("pending", "fcm_account_malformed", 0)


@pytest.mark.parametrize(
    ("status", "document", "code", "left"),
    [
        (404, {"error": {"message": "No such project."}}, "fcm_http_404", "pending"),
        (404, "a page", "fcm_http_404", "pending"),
        (200, {}, "fcm_http_200", "pending"),
        (400, {"error": {"details": [1, {"errorCode": 2}]}}, "fcm_http_400", "failed"),
        (400, {"error": {"details": "odd"}}, "fcm_http_400", "failed"),
        (400, {"error": "odd"}, "fcm_http_400", "failed"),
    ],
    ids=["project", "page", "nameless", "odd details", "odder details", "odd error"],
)
def test_rule_42_what_does_not_name_the_phone_leaves_it_enabled(
    alice: User, providers: LocalProviders, phone: Destination, status: int, document: object, code: str, left: str
) -> None:
    providers.documents[SEND] = (status, document)
    delivery = attempt(told(alice, "mobile_push"))
    assert (delivery.status, delivery.last_error_code) == (left, code)
    phone.refresh_from_db()
    assert phone.is_enabled


@pytest.mark.usefixtures("phone")
def test_rule_59_what_is_written_down_holds_no_token(alice: User, providers: LocalProviders) -> None:
    providers.documents[SEND] = (400, {"error": {"message": f"{TOKEN} is\nmalformed"}})
    assert attempt(told(alice, "mobile_push")).last_error == "••• is malformed"


@pytest.mark.usefixtures("phone")
def test_no_push_is_too_large(alice: User, providers: LocalProviders) -> None:
    notification = notify(user=alice, kind=TOLD.name, context={"text": "नमस्ते " * 270})
    attempt(notification.deliveries.get(channel="mobile_push"))
    (asked,) = providers.at(SEND)
    assert len(asked.body) <= 4096
    assert asked.json()["message"]["notification"]["body"].endswith("…")


def test_a_token_answer_has_headers_too(alice: User, providers: LocalProviders) -> None:
    answer = google._Asking()(f"{providers.url}/token", "POST", b"", {})
    assert (answer.status, answer.headers["content-type"]) == (200, "application/json")
    assert json.loads(answer.data)["token_type"] == "Bearer"
