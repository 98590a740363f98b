from payments.services.customers import get_or_create_stripe_customer
from payments.services.operations import (
    AnotherPurchaseInProgress,
    IdempotencyKeyInUse,
    IdempotencyKeyReused,
)
from payments.services.purchases import AlreadySubscribed, NewSubscription
from payments.services.settling import sweep_operations
from payments.services.subscribing import create_subscription
from payments.webhooks.inbox import replay_webhook_events
from payments.webhooks.processing import handle_webhook_event
from payments.webhooks.verification import verify_webhook_signature

__all__ = [
    "AlreadySubscribed",
    "AnotherPurchaseInProgress",
    "IdempotencyKeyInUse",
    "IdempotencyKeyReused",
    "NewSubscription",
    "create_subscription",
    "get_or_create_stripe_customer",
    "handle_webhook_event",
    "replay_webhook_events",
    "sweep_operations",
    "verify_webhook_signature",
]
