from collections.abc import Iterator

import pytest
from pytest_django import Settings

from dev.local_providers import LocalProviders
from dev.local_providers.keys import service_account, vapid_private_key
from notifications import kinds
from notifications.tests.reaching.browsers import Browser
from notifications.tests.reaching.ways import TOLD


@pytest.fixture(autouse=True)
def _told() -> None:
    kinds.register(TOLD)


def point_at(settings: Settings, url: str) -> None:
    """Every provider is there."""
    settings.WEB_PUSH_HOSTS = [url]
    settings.FCM_API_BASE = url
    settings.DISCORD_API_BASE = f"{url}/api/v10"
    settings.SMS_API_BASE = url
    settings.ANYMAIL = {"POSTMARK_SERVER_TOKEN": "server-token", "POSTMARK_API_URL": url}


@pytest.fixture
def providers(settings: Settings) -> Iterator[LocalProviders]:
    """The providers, and an account of ours at each."""
    with LocalProviders() as running:
        settings.VAPID_PRIVATE_KEY, settings.VAPID_SUBJECT = vapid_private_key(), "mailto:push@numerai.example"
        settings.FCM_SERVICE_ACCOUNT = service_account(f"{running.url}/token")
        settings.DISCORD_BOT_TOKEN = "bot-token"
        settings.SMS_ACCOUNT_SID, settings.SMS_AUTH_TOKEN, settings.SMS_SENDER = "ACsample", "token", "+15005550006"
        settings.EMAIL_BACKEND = "anymail.backends.postmark.EmailBackend"
        point_at(settings, running.url)
        yield running


@pytest.fixture
def browser(providers: LocalProviders) -> Browser:
    return Browser(providers.url)


@pytest.fixture
def _hurry(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> None:
    """Nobody is waited for long."""
    for channel in ("web_push", "mobile_push", "discord", "sms"):
        monkeypatch.setattr(f"notifications.channels.{channel}.SECONDS", 0.3)
    settings.EMAIL_TIMEOUT = 0.3
