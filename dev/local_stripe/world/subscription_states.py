"""Which subscription states mean what."""

from dev.local_stripe.world.storage import Document

OVER = ("canceled", "incomplete_expired")
RENEWING = ("trialing", "active", "past_due", "unpaid")


def is_over(subscription: Document) -> bool:
    return subscription["status"] in OVER
