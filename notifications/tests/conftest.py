from collections.abc import Callable, Iterator
from typing import Any

import pytest
from pytest_django import Settings

from accounts.models import User
from dev.mailbox import Mailbox
from notifications import kinds
from notifications.kinds import Kind
from notifications.models import Delivery, Notification
from notifications.services import notify
from notifications.vocabulary import ChannelName

PLAN_CHANGED = Kind(
    name="sample.plan_changed", notification_type="payment", category="billing", channels=("in_app", "email")
)
NOTE = Kind(name="sample.note", notification_type="info", category="news", channels=("in_app",))
WARNING = Kind(name="sample.note", notification_type="warning", category="news", channels=("in_app",))

Tell = Callable[..., Notification]


@pytest.fixture(autouse=True)
def _sample_kinds(monkeypatch: pytest.MonkeyPatch) -> None:
    """Kinds of an imaginary app, with words of their own, beside those of the real apps."""
    monkeypatch.setattr(kinds, "_kinds", dict(kinds._kinds))
    kinds.register(PLAN_CHANGED)
    kinds.register(NOTE)


@pytest.fixture(autouse=True)
def _real_mail(settings: Settings) -> None:
    """The test runner swaps the mail backend for one in memory; these tests are about the real one."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"


@pytest.fixture
def mailbox(settings: Settings) -> Iterator[Mailbox]:
    with Mailbox() as running:
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", running.smtp_port
        yield running


@pytest.fixture
def tell() -> Tell:
    """``tell(user, "text")`` puts a note into the person's centre."""

    def note(user: User, text: str = "news", **more: Any) -> Notification:
        made: Notification = notify(user=user, kind="sample.note", context={"text": text}, **more)
        return made

    return note


def email_delivery(user: User, *, plan: str = "premium") -> Delivery:
    """A mail that waits to be sent to ``user``."""
    notification = notify(user=user, kind="sample.plan_changed", context={"plan": plan})
    return notification.deliveries.get(channel=ChannelName.EMAIL)
