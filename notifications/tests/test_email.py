from email.utils import parseaddr

import pytest
from django.db import connection
from pytest_django import Settings

from accounts.models import User
from dev.mailbox import Mailbox
from notifications import kinds
from notifications.deliveries import dispatch
from notifications.kinds import Kind, NoLongerNeeded
from notifications.models import Delivery
from notifications.services import notify
from notifications.tasks import deliver
from notifications.tests.conftest import email_delivery
from notifications.vocabulary import DeliveryStatus, Reason


def test_the_mail_arrives_and_the_delivery_says_so(alice: User, mailbox: Mailbox, settings: Settings) -> None:
    delivery = email_delivery(alice, plan="Élite ✓")
    deliver(delivery.pk)
    (mail,) = mailbox.messages()
    assert [address.address for address in mail.to] == ["alice@example.com"]
    assert mail.sender.address == parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
    assert mail.subject == "Your plan: Élite ✓"
    assert "Hello Alice Marie Johnson,\n\nyou now have Élite ✓." in mail.text
    assert "you now have <strong>Élite ✓</strong>." in mail.html
    delivery.refresh_from_db()
    assert (delivery.status, delivery.attempts, delivery.lease_until) == (DeliveryStatus.SENT, 1, None)
    assert delivery.sent_at is not None
    assert delivery.provider_message_id == f"<{mail.message_id}>"


def test_headers_that_machines_read(alice: User, mailbox: Mailbox, settings: Settings) -> None:
    settings.DEFAULT_FROM_EMAIL = "NumerAI <hello@numerai.example>"
    delivery = email_delivery(alice)
    dispatch.deliver(delivery.pk)
    (mail,) = mailbox.messages()
    assert mail.header("Message-ID") == f"<{delivery.notification.public_id}.{delivery.pk}@numerai.example>"
    assert mail.header("Auto-Submitted") == "auto-generated"
    assert mail.header("X-Auto-Response-Suppress") == "All"
    assert mail.header("List-Unsubscribe-Post") == "List-Unsubscribe=One-Click"


def test_a_hostile_value_makes_no_header_of_its_own(alice: User, mailbox: Mailbox) -> None:
    delivery = email_delivery(alice, plan="x\r\nBcc: victim@example.com\u2028X-Evil: 1")
    dispatch.deliver(delivery.pk)
    (mail,) = mailbox.messages()
    assert mail.subject == "Your plan: x Bcc: victim@example.com X-Evil: 1"
    assert (mail.bcc, mail.header("X-Evil")) == ((), "")


def test_delivering_twice_sends_once(alice: User, mailbox: Mailbox) -> None:
    delivery = email_delivery(alice)
    dispatch.deliver(delivery.pk)
    dispatch.deliver(delivery.pk)
    assert len(mailbox.messages()) == 1


def test_a_delivery_that_is_not_there_sends_nothing(alice: User, mailbox: Mailbox) -> None:
    delivery = email_delivery(alice)
    delivery.notification.delete()
    dispatch.deliver(delivery.pk)
    assert mailbox.messages() == []


@pytest.mark.django_db(transaction=True)
def test_a_code_is_made_in_the_worker_and_stored_nowhere(bob: User, mailbox: Mailbox) -> None:
    seen: list[object] = []

    def resolve(user_id: object, context: dict[str, object]) -> dict[str, object]:
        seen.append((user_id, context, connection.in_atomic_block))
        return {"code": "314159"}

    kinds.register(Kind("sample.code", "info", "security", ("email",), critical=True, resolve_context=resolve))
    notification = notify(user=bob, kind="sample.code", context={"purpose": "sign-up"})
    assert seen == []
    dispatch.deliver(notification.deliveries.get().pk)
    assert seen == [(bob.pk, {"purpose": "sign-up"}, False)]
    assert mailbox.messages()[0].subject == "314159 is your code"
    notification.refresh_from_db()
    assert "314159" not in str(Delivery.objects.values().get()) + str(notification.data)


def test_what_is_no_longer_needed_is_cancelled(bob: User, mailbox: Mailbox) -> None:
    def resolve(user_id: object, context: dict[str, object]) -> dict[str, object]:
        raise NoLongerNeeded

    kinds.register(Kind("sample.code", "info", "security", ("email",), critical=True, resolve_context=resolve))
    delivery = notify(user=bob, kind="sample.code").deliveries.get()
    dispatch.deliver(delivery.pk)
    delivery.refresh_from_db()
    assert (delivery.status, delivery.reason) == (DeliveryStatus.CANCELLED, Reason.SOURCE_GONE)
    assert mailbox.messages() == []


def test_the_mail_of_a_kind_links_to_the_frontend(alice: User, mailbox: Mailbox, settings: Settings) -> None:
    settings.FRONTEND_URL = "https://app.numerai.example"
    notification = notify(
        user=alice, kind="sample.plan_changed", context={"plan": "elite"}, action_url="/settings/billing"
    )
    dispatch.deliver(notification.deliveries.get(channel="email").pk)
    (mail,) = mailbox.messages()
    assert "https://app.numerai.example/settings/billing" in mail.text
    assert 'href="https://app.numerai.example/settings/billing"' in mail.html
