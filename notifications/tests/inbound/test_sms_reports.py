from typing import Any
from urllib.parse import parse_qs, urlencode

import pytest
from django.http import QueryDict
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from accounts.models import User
from notifications.deliveries import dispatch
from notifications.inbound import sms
from notifications.models import Delivery, Destination, Notification, ProviderReport
from notifications.vocabulary import DeliveryStatus
from numerai.common import clock
from numerai.tests.http_peers import Peer, listening

PATH = "/api/v1/notifications/webhooks/sms/"
FORM = "application/x-www-form-urlencoded"

pytestmark = pytest.mark.django_db


def report(client: Client, *, query: str = "", signature: str | None = None, **form: str) -> Any:
    body = urlencode(form)
    signed = (
        signature
        if signature is not None
        else sms.signature(f"https://api.numerai.example{PATH}{query}", QueryDict(body))
    )
    return client.post(f"{PATH}{query}", body, content_type=FORM, headers={"X-Twilio-Signature": signed})


def status_of(delivery: Delivery) -> tuple[str, str]:
    delivery.refresh_from_db()
    return delivery.status, delivery.reason


def test_the_signature_is_twilios_own(settings: Settings) -> None:
    """The example of their documentation: https://www.twilio.com/docs/usage/security."""
    settings.SMS_AUTH_TOKEN = "12345"
    form = QueryDict(
        urlencode(
            {
                "CallSid": "CA1234567890ABCDE",
                "Caller": "+14158675309",
                "Digits": "1234",
                "From": "+14158675309",
                "To": "+18005551212",
            }
        )
    )
    assert sms.signature("https://mycompany.com/myapp.php?foo=1&bar=2", form) == "RSOYDt4T1cUTdK1PDd93/VVr8B8="


def test_a_text_that_arrived_is_delivered(
    client: Client, text: Delivery, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(8):
        answer = report(client, MessageSid="SM1", MessageStatus="delivered")
    assert (answer.status_code, answer.json()) == (200, {"received": True})
    assert status_of(text) == ("delivered", "")
    assert text.delivered_at is not None
    kept = ProviderReport.objects.get()
    assert (kept.provider, kept.event_type, kept.delivery) == ("twilio", "delivered", text)


def test_rule_63_the_same_report_counts_once(client: Client, text: Delivery) -> None:
    for _ in range(2):
        assert report(client, MessageSid="SM1", MessageStatus="undelivered", ErrorCode="30005").status_code == 200
    assert status_of(text) == ("bounced", "provider_permanent")
    assert text.last_error_code == "sms_30005"
    assert ProviderReport.objects.count() == 1
    destination = Destination.objects.get()
    assert (destination.disabled_reason, destination.is_enabled) == ("sms_30005", False)
    assert Notification.objects.filter(kind="notifications.destination_disabled").count() == 1


def test_rule_63_a_text_that_nobody_knows_is_taken(client: Client, text: Delivery) -> None:
    assert report(client, MessageSid="SM2", MessageStatus="delivered").status_code == 200
    assert report(client, query="?delivery=999999999", MessageSid="SM3", MessageStatus="failed").status_code == 200
    assert report(client, MessageSid="", MessageStatus="failed").status_code == 200
    assert status_of(text) == ("sent", "")
    assert list(ProviderReport.objects.values_list("delivery", flat=True)) == [None, None]


@pytest.mark.parametrize("forgery", ["none", "wrong", "other body", "other address", "other key"])
def test_rule_63_what_is_not_signed_changes_nothing(
    forgery: str, client: Client, text: Delivery, settings: Settings
) -> None:
    form = {"MessageSid": "SM1", "MessageStatus": "delivered"}
    url = f"https://api.numerai.example{PATH}"
    good = sms.signature(url, QueryDict(urlencode(form)))
    settings.SMS_AUTH_TOKEN = "another" if forgery == "other key" else "token"
    signature = {"none": "", "wrong": "AAAA"}.get(forgery, good)
    form |= {"ErrorCode": "1"} if forgery == "other body" else {}
    answer = report(client, query="?delivery=1" if forgery == "other address" else "", signature=signature, **form)
    assert (answer.status_code, answer.json()["code"]) == (403, "report_not_authentic")
    assert status_of(text) == ("sent", "")
    assert not ProviderReport.objects.exists()


def test_whoever_guesses_is_told_to_wait(client: Client, text: Delivery, settings: Settings) -> None:
    settings.RATE_LIMIT_ENABLED = True
    answers = [report(client, signature="x", MessageSid="SM1", MessageStatus="sent").status_code for _ in range(62)]
    assert answers == [403] * 60 + [429] * 2
    assert report(client, MessageSid="SM1", MessageStatus="delivered").status_code == 200


def test_without_an_account_there_is_no_such_address(client: Client, settings: Settings) -> None:
    settings.SMS_AUTH_TOKEN = ""
    answer = report(client, signature="x", MessageSid="SM1", MessageStatus="sent")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_other_methods_and_large_bodies_are_refused(client: Client) -> None:
    answer = client.get(PATH)
    assert (answer.status_code, answer["Allow"]) == (405, "POST")
    assert report(client, signature="x", Body="x" * 20_000).status_code == 413


def test_a_report_may_come_before_the_worker_has_written_the_messages_id(client: Client, text: Delivery) -> None:
    """The address that the provider was given names the delivery."""
    Delivery.objects.filter(pk=text.pk).update(
        status=DeliveryStatus.SENDING, lease_until=clock.now(), provider="", provider_message_id="", sent_at=None
    )
    report(client, query=f"?delivery={text.pk}", MessageSid="SM9", MessageStatus="delivered")
    assert status_of(text) == ("delivered", "")
    assert (text.provider, text.provider_message_id, text.lease_until) == ("twilio", "SM9", None)
    assert text.sent_at is not None


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("is_public", [True, False])
def test_the_provider_is_told_where_to_report_if_it_can_reach_us(
    is_public: bool, text: Delivery, settings: Settings
) -> None:
    settings.API_URL = "https://api.numerai.example/" if is_public else "http://localhost:8000"
    Delivery.objects.filter(pk=text.pk).update(status="pending", next_attempt_at=clock.now())
    with listening(Peer(status=201, body=b'{"sid": "SM7"}')) as peer:
        settings.SMS_API_BASE = peer.url
        dispatch.deliver(text.pk)
    (request,) = peer.asked
    told = parse_qs(request.body.decode()).get("StatusCallback")
    assert told == ([f"https://api.numerai.example{PATH}?delivery={text.pk}"] if is_public else None)


def test_a_mail_is_none_of_the_texts_providers_business(client: Client, mail: Delivery) -> None:
    report(client, query=f"?delivery={mail.pk}", MessageSid="SM9", MessageStatus="failed")
    assert status_of(mail) == ("sent", "")


def test_what_says_nothing_of_the_end_changes_nothing(client: Client, text: Delivery, alice: User) -> None:
    for said in ("queued", "sending", "something_new", "sent"):
        assert report(client, MessageSid="SM1", MessageStatus=said).status_code == 200
    assert status_of(text) == ("sent", "")
    assert ProviderReport.objects.filter(delivery=text).count() == 4
