from typing import Any
from uuid import UUID

from notifications.models import Delivery, Notification


def export(user_id: UUID) -> dict[str, Any]:
    """Everything the person was told, and by which way it went."""
    rows = Notification.objects.filter(recipient_id=user_id).order_by("id").prefetch_related("deliveries")
    return {"notifications": [_notification(row) for row in rows]}


def erase(user_id: UUID) -> dict[str, int]:
    """Delete it all, deliveries that still wait included."""
    _, by_model = Notification.objects.filter(recipient_id=user_id).delete()
    return {
        "notifications": by_model.get(Notification._meta.label, 0),
        "deliveries": by_model.get(Delivery._meta.label, 0),
    }


def _notification(row: Notification) -> dict[str, Any]:
    return {
        "id": str(row.public_id),
        "kind": row.kind,
        "type": row.notification_type,
        "title": row.title,
        "message": row.message,
        "data": row.data,
        "created_at": row.created_at.isoformat(),
        "read_at": row.read_at.isoformat() if row.read_at else None,
        "deleted_at": row.deleted_at.isoformat() if row.deleted_at else None,
        "deliveries": [_delivery(delivery) for delivery in row.deliveries.all()],
    }


def _delivery(row: Delivery) -> dict[str, Any]:
    return {
        "channel": row.channel,
        "destination": row.destination,
        "status": row.status,
        "reason": row.reason,
        "sent_at": row.sent_at.isoformat() if row.sent_at else None,
    }
