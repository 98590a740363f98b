"""Every message that payments sends. Its words are under ``templates/notifications/``, in a folder named like it."""

from notifications.kinds import Kind, register

CHANNELS = ("in_app", "email")
BILLING_PAGE = "/billing"

ACTIVATED = "payments.subscription_activated"
ENDED = "payments.subscription_ended"
PAYMENT_FAILED = "payments.payment_failed"

KINDS = (ACTIVATED, ENDED, PAYMENT_FAILED)


def register_kinds() -> None:
    for name in KINDS:
        register(Kind(name=name, notification_type="payment", category="billing", channels=CHANNELS))
