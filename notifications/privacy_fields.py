"""What becomes of every column of notifications."""

from typing import Any

from notifications.models import Delivery, Notification
from numerai.common.privacy import Table, hidden, plain, told


def _notification(row: Notification) -> dict[str, Any]:
    return {
        "id": str(row.public_id),
        "kind": row.kind,
        "type": row.notification_type,
        "title": row.title,
        "message": row.message,
        "data": row.data,
        "action_url": row.action_url,
        "created_at": plain(row.created_at),
        "read_at": plain(row.read_at),
        "deleted_at": plain(row.deleted_at),
        "deliveries": [_delivery(delivery) for delivery in row.deliveries.all()],
    }


def _delivery(row: Delivery) -> dict[str, Any]:
    return {
        "channel": row.channel,
        "destination": row.destination,
        "status": row.status,
        "reason": row.reason,
        "sent_at": plain(row.sent_at),
    }


TABLES = (
    Table(
        "notifications.Notification",
        (
            told("public_id kind notification_type title message data action_url created_at read_at deleted_at"),
            hidden("id recipient priority in_centre expires_at dedupe_key"),
        ),
        owner="recipient_id",
        section="notifications",
        purpose="What we told you.",
        until="As long as the account exists.",
        is_deleted=True,
        row=_notification,
        prefetched=("deliveries",),
        order="id",
    ),
    Table(
        "notifications.Delivery",
        (
            told("channel destination status reason sent_at"),
            hidden("id notification attempts next_attempt_at lease_until last_error_code last_error"),
            hidden("provider_message_id created_at"),
        ),
        owner="notification__recipient_id",
        section="notifications",
        purpose="By which way it went, and to which address.",
        until="As long as the account exists.",
        is_deleted=True,
        is_part=True,
    ),
)
