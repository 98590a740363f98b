"""Payments that have really been made at the local Stripe, for tests of what happens to them afterwards."""

from typing import Any

import stripe

from accounts.models import User
from dev.local_stripe import LocalStripe
from payments import sync
from payments.models import LedgerEntry, Payment, Subscription
from payments.services import create_subscription, get_or_create_stripe_customer, handle_webhook_event
from payments.tests.delivering import Deliver
from payments.tests.selling import KIND


def buy(
    browser: stripe.StripeClient,
    user: User,
    *,
    amount: int = 1000,
    currency: str = "usd",
    card: str = "pm_card_visa",
    reference: str = "row 1",
) -> Payment:
    """A ticket that was paid at once; our row says so."""
    intent = browser.v1.payment_intents.create(
        {
            "customer": get_or_create_stripe_customer(user).stripe_id,
            "amount": amount,
            "currency": currency,
            "metadata": {"kind": KIND, "reference": reference},
            "payment_method": card,
            "confirm": True,
            "automatic_payment_methods": {"enabled": True, "allow_redirects": "never"},
        }
    )
    row = sync.sync_payment_intent(intent.id)
    assert row is not None
    return row


def subscribe(user: User, plan: str = "basic") -> Payment:
    """The payment of a first month."""
    create_subscription(user=user, plan=plan, payment_method_id="pm_card_visa")
    return Payment.objects.get(invoice__subscription=Subscription.objects.get(user=user))


def hear(server: LocalStripe, deliver: Deliver, *prefixes: str) -> list[Any]:
    """Deliver the events whose type begins like that, oldest first, and handle them; answers the state of each."""
    from payments.models import WebhookEvent

    for event in server.events():
        if event["type"].startswith(prefixes):
            deliver(event)
    waiting = WebhookEvent.objects.filter(state="pending").order_by("received_at").values_list("pk", flat=True)
    return [handle_webhook_event(row_id) for row_id in waiting]


def balance(payment: Payment) -> int:
    """What the book says is left of the payment."""
    return sum(LedgerEntry.objects.filter(payment=payment).values_list("amount", flat=True))


def entries(payment: Payment) -> list[tuple[str, int]]:
    return list(LedgerEntry.objects.filter(payment=payment).order_by("pk").values_list("kind", "amount"))
