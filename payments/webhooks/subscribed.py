"""The events that the endpoint at Stripe is subscribed to: exactly those that make us look at something."""

OBJECTS: dict[str, str] = {
    "customer": "updated deleted",
    "customer.subscription": "created updated deleted paused resumed trial_will_end pending_update_applied "
    "pending_update_expired",
    "invoice": "created finalized finalization_failed paid payment_failed payment_action_required updated voided "
    "marked_uncollectible upcoming overdue",
    "invoice_payment": "paid",
    "checkout.session": "completed async_payment_succeeded async_payment_failed expired",
    "payment_intent": "succeeded payment_failed processing canceled",
    "setup_intent": "succeeded setup_failed",
    "payment_method": "attached detached updated automatically_updated",
    "refund": "created updated failed",
    "charge": "refunded",
    "charge.dispute": "created updated closed funds_withdrawn funds_reinstated",
    "radar.early_fraud_warning": "created",
    "subscription_schedule": "aborted canceled completed created expiring released updated",
    "credit_note": "created updated voided",
    "price": "created updated deleted",
    "product": "created updated deleted",
}
EVENTS: tuple[str, ...] = tuple(f"{name}.{what}" for name, words in OBJECTS.items() for what in words.split())
