from dataclasses import dataclass
from datetime import datetime

from payments.gateway.snapshots.intents import IntentView, intent_view
from payments.gateway.snapshots.reading import Fields, known_moment, reference
from payments.gateway.snapshots.subscriptions import SubscriptionView, subscription_view


@dataclass(frozen=True)
class CheckoutView:
    """A visit to Stripe's own payment page. ``kind`` to ``operation_id`` are what we wrote into its metadata. ``url``
    is "" once the page is closed. ``intent`` and ``subscription`` are there when they were asked for and made."""

    id: str
    customer_id: str
    livemode: bool
    mode: str
    kind: str
    reference: str
    plan: str
    description: str
    platform_fee: int
    operation_id: str
    amount: int
    currency: str
    status: str
    payment_status: str
    url: str
    intent: IntentView | None
    subscription: SubscriptionView | None
    expires_at: datetime
    created_at: datetime


def checkout_view(session: Fields) -> CheckoutView:
    metadata = session.get("metadata") or {}
    intent, subscription = session["payment_intent"], session["subscription"]
    share, amount = str(metadata.get("platform_fee", "")), session["amount_total"] or 0
    return CheckoutView(
        id=session["id"],
        customer_id=reference(session["customer"]),
        livemode=session["livemode"],
        mode=session["mode"],
        kind=str(metadata.get("kind", "")),
        reference=str(metadata.get("reference", "")),
        plan=str(metadata.get("plan", "")),
        description=str(metadata.get("description", "")),
        platform_fee=min(int(share), amount) if share.isdecimal() else 0,
        operation_id=str(metadata.get("operation_id", "")),
        amount=amount,
        currency=session["currency"] or "",
        status=session["status"] or "",
        payment_status=session["payment_status"],
        url=session["url"] or "",
        intent=intent_view(intent) if isinstance(intent, dict) else None,
        subscription=subscription_view(subscription) if isinstance(subscription, dict) else None,
        expires_at=known_moment(session["expires_at"]),
        created_at=known_moment(session["created"]),
    )
