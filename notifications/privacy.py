from uuid import UUID

from notifications.broadcasts import writing
from notifications.models import Broadcast, Delivery, Notification, Wording
from notifications.privacy_fields import TABLES
from numerai.common.privacy import Holding, delete_rows


def erase(user_id: UUID) -> dict[str, int]:
    """Delete it all, deliveries that still wait included; what an operator did for everybody stays, without them."""
    # First: what somebody tells them at this moment is there when this is through, and goes with the rest.
    lists = writing.forget(user_id)
    _, by_model = Notification.objects.filter(recipient_id=user_id).delete()
    others = tuple(table for table in TABLES if table.model_class not in (Notification, Delivery))
    return {
        "notifications": by_model.get(Notification._meta.label, 0),
        "deliveries": by_model.get(Delivery._meta.label, 0),
        **delete_rows(others, user_id),
        "broadcast_batches": lists,
        "broadcasts": Broadcast.objects.filter(started_by=user_id).update(started_by=None),
        "wordings": Wording.objects.filter(written_by=user_id).update(written_by=None),
    }


HOLDING = Holding(app="notifications", tables=TABLES, erase=erase)
