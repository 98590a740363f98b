from payments.services.contacts import sweep_contacts, tell_contact
from payments.services.customers import get_or_create_stripe_customer
from payments.services.leaving import end_everything
from payments.services.operations import (
    AnotherPurchaseInProgress,
    IdempotencyKeyInUse,
    IdempotencyKeyReused,
)
from payments.services.purchases import AlreadySubscribed, NewSubscription
from payments.services.refunds.refunding import create_refund
from payments.services.refunds.requesting import approve_refund_request, refuse_refund_request, request_refund
from payments.services.selling.abandoned import close_abandoned
from payments.services.selling.checkouts import create_checkout_session, retrieve_checkout_session
from payments.services.selling.intents import create_payment_intent, retrieve_payment_intent
from payments.services.selling.reviews import approve_purchase, refuse_purchase
from payments.services.settling import sweep_operations
from payments.services.subscribing import create_subscription
from payments.services.subscriptions.cancellation import cancel_subscription
from payments.services.subscriptions.changes import change_plan, redeem
from payments.services.subscriptions.on_behalf import cancel_on_behalf, resume_on_behalf
from payments.services.subscriptions.pauses import pause_subscription, resume_due
from payments.services.subscriptions.previews import preview_change
from payments.services.subscriptions.resumption import resume_subscription
from payments.services.wallet.default import NewDefault, set_default_payment_method
from payments.services.wallet.portal import create_portal_session
from payments.services.wallet.removal import remove_payment_method
from payments.services.wallet.saved import (
    NewMethod,
    SavedMethod,
    add_payment_method,
    get_customer_payment_methods,
)
from payments.webhooks.inbox import replay_webhook_events
from payments.webhooks.processing import handle_webhook_event
from payments.webhooks.verification import verify_webhook_signature

__all__ = [
    "AlreadySubscribed",
    "AnotherPurchaseInProgress",
    "IdempotencyKeyInUse",
    "IdempotencyKeyReused",
    "NewDefault",
    "NewMethod",
    "NewSubscription",
    "SavedMethod",
    "add_payment_method",
    "approve_purchase",
    "approve_refund_request",
    "cancel_on_behalf",
    "cancel_subscription",
    "change_plan",
    "close_abandoned",
    "create_checkout_session",
    "create_payment_intent",
    "create_portal_session",
    "create_refund",
    "create_subscription",
    "end_everything",
    "get_customer_payment_methods",
    "get_or_create_stripe_customer",
    "handle_webhook_event",
    "pause_subscription",
    "preview_change",
    "redeem",
    "refuse_purchase",
    "refuse_refund_request",
    "remove_payment_method",
    "replay_webhook_events",
    "request_refund",
    "resume_due",
    "resume_on_behalf",
    "resume_subscription",
    "retrieve_checkout_session",
    "retrieve_payment_intent",
    "set_default_payment_method",
    "sweep_contacts",
    "sweep_operations",
    "tell_contact",
    "verify_webhook_signature",
]
