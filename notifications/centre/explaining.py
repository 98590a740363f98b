"""Why a notification did or did not reach somebody, in words for that person."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from notifications.models import Delivery, Destination, Notification
from notifications.vocabulary import WAITING, ChannelName, DeliveryStatus
from notifications.wording.texts import explanations
from numerai.common.errors import NotFound

SHOWN = 100
HIDDEN = "•••"
WITH_DEVICES = (ChannelName.WEB_PUSH, ChannelName.MOBILE_PUSH, ChannelName.DISCORD)


def explained(user_id: UUID, public_id: UUID, locale: str) -> list[dict[str, Any]]:
    """Each delivery of the person's notification in the language of ``locale``, the oldest first, at most SHOWN. Raises
    NotFound for one that is not theirs or that they deleted; one that has expired is still explained."""
    mine = Notification.objects.filter(recipient_id=user_id, public_id=public_id, deleted_at__isnull=True)
    notification_id = mine.values_list("id", flat=True).first()
    if notification_id is None:
        raise NotFound
    deliveries = list(Delivery.objects.filter(notification_id=notification_id).order_by("id")[:SHOWN])
    said = explanations(locale)
    names = _device_names(user_id, deliveries, said["channels"])
    return [_explanation(delivery, names, said) for delivery in deliveries]


def masked(channel: str, destination: str) -> str:
    """Enough for its owner to recognise it: a•••@example.com, +1•••0123."""
    if not destination:
        return ""
    if channel == ChannelName.EMAIL:
        name, _, domain = destination.rpartition("@")
        return f"{name[:1]}{HIDDEN}@{domain}"
    return f"{destination[:2]}{HIDDEN}{destination[-4:]}" if len(destination) > 8 else HIDDEN


def _device_names(user_id: UUID, deliveries: Iterable[Delivery], channels: Mapping[str, str]) -> dict[str, str]:
    ids = {each.destination for each in deliveries if each.channel in WITH_DEVICES and each.destination}
    if not ids:
        return {}
    found = Destination.objects.filter(user_id=user_id, public_id__in=ids)
    return {str(row.public_id): row.name or channels[row.channel] for row in found}


def _explanation(delivery: Delivery, names: dict[str, str], said: Mapping[str, Any]) -> dict[str, Any]:
    destination = masked(delivery.channel, delivery.destination)
    if delivery.channel in WITH_DEVICES and delivery.destination:
        destination = names.get(delivery.destination, said["removed"])
    return {
        "channel": delivery.channel,
        "channel_name": said["channels"][delivery.channel],
        "destination": destination,
        "status": delivery.status,
        "reason": delivery.reason,
        "explanation": _sentence(delivery, said),
        "attempts": delivery.attempts,
        "next_attempt_at": _next(delivery),
        "sent_at": delivery.sent_at,
        "delivered_at": delivery.delivered_at or _at_once(delivery),
    }


def _sentence(delivery: Delivery, said: Mapping[str, Any]) -> str:
    status: str = said["statuses"][delivery.status]
    return f"{status} {said['reasons'][delivery.reason]}" if delivery.reason else status


def _next(delivery: Delivery) -> datetime | None:
    """What is at rest keeps the time of its last try, which is no next one."""
    return delivery.next_attempt_at if delivery.status in WAITING else None


def _at_once(delivery: Delivery) -> datetime | None:
    """The centre has it with the commit, and one moment stands for both."""
    return delivery.sent_at if delivery.status == DeliveryStatus.DELIVERED else None
