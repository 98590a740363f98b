from collections.abc import Callable, Iterator

import pytest
from pytest_django import Settings

from accounts.models import User
from conftest import PASSWORD
from dev.mailbox import Mail, Mailbox
from notifications.models import Delivery
from notifications.tasks import deliver
from notifications.vocabulary import DeliveryStatus

Post = Callable[[], list[Mail]]


@pytest.fixture
def dora(db: None) -> User:
    """Signed up, and has not entered her code yet."""
    return User.objects.create_user(email="dora@example.com", full_name="Dora Diaz", password=PASSWORD)


@pytest.fixture
def post(settings: Settings) -> Iterator[Post]:
    """``post()`` lets the worker send what waits, and answers every mail that has arrived, newest first."""
    with Mailbox() as mailbox:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", mailbox.smtp_port

        def send() -> list[Mail]:
            for delivery in Delivery.objects.filter(status=DeliveryStatus.PENDING).order_by("id"):
                deliver(delivery.pk)
            return mailbox.messages()

        yield send
