from datetime import datetime

from accounts.models import User
from notifications.models import Delivery, Notification

REASONS = {"failed": "provider_exhausted", "bounced": "provider_permanent", "skipped": "preference_off"}


def made(
    user: User,
    channel: str,
    status: str,
    *,
    at: datetime,
    number: int = 1,
    kind: str = "sample.note",
    attempts: int = 1,
) -> list[Delivery]:
    """So many deliveries of that hour that stand like that."""
    told = Notification.objects.bulk_create(
        Notification(recipient=user, kind=kind, notification_type="info", title="x") for _ in range(number)
    )
    was_taken = status in {"sent", "delivered"}
    return Delivery.objects.bulk_create(
        Delivery(
            notification=notification,
            channel=channel,
            status=status,
            reason=REASONS.get(status, ""),
            attempts=0 if status in {"skipped", "pending", "queued"} else attempts,
            sent_at=at if was_taken else None,
            next_attempt_at=at if status in {"pending", "queued"} else None,
            lease_until=at if status == "queued" else None,
            created_at=at,
        )
        for notification in told
    )
