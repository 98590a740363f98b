"""What a notification told of is gone: so is the notification."""

from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from notifications.centre.services import EFFECTS, Action
from notifications.models import Delivery, Notification
from notifications.stream import events
from notifications.vocabulary import WAITING, DeliveryStatus, Reason
from numerai.common import clock

NOT_BEGUN = (*WAITING, DeliveryStatus.QUEUED)


def withdraw(*, user_id: UUID, dedupe_key: str) -> bool:
    """For owners, last in the transaction that removes the source: it is out of the centre, and what of it has not been
    sent is not sent. Answers whether it was there. The key stays taken: a later ``notify`` with it makes nothing."""
    return _withdraw(Notification.objects.filter(recipient_id=user_id, dedupe_key=dedupe_key))


def withdraw_from_centre(notification_id: int) -> bool:
    """The same, found out when it was to be sent; what was made for other ways alone stays as their record."""
    return _withdraw(Notification.objects.filter(pk=notification_id, in_centre=True))


def _withdraw(found: "QuerySet[Notification]") -> bool:
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
