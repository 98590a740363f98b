"""A real SDK talking to the stateful local Stripe; nothing of ours is replaced."""

import json
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import stripe
from django.http import HttpResponse
from django.test import Client
from pytest_django import Settings

from dev.local_stripe import LocalStripe
from payments.gateway.breaker import breaker
from payments.models import WebhookEvent
from payments.models.webhook_event import OPEN
from payments.services import handle_webhook_event

WEBHOOK = "/api/v1/payments/webhook/"
PRICES = {plan: f"price_test_{plan}" for plan in ("basic", "premium", "elite")}
Deliver = Callable[..., HttpResponse]


@pytest.fixture(scope="session")
def stripe_server() -> Iterator[LocalStripe]:
    with LocalStripe(prices=PRICES, webhook_secrets=("whsec_test",)) as server:
        yield server


@pytest.fixture
def local_stripe(stripe_server: LocalStripe, settings: Settings, transactional_db: None) -> LocalStripe:
    """An empty Stripe that our gateway talks to. No transaction is open, as in production."""
    stripe_server.reset()
    breaker.close()
    settings.STRIPE_API_BASE = stripe_server.url
    return stripe_server


@pytest.fixture
def browser(local_stripe: LocalStripe) -> stripe.StripeClient:
    """What the page, or somebody in Stripe's dashboard, does at Stripe without us."""
    return stripe.StripeClient("sk_test_page", base_addresses={"api": local_stripe.url})


@pytest.fixture(autouse=True)
def _closed_breaker() -> Iterator[None]:
    breaker.close()
    yield
    breaker.close()


@pytest.fixture
def deliver(db: None) -> Deliver:
    """``deliver(event)`` posts an event, a dict or raw bytes, signed like Stripe signs it."""

    def post(
        event: dict[str, Any] | bytes, *, secret: str = "whsec_test", age: int = 0, **headers: str
    ) -> HttpResponse:
        body = event if isinstance(event, bytes) else json.dumps(event).encode()
        header = signature(body, secret=secret, age=age)
        return Client().post(
            WEBHOOK, body, content_type="application/json", headers={"Stripe-Signature": header} | headers
        )

    return post


def signature(body: bytes, *, secret: str = "whsec_test", age: int = 0) -> str:
    """A header of now, or of ``age`` seconds ago."""
    return stripe.WebhookSignature.generate_signature_header(body.decode("latin-1"), secret, int(time.time()) - age)


def an_event(**changes: Any) -> dict[str, Any]:
    """A small valid event about an invoice."""
    return {
        "id": "evt_1",
        "object": "event",
        "api_version": "2026-10-28.endive",
        "created": int(time.time()),
        "livemode": False,
        "type": "invoice.paid",
        "data": {"object": {"id": "in_1", "object": "invoice", "customer": "cus_1"}},
    } | changes


def handle_all() -> None:
    """Handle what waits in the inbox, oldest first, as a worker would."""
    for row_id in WebhookEvent.objects.filter(state__in=OPEN).order_by("received_at").values_list("pk", flat=True):
        handle_webhook_event(row_id)


def confirm(browser: stripe.StripeClient, client_secret: str, card: str = "pm_card_visa") -> stripe.PaymentIntent:
    """The page confirms the payment that ``client_secret`` stands for."""
    return browser.v1.payment_intents.confirm(client_secret.split("_secret_")[0], {"payment_method": card})
