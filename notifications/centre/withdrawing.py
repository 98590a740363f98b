"""What a notification told of is gone: so is the notification."""

from django.db import transaction
from django.db.models import QuerySet

from notifications.centre.services import EFFECTS, Action
from notifications.models import Delivery, Notification
from notifications.stream import events
from notifications.vocabulary import NOT_BEGUN, DeliveryStatus, Reason
from numerai.common import clock


def withdraw_from_centre(notification_id: int) -> bool:
    """Found out when it was to be sent; what was made for other ways alone stays as their record."""
    return withdraw_one(Notification.objects.filter(pk=notification_id, in_centre=True))


def withdraw_one(found: "QuerySet[Notification]") -> bool:
    """The first that is ``found`` goes from the centre, and what of it has not left yet does not leave. Answers whether
    there was one. Call it last in a transaction: see ``stream.events.record``."""
    with transaction.atomic():
        row = found.filter(deleted_at__isnull=True).select_for_update(no_key=True).first()
        if row is None:
            return False
        Notification.objects.filter(pk=row.pk).update(deleted_at=clock.now())
        Delivery.objects.filter(notification=row, status__in=NOT_BEGUN).update(
            status=DeliveryStatus.CANCELLED, reason=Reason.SOURCE_GONE, lease_until=None
        )
        if row.in_centre:
            events.publish(row.recipient_id, EFFECTS[Action.DELETE].event, {"ids": [str(row.public_id)]})
    return True
