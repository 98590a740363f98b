"""A real SDK talking to the stateful local Stripe; nothing of ours is replaced."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import stripe
import time_machine
from django.test import Client
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from conftest import Api
from dev.local_stripe import LocalStripe
from payments.gateway.connection.breaker import breaker
from payments.tests.changing import Subscriber
from payments.tests.delivering import SECRET, WEBHOOK, Deliver, Event, signed

PRICES = {plan: f"price_test_{plan}" for plan in ("basic", "premium", "elite")}


@pytest.fixture(scope="session")
def stripe_server() -> Iterator[LocalStripe]:
    with LocalStripe(prices=PRICES, webhook_secrets=(SECRET,)) as server:
        yield server


@pytest.fixture(autouse=True)
def _fresh_gateway(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Each test starts with a closed breaker, and the SDK's own pauses between retries are short."""
    monkeypatch.setattr(stripe.HTTPClient, "INITIAL_DELAY", 0.01)
    breaker.close()
    yield
    breaker.close()


@pytest.fixture
def local_stripe(stripe_server: LocalStripe, settings: Settings, transactional_db: None) -> LocalStripe:
    """An empty Stripe that our gateway talks to. No transaction is open, as in production."""
    stripe_server.reset()
    settings.STRIPE_API_BASE = stripe_server.url
    return stripe_server


@pytest.fixture
def delivering_stripe(live_server: LiveServer, settings: Settings) -> Iterator[LocalStripe]:
    """A Stripe that delivers its webhooks to a server of ours over HTTP."""
    url = f"{live_server.url}{WEBHOOK}"
    with LocalStripe(webhook_url=url, prices=PRICES, webhook_secrets=(SECRET,), retry_base_seconds=0.05) as server:
        settings.STRIPE_API_BASE = server.url
        yield server


@pytest.fixture
def browser(local_stripe: LocalStripe) -> stripe.StripeClient:
    """What the page, or somebody in Stripe's dashboard, does at Stripe without us."""
    return stripe.StripeClient("sk_test_page", base_addresses={"api": local_stripe.url})


@pytest.fixture
def subscriber(
    local_stripe: LocalStripe, browser: stripe.StripeClient, deliver: Deliver, bob: User, api: Api
) -> Iterator[Subscriber]:
    """Bob, who has no subscription yet, and a clock that he shares with Stripe."""
    with time_machine.travel(datetime.now(UTC)) as traveller:
        yield Subscriber(local_stripe, browser, deliver, bob, api, traveller)


@pytest.fixture
def deliver(db: None) -> Deliver:
    """``deliver(event)`` posts an event, a dict or raw bytes, signed like Stripe signs it."""

    def post(event: Event | bytes, *, secret: str = SECRET, age: int = 0) -> Any:
        body, header = signed(event, secret=secret, age=age)
        headers = {"Stripe-Signature": header}
        return Client().post(WEBHOOK, body, content_type="application/json", headers=headers)

    return post


@pytest.fixture
def _patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever waits for another gets their turn, however slow the machine is."""
    monkeypatch.setattr("payments.services.operations.PATIENCE_SECONDS", 60)
