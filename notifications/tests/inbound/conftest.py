import pytest
from pytest_django import Settings

from accounts.models import User
from notifications import kinds
from notifications.kinds import Kind
from notifications.models import Delivery
from notifications.services import notify
from notifications.tests.conftest import email_delivery
from numerai.common import clock

NEWS = Kind("sample.texted_news", "info", "news", ("sms",))
PHONE = "+14155552671"


@pytest.fixture(autouse=True)
def _providers(settings: Settings) -> None:
    kinds.register(NEWS)
    settings.SMS_ACCOUNT_SID, settings.SMS_AUTH_TOKEN, settings.SMS_SENDER = "ACsample", "token", "+15005550006"
    settings.API_URL = "https://api.numerai.example"
    settings.ANYMAIL = {"WEBHOOK_SECRET": ["mail:secret"]}


@pytest.fixture
def mail(alice: User) -> Delivery:
    """A mail that the provider has taken."""
    return _taken(email_delivery(alice), "postmark", "mail-1")


@pytest.fixture
def text(alice: User) -> Delivery:
    """A text that the provider has taken."""
    alice.phone, alice.phone_verified_at = PHONE, clock.now()
    alice.save()
    return _taken(notify(user=alice, kind=NEWS.name, context={"word": "x"}).deliveries.get(), "twilio", "SM1")


def _taken(delivery: Delivery, provider: str, message_id: str) -> Delivery:
    delivery.status, delivery.sent_at = "sent", clock.now()
    delivery.provider, delivery.provider_message_id = provider, message_id
    delivery.save()
    return delivery
