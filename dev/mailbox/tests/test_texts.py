"""Texts to phones stand beside the mails, sent by the product's own channel."""

import http.client

import pytest
from pytest_django import Settings

from accounts.models import User
from accounts.verification.mailing import PHONE_CODE_KIND
from dev.mailbox import Mailbox
from notifications.models import Delivery
from notifications.services import notify
from notifications.tasks import deliver

PATH = "/2010-04-01/Accounts/AClocal/Messages.json"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.mark.django_db(transaction=True)
def test_a_code_by_text_is_read_in_the_mailbox(settings: Settings) -> None:
    with Mailbox() as mailbox:
        settings.SMS_API_BASE = mailbox.url
        settings.SMS_ACCOUNT_SID, settings.SMS_AUTH_TOKEN, settings.SMS_SENDER = "AClocal", "local", "+15005550006"
        user = User.objects.create_user(phone="+14155552671", full_name="Phoebe")
        delivery = notify(user=user, kind=PHONE_CODE_KIND).deliveries.get()
        deliver(delivery.pk)
        (mail,) = mailbox.messages()
    assert (mail.subject, mail.to[0].address) == ("Text to +14155552671", "+14155552671@phone.localhost")
    assert "is your NumerAI code" in mail.text
    assert Delivery.objects.get().provider_message_id == f"SM{mail.id}"


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (b"", FORM),
        (b"To=%2B14155552671", FORM),
        (b"Body=words", FORM),
        (b"x", FORM | {"Content-Length": "9999999"}),
    ],
)
def test_a_text_without_a_number_or_words_is_refused(body: bytes, headers: dict[str, str]) -> None:
    with Mailbox() as mailbox:
        peer = http.client.HTTPConnection("127.0.0.1", mailbox.http_port, timeout=60)
        peer.request("POST", PATH, body, headers)
        assert peer.getresponse().status == 400
        peer.close()
        assert mailbox.messages() == []
