import base64
import json
from dataclasses import replace
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from accounts.models import User
from notifications import kinds
from notifications.destinations.health import condemn
from notifications.destinations.known import is_disabled
from notifications.inbound import mail as reading
from notifications.inbound.views import MAIL_PROVIDERS
from notifications.models import Delivery, Destination, Notification, Preference, ProviderReport
from notifications.preferences.deciding import resolve
from notifications.preferences.wishes import wishes_of
from notifications.services import notify
from notifications.tests.conftest import PLAN_CHANGED, email_delivery

PATH = "/api/v1/notifications/webhooks/email/postmark/"
BASIC = "Basic " + base64.b64encode(b"mail:secret").decode()

pytestmark = pytest.mark.django_db


def report(client: Client, path: str = PATH, authorization: str = BASIC, **event: Any) -> Any:
    said = {"MessageID": "mail-1", "Recipient": "alice@example.com", **event}
    return client.post(
        path, json.dumps(said), content_type="application/json", headers={"Authorization": authorization}
    )


def status_of(delivery: Delivery) -> tuple[str, str]:
    delivery.refresh_from_db()
    return delivery.status, delivery.reason


def bounce(client: Client, name: str, **event: Any) -> Any:
    return report(client, RecordType="Bounce", Type=name, ID=42, Email="alice@example.com", **event)


def test_a_mail_that_arrived_is_delivered(client: Client, mail: Delivery) -> None:
    answer = report(client, RecordType="Delivery", DeliveredAt="2026-11-21T16:33:54Z")
    assert (answer.status_code, answer.json()) == (200, {"received": True})
    assert status_of(mail) == ("delivered", "")
    assert ProviderReport.objects.get().provider == "postmark"


def test_what_was_sent_along_finds_the_mail_as_well(client: Client, mail: Delivery) -> None:
    report(client, RecordType="Delivery", MessageID="other", Metadata={"delivery_id": str(mail.pk)})
    assert status_of(mail) == ("delivered", "")
    assert mail.provider_message_id == "mail-1"


def test_a_hard_bounce_disables_the_address_and_its_owner_is_told(client: Client, mail: Delivery, alice: User) -> None:
    for _ in range(2):
        assert bounce(client, "HardBounce").status_code == 200
    assert status_of(mail) == ("bounced", "provider_permanent")
    assert mail.last_error_code == "mail_bounced"
    assert is_disabled(alice.pk, "email", "alice@example.com")
    assert Notification.objects.filter(kind="notifications.destination_disabled", recipient=alice).count() == 1
    assert ProviderReport.objects.count() == 1


@pytest.mark.parametrize("name", ["SoftBounce", "Transient", "DnsError", "Blocked"])
def test_what_may_pass_disables_nothing(name: str, client: Client, mail: Delivery, alice: User) -> None:
    assert bounce(client, name).status_code == 200
    assert not is_disabled(alice.pk, "email", "alice@example.com")


def test_a_complaint_disables_the_address_of_a_mail_that_stays_delivered(
    client: Client, mail: Delivery, alice: User
) -> None:
    report(client, RecordType="Delivery")
    bounce(client, "SpamComplaint", RecordTypeBefore="x")
    assert status_of(mail) == ("delivered", "")
    assert is_disabled(alice.pk, "email", "alice@example.com")


def test_who_says_goodbye_to_the_provider_gets_no_more_mail(client: Client, mail: Delivery, alice: User) -> None:
    Preference.objects.create(user=alice, kind=PLAN_CHANGED.name, channel="email", is_on=True)
    report(client, RecordType="SubscriptionChange", SuppressSending=True, SuppressionReason="ManualSuppression")
    assert resolve(PLAN_CHANGED, "email", wishes_of([alice.pk])[alice.pk].cells)[0] is False
    assert status_of(mail) == ("sent", "")


def test_rule_63_a_mail_that_nobody_knows_is_taken(client: Client, mail: Delivery) -> None:
    assert report(client, RecordType="Delivery", MessageID="unknown").status_code == 200
    assert report(client, RecordType="Delivery", MessageID=None).status_code == 200
    assert report(client, RecordType="Delivery", Metadata={"delivery_id": "999999999"}).status_code == 200
    assert report(client, RecordType="Delivery", MessageID="m", Metadata={"delivery_id": "x"}).status_code == 200
    assert status_of(mail) == ("sent", "")


def test_reading_and_clicking_is_nobodys_business(client: Client, mail: Delivery) -> None:
    for said in ("Open", "Click"):
        assert report(client, RecordType=said).status_code == 200
    assert not ProviderReport.objects.exists()


@pytest.mark.parametrize("authorization", ["", "Basic bWFpbDp3cm9uZw==", "Bearer mail:secret", "Basic !"])
def test_rule_63_without_the_secret_nothing_is_believed(authorization: str, client: Client, mail: Delivery) -> None:
    answer = report(client, authorization=authorization, RecordType="Delivery")
    assert (answer.status_code, answer.json()["code"]) == (403, "report_not_authentic")
    assert status_of(mail) == ("sent", "")
    assert not ProviderReport.objects.exists()


@pytest.mark.parametrize("secret", [[], [""], ""])
def test_without_a_secret_there_is_no_such_address(secret: Any, client: Client, settings: Settings) -> None:
    settings.ANYMAIL = {"WEBHOOK_SECRET": secret}
    assert report(client, RecordType="Delivery").status_code == 404


@pytest.mark.parametrize("name", ["nobody", "postmark_inbound", "sms"])
def test_an_unknown_provider_has_no_address(name: str, client: Client) -> None:
    assert report(client, f"/api/v1/notifications/webhooks/email/{name}/", RecordType="Delivery").status_code == 404


def test_rule_63_what_fails_here_is_sent_again(client: Client, mail: Delivery, monkeypatch: pytest.MonkeyPatch) -> None:
    client.raise_request_exception = False
    monkeypatch.setattr(reading, "STATUS", {"delivered": "nonsense"})
    answer = report(client, RecordType="Delivery")
    assert answer.status_code == 500
    assert not ProviderReport.objects.exists()
    monkeypatch.undo()
    assert report(client, RecordType="Delivery").status_code == 200
    assert status_of(mail) == ("delivered", "")


def test_what_tells_a_soft_bounce_stands_on_top_or_one_level_down() -> None:
    assert reading._is_soft({"event": "soft_bounce"})
    assert reading._is_soft({"bounce": {"bounceType": "Transient"}})
    assert not reading._is_soft({"bounce": {"bounceType": "Permanent", "n": 1}})
    assert not reading._is_soft(None)


@pytest.mark.parametrize("name", sorted(MAIL_PROVIDERS))
@pytest.mark.parametrize("body", ["nonsense", "[]", "{}"])
def test_a_stranger_is_refused_before_anything_is_read(client: Client, name: str, body: str) -> None:
    path = f"/api/v1/notifications/webhooks/email/{name}/"
    answers = [
        client.post(path, body, content_type="application/json", headers=headers)
        for headers in ({}, {"Authorization": "Basic eDp5"}, {"Authorization": "Basic \xff"})
    ]
    assert [answer.status_code for answer in answers] == [403, 403, 403]
    assert {answer.json()["code"] for answer in answers} == {"report_not_authentic"}


def test_a_provider_that_lacks_its_own_key_is_not_there(client: Client) -> None:
    assert report(client, "/api/v1/notifications/webhooks/email/mandrill/").status_code == 404


def test_what_the_provider_did_not_sign_changes_nothing(client: Client, mail: Delivery, settings: Settings) -> None:
    settings.ANYMAIL = settings.ANYMAIL | {"MAILGUN_WEBHOOK_SIGNING_KEY": "key"}
    signed = {"token": "token", "timestamp": "1795365600", "signature": "00"}
    event = {"event": "delivered", "message": {"headers": {"message-id": "mail-1"}}, "recipient": "alice@example.com"}
    said: dict[str, Any] = {"signature": signed, "event-data": event}
    path = "/api/v1/notifications/webhooks/email/mailgun/"
    answer = report(client, path, **said)
    assert (answer.status_code, answer.json()["code"]) == (403, "report_not_authentic")
    assert status_of(mail) == ("sent", "")
    assert not ProviderReport.objects.exists()


def test_what_bounces_at_anothers_address_tells_nothing_of_theirs(
    client: Client, mail: Delivery, alice: User, bob: User
) -> None:
    report(client, RecordType="SpamComplaint", ID=1, Email="alice@example.com")
    assert is_disabled(alice.pk, "email", "alice@example.com")
    kinds._kinds[PLAN_CHANGED.name] = replace(PLAN_CHANGED, channels=("email",), critical=True, is_addressed=True)
    made = notify(user=bob, kind=PLAN_CHANGED.name, context={"plan": "x"}, address="alice@example.com")
    condemn(made.deliveries.get(), "hard_bounce")
    assert is_disabled(alice.pk, "email", "alice@example.com")
    assert not Destination.objects.filter(user=bob).exists()


def test_a_report_with_the_id_of_another_mail_is_taken(client: Client, mail: Delivery, bob: User) -> None:
    """The provider gave it out twice; what we sent along says which mail it means."""
    other = email_delivery(bob)
    answer = report(client, RecordType="Delivery", Metadata={"delivery_id": str(other.pk)})
    assert answer.status_code == 200
    assert status_of(other) == ("delivered", "")
    assert other.provider_message_id == ""
    assert status_of(mail) == ("sent", "")
