from uuid import UUID

from notifications.models import Delivery, Notification
from notifications.privacy_fields import TABLES
from numerai.common.privacy import Holding


def erase(user_id: UUID) -> dict[str, int]:
    """Delete it all, deliveries that still wait included."""
    _, by_model = Notification.objects.filter(recipient_id=user_id).delete()
    return {
        "notifications": by_model.get(Notification._meta.label, 0),
        "deliveries": by_model.get(Delivery._meta.label, 0),
    }


HOLDING = Holding(app="notifications", tables=TABLES, erase=erase)
