"""Which event makes us look at what. An event says only where to look; sync decides what is true."""

from collections.abc import Callable, Mapping

from payments import sync
from payments.models import WebhookEvent

Handler = Callable[[WebhookEvent], None]


def look_at_customer(event: WebhookEvent) -> None:
    sync.sync_customer(event.object_id)


def look_at_subscription(event: WebhookEvent) -> None:
    sync.sync_subscription(event.object_id, customer_id=event.customer_id)


def look_at_invoice(event: WebhookEvent) -> None:
    sync.sync_invoice(event.object_id, customer_id=event.customer_id)


def look_at_invoice_of_payment(event: WebhookEvent) -> None:
    sync.sync_invoice(event.payload["data"]["object"]["invoice"], customer_id=event.customer_id)


def look_at_payment_intent(event: WebhookEvent) -> None:
    sync.sync_payment_intent(event.object_id, customer_id=event.customer_id)


HANDLERS: Mapping[str, Handler] = {
    "customer.deleted": look_at_customer,
    **{
        f"customer.subscription.{what}": look_at_subscription
        for what in (
            "created",
            "updated",
            "deleted",
            "paused",
            "resumed",
            "trial_will_end",
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
    "invoice_payment.paid": look_at_invoice_of_payment,
    **{
        f"payment_intent.{what}": look_at_payment_intent
        for what in ("succeeded", "payment_failed", "processing", "canceled")
    },
}
