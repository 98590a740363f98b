"""Events as Stripe delivers them, and the inbox as a worker empties it."""

import hashlib
import hmac
import json
import time
from collections.abc import Callable
from typing import Any, Protocol

import stripe
from django.db import connection
from django.db.models import Model

from dev.local_stripe import LocalStripe
from payments.models import BillingHistory, Payment, Subscription, WebhookEvent
from payments.models.webhook_event import OPEN
from payments.services import handle_webhook_event

WEBHOOK = "/api/v1/payments/webhook/"
SECRET = "whsec_test"

Event = dict[str, Any]


class Deliver(Protocol):
    def __call__(self, event: Event | bytes, *, secret: str = SECRET, age: int = 0) -> Any: ...


def signed(event: Event | bytes, *, secret: str = SECRET, age: int = 0) -> tuple[bytes, str]:
    """The body and its signature header of now, or of ``age`` seconds ago."""
    body = event if isinstance(event, bytes) else json.dumps(event).encode()
    moment = int(time.time()) - age
    digest = hmac.new(secret.encode(), f"{moment}.".encode() + body, hashlib.sha256).hexdigest()
    return body, f"t={moment},v1={digest}"


def an_event(**changes: Any) -> Event:
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


def wait_until(is_so: Callable[[], bool], *, seconds: float = 60.0) -> None:
    """Look again and again until it is so; fails when the time is up."""
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline, f"Not so within {seconds} seconds: {is_so.__name__}"
        time.sleep(0.02)


def handle_all() -> None:
    """Handle what waits in the inbox, oldest first."""
    for row_id in WebhookEvent.objects.filter(state__in=OPEN).order_by("received_at").values_list("pk", flat=True):
        handle_webhook_event(row_id)


def confirm(browser: stripe.StripeClient, client_secret: str, card: str = "pm_card_visa") -> str:
    """The page confirms the payment that ``client_secret`` stands for; answers the payment's status."""
    intent_id = client_secret.partition("_secret_")[0]
    return browser.v1.payment_intents.confirm(intent_id, {"payment_method": card}).status


def asked(server: LocalStripe, method: str, path: str) -> list[str]:
    """The idempotency keys, "" without one, of the requests that Stripe got at exactly this path."""
    return [
        request.idempotency_key or ""
        for request in server.requests
        if request.method == method and request.path == path
    ]


def difference(server: LocalStripe) -> list[str]:
    """How our rows differ from Stripe's objects; nothing when the mirror is true."""
    theirs = {
        "subscription": {each["id"]: each["status"] for each in server.objects("subscription")},
        "invoice": {each["id"]: (each["status"], each["amount_paid"]) for each in server.objects("invoice")},
        "payment": {each["id"]: each["status"] for each in server.objects("payment_intent")},
    }
    ours = {
        "subscription": dict(Subscription.objects.values_list("stripe_id", "status")),
        "invoice": {row.stripe_id: (row.status, row.amount_paid) for row in BillingHistory.objects.all()},
        "payment": dict(Payment.objects.values_list("stripe_id", "status")),
    }
    return [f"{kind}: {theirs[kind]} there, {ours[kind]} here" for kind in theirs if theirs[kind] != ours[kind]]


def forget(*models: type[Model]) -> None:
    """Empty tables as only the suite may: what is in them is evidence, so rows are refused to be deleted."""
    with connection.cursor() as cursor:
        tables = ", ".join(f'"{model._meta.db_table}"' for model in models)
        cursor.execute(f"TRUNCATE {tables} CASCADE")
