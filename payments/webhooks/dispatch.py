"""Which event makes us look at what. An event says only where to look; sync decides what is true."""

from collections.abc import Callable, Mapping

from django.db import transaction

from payments import sync
from payments.models import SUBSCRIPTION, WebhookEvent
from payments.notices.dunning import tell_about_trial_end

Handler = Callable[[WebhookEvent], None]


def look_at_customer(event: WebhookEvent) -> None:
    sync.sync_customer(event.object_id)


def look_at_subscription(event: WebhookEvent) -> None:
    sync.sync_subscription(event.object_id, customer_id=event.customer_id)


def look_at_trial(event: WebhookEvent) -> None:
    row = sync.sync_subscription(event.object_id, customer_id=event.customer_id)
    with transaction.atomic():
        tell_about_trial_end(row)


def look_at_what_is_charged(event: WebhookEvent) -> None:
    """A card came, went or changed: of that only which one a subscription is charged to is kept."""
    data = event.payload["data"]
    # A card that was detached names its customer among what it was before.
    customer = event.customer_id or (data.get("previous_attributes") or {}).get("customer") or ""
    sync.sync_standing(customer)


def look_at_scheduled_subscription(event: WebhookEvent) -> None:
    schedule = event.payload["data"]["object"]
    subscription = schedule.get("subscription") or schedule.get("released_subscription")
    if subscription:
        sync.sync_subscription(subscription, customer_id=event.customer_id)


def look_at_invoice(event: WebhookEvent) -> None:
    sync.sync_invoice(event.object_id, customer_id=event.customer_id)


def look_at_its_invoice(event: WebhookEvent) -> None:
    sync.sync_invoice(event.payload["data"]["object"]["invoice"], customer_id=event.customer_id)


def look_at_payment_intent(event: WebhookEvent) -> None:
    metadata = event.payload["data"]["object"].get("metadata") or {}
    is_purchase = metadata.get("kind", SUBSCRIPTION) != SUBSCRIPTION
    sync.sync_payment_intent(event.object_id, customer_id=event.customer_id, is_purchase=is_purchase)


def look_at_checkout(event: WebhookEvent) -> None:
    from payments.services.selling.checkouts import look_at_checkout

    look_at_checkout(event.object_id, customer_id=event.customer_id)


def look_at_refunds(event: WebhookEvent) -> None:
    sync.sync_refunds(_payment_of(event))


def look_at_refunds_of_charge(event: WebhookEvent) -> None:
    sync.sync_refunds(_payment_of(event) or event.object_id)


def look_at_dispute(event: WebhookEvent) -> None:
    sync.sync_dispute(event.object_id, payment_id=_payment_of(event))


def look_at_fraud_warning(event: WebhookEvent) -> None:
    from payments.services.refunds.fraud import answer_fraud_warning

    answer_fraud_warning(event.object_id, payment_id=_payment_of(event))


def look_at_coming_invoice(event: WebhookEvent) -> None:
    """An invoice that is only announced has no id yet; what it will be for has."""
    parent = event.payload["data"]["object"].get("parent") or {}
    subscription = (parent.get("subscription_details") or {}).get("subscription")
    if subscription:
        sync.sync_subscription(subscription, customer_id=event.customer_id)


def look_at_price(event: WebhookEvent) -> None:
    from payments.setup import watching

    watching.look_at_price(event.object_id)


def look_at_product(event: WebhookEvent) -> None:
    from payments.setup import watching

    watching.look_at_product(event.object_id, event.payload["data"]["object"].get("default_price") or "")


def _payment_of(event: WebhookEvent) -> str:
    told = event.payload["data"]["object"]
    return str(told.get("payment_intent") or told.get("charge") or "")


HANDLERS: Mapping[str, Handler] = {
    "customer.subscription.trial_will_end": look_at_trial,
    "customer.deleted": look_at_customer,
    "customer.updated": look_at_what_is_charged,
    "setup_intent.succeeded": look_at_what_is_charged,
    "setup_intent.setup_failed": look_at_what_is_charged,
    **{
        f"payment_method.{what}": look_at_what_is_charged
        for what in ("attached", "detached", "updated", "automatically_updated")
    },
    **{
        f"subscription_schedule.{what}": look_at_scheduled_subscription
        for what in ("created", "updated", "released", "canceled", "completed", "aborted", "expiring")
    },
    **{
        f"customer.subscription.{what}": look_at_subscription
        for what in (
            "created",
            "updated",
            "deleted",
            "paused",
            "resumed",
            "pending_update_applied",
            "pending_update_expired",
        )
    },
    **{
        f"invoice.{what}": look_at_invoice
        for what in (
            "created",
            "finalized",
            "finalization_failed",
            "paid",
            "payment_succeeded",
            "payment_failed",
            "payment_action_required",
            "updated",
            "voided",
            "marked_uncollectible",
            "overdue",
        )
    },
    "invoice.upcoming": look_at_coming_invoice,
    "invoice_payment.paid": look_at_its_invoice,
    **{f"price.{what}": look_at_price for what in ("created", "updated", "deleted")},
    **{f"product.{what}": look_at_product for what in ("created", "updated", "deleted")},
    **{f"credit_note.{what}": look_at_its_invoice for what in ("created", "updated", "voided")},
    **{f"refund.{what}": look_at_refunds for what in ("created", "updated", "failed")},
    "charge.refunded": look_at_refunds_of_charge,
    **{
        f"charge.dispute.{what}": look_at_dispute
        for what in ("created", "updated", "closed", "funds_withdrawn", "funds_reinstated")
    },
    "radar.early_fraud_warning.created": look_at_fraud_warning,
    **{
        f"payment_intent.{what}": look_at_payment_intent
        for what in ("succeeded", "payment_failed", "processing", "canceled")
    },
    **{
        f"checkout.session.{what}": look_at_checkout
        for what in ("completed", "async_payment_succeeded", "async_payment_failed", "expired")
    },
}
