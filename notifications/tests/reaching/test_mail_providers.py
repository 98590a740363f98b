"""Mail by a provider's API, through the library that speaks to all of them."""

import pytest
from anymail.exceptions import AnymailInvalidAddress
from pytest_django import Settings

from accounts.models import User
from dev.local_providers import LocalProviders
from notifications.channels.email import _classified
from notifications.deliveries import dispatch
from notifications.models import Delivery, Notification
from notifications.tests.reaching.ways import told

INACTIVE = (
    "Found inactive addresses: alice@example.com. Inactive recipients are ones that have generated a hard bounce."
)

pytestmark = pytest.mark.django_db(transaction=True)


def attempt(delivery: Delivery) -> Delivery:
    dispatch.deliver(delivery.pk)
    delivery.refresh_from_db()
    return delivery


def headers_of(document: dict[str, list[dict[str, str]]]) -> dict[str, str]:
    return {each["Name"].lower(): each["Value"] for each in document["Headers"]}


def test_a_mail_leaves_by_an_api(alice: User, providers: LocalProviders) -> None:
    delivery = attempt(told(alice, "email"))
    assert (delivery.status, delivery.provider) == ("sent", "postmark")
    assert delivery.provider_message_id.startswith("mail-")
    (asked,) = providers.asked
    document = asked.json()
    assert asked.headers["x-postmark-server-token"] == "server-token"
    assert (document["To"], document["Subject"]) == ("alice@example.com", "Told: news")
    assert "You are told news." in document["TextBody"]
    assert "You are told news." in document["HtmlBody"]
    assert document["Metadata"] == {"delivery_id": str(delivery.pk)}
    assert document["Tag"] == "sample.told"
    headers = headers_of(document)
    assert headers["auto-submitted"] == "auto-generated"
    assert headers["x-auto-response-suppress"] == "All"
    assert str(delivery.notification.public_id) in headers["message-id"]


def test_rule_88_mails_of_a_group_are_one_thread(alice: User, providers: LocalProviders) -> None:
    for group in ("a", "a", "b"):
        delivery = told(alice, "email")
        Notification.objects.filter(id=delivery.notification_id).update(group_key=group)
        attempt(delivery)
    first, second, third = (headers_of(asked.json()) for asked in providers.asked)
    assert first["references"] == first["in-reply-to"] == second["references"] != third["references"]
    assert first["message-id"] != second["message-id"]


def test_rule_88_every_attempt_has_the_same_id(alice: User, providers: LocalProviders) -> None:
    delivery = told(alice, "email")
    attempt(delivery)
    Delivery.objects.filter(id=delivery.pk).update(status="pending")
    attempt(delivery)
    first, second = (headers_of(asked.json())["message-id"] for asked in providers.asked)
    assert first == second


@pytest.mark.parametrize(
    ("status", "document", "left", "code"),
    [
        (422, {"ErrorCode": 406, "Message": INACTIVE}, "bounced", "mail_refused"),
        (422, {"ErrorCode": 300, "Message": "Invalid 'To' address: 'alice@example.com'."}, "bounced", "mail_refused"),
        (422, {"ErrorCode": 405, "Message": "Not allowed to send"}, "failed", "mail_http_422"),
        (200, {"odd": 1}, "pending", "mail_http_200"),
        (200, b"<html>", "pending", "mail_http_200"),
    ],
    ids=["inactive", "invalid", "not allowed", "odd", "page"],
)
def test_what_the_provider_says_of_it(
    alice: User, providers: LocalProviders, status: int, document: object, left: str, code: str
) -> None:
    providers.documents["/email"] = (status, document)
    delivery = attempt(told(alice, "email"))
    assert (delivery.status, delivery.last_error_code) == (left, code)
    assert "alice@example.com" not in delivery.last_error


def test_a_provider_without_its_key_is_ours_to_mend(alice: User, providers: LocalProviders, settings: Settings) -> None:
    settings.ANYMAIL = {}
    delivery = attempt(told(alice, "email"))
    assert (delivery.status, delivery.last_error_code, delivery.attempts) == ("pending", "mail_not_configured", 0)


def test_what_the_provider_cannot_do_is_ours_to_mend(
    alice: User, providers: LocalProviders, settings: Settings
) -> None:
    settings.ANYMAIL |= {"SEND_DEFAULTS": {"tags": ["one", "two"]}}
    delivery = attempt(told(alice, "email"))
    assert (delivery.status, delivery.last_error_code, delivery.attempts) == ("pending", "mail_unsupported", 0)


def test_an_address_that_is_none_is_final() -> None:
    assert _classified(AnymailInvalidAddress("odd")).code == "mail_malformed"
