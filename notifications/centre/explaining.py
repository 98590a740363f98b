"""Why a notification did or did not reach somebody, in words for that person."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from notifications.models import Delivery, Destination, Notification
from notifications.vocabulary import WAITING, ChannelName, DeliveryStatus, Reason
from numerai.common.errors import NotFound

SHOWN = 100
HIDDEN = "•••"
REMOVED = "A device that was removed"
WITH_DEVICES = (ChannelName.WEB_PUSH, ChannelName.MOBILE_PUSH, ChannelName.DISCORD)
NAMES = {
    ChannelName.IN_APP: "Notification centre",
    ChannelName.EMAIL: "E-mail",
    ChannelName.SMS: "Text message",
    ChannelName.WEB_PUSH: "Browser",
    ChannelName.MOBILE_PUSH: "Phone or tablet",
    ChannelName.DISCORD: "Discord",
}
STATUSES = {
    DeliveryStatus.PENDING: "It is waiting to be sent.",
    DeliveryStatus.DEFERRED: "It is held back and will be sent later.",
    DeliveryStatus.QUEUED: "It is about to be sent.",
    DeliveryStatus.SENDING: "It is being sent at this moment.",
    DeliveryStatus.SENT: "It was handed over to be delivered. Whether it arrived, we have not been told.",
    DeliveryStatus.DELIVERED: "It arrived.",
    DeliveryStatus.BOUNCED: "It came back: the address did not accept it.",
    DeliveryStatus.FAILED: "It could not be sent.",
    DeliveryStatus.SKIPPED: "It was not sent this way.",
    DeliveryStatus.CANCELLED: "It was called off before it was sent.",
    DeliveryStatus.EXPIRED: "It was too late to send it.",
}
REASONS = {
    Reason.PREFERENCE_OFF: "You have switched this off in your preferences.",
    Reason.NO_DESTINATION: "We have no address, number or device of yours for it.",
    Reason.UNVERIFIED_DESTINATION: "You have not confirmed this address or number yet.",
    Reason.DESTINATION_DISABLED: "Nothing is sent there any more, because earlier messages did not get through.",
    Reason.QUIET_HOURS: "Your quiet hours are on; it is sent when they end.",
    Reason.DIGESTED: "It is told together with others, as you wished.",
    Reason.THROTTLED: "You were sent so many messages this way that we stopped there.",
    Reason.ALREADY_READ: "You had read it already.",
    Reason.SOURCE_GONE: "What it was about is no longer there.",
    Reason.EXPIRED: "By the time it could be sent, it no longer mattered.",
    Reason.TEMPLATE_ERROR: "We made a mistake in its words and have been told.",
    Reason.PROVIDER_PERMANENT: "The service that delivers it refused it for good.",
    Reason.PROVIDER_EXHAUSTED: "The service that delivers it did not take it, however often we tried.",
    Reason.CIRCUIT_OPEN: "The service that delivers it is out of order; it is sent when that is over.",
    Reason.CONFIG_ERROR: "Something is set up wrongly on our side.",
    Reason.DUPLICATE: "You were told the same already.",
    Reason.CANCELLED_BY_ADMIN: "We called it off.",
    Reason.PREFERENCE_CHANGED: "You switched it off before it was sent.",
}


def explained(user_id: UUID, public_id: UUID) -> list[dict[str, Any]]:
    """Each delivery of the person's notification, the oldest first, at most SHOWN. Raises NotFound for one that is not
    theirs or that they deleted; one that has expired is still explained."""
    mine = Notification.objects.filter(recipient_id=user_id, public_id=public_id, deleted_at__isnull=True)
    notification_id = mine.values_list("id", flat=True).first()
    if notification_id is None:
        raise NotFound
    deliveries = list(Delivery.objects.filter(notification_id=notification_id).order_by("id")[:SHOWN])
    names = _device_names(user_id, deliveries)
    return [_explanation(delivery, names) for delivery in deliveries]


def masked(channel: str, destination: str) -> str:
    """Enough for its owner to recognise it: a•••@example.com, +1•••0123."""
    if not destination:
        return ""
    if channel == ChannelName.EMAIL:
        name, _, domain = destination.rpartition("@")
        return f"{name[:1]}{HIDDEN}@{domain}"
    return f"{destination[:2]}{HIDDEN}{destination[-4:]}" if len(destination) > 8 else HIDDEN


def _device_names(user_id: UUID, deliveries: Iterable[Delivery]) -> dict[str, str]:
    ids = {each.destination for each in deliveries if each.channel in WITH_DEVICES and each.destination}
    if not ids:
        return {}
    found = Destination.objects.filter(user_id=user_id, public_id__in=ids)
    return {str(row.public_id): row.name or NAMES[ChannelName(row.channel)] for row in found}


def _explanation(delivery: Delivery, names: dict[str, str]) -> dict[str, Any]:
    destination = masked(delivery.channel, delivery.destination)
    if delivery.channel in WITH_DEVICES and delivery.destination:
        destination = names.get(delivery.destination, REMOVED)
    return {
        "channel": delivery.channel,
        "channel_name": NAMES[ChannelName(delivery.channel)],
        "destination": destination,
        "status": delivery.status,
        "reason": delivery.reason,
        "explanation": _sentence(delivery),
        "attempts": delivery.attempts,
        "next_attempt_at": _next(delivery),
        "sent_at": delivery.sent_at,
        "delivered_at": delivery.delivered_at or _at_once(delivery),
    }


def _sentence(delivery: Delivery) -> str:
    status = STATUSES[DeliveryStatus(delivery.status)]
    return f"{status} {REASONS[Reason(delivery.reason)]}" if delivery.reason else status


def _next(delivery: Delivery) -> datetime | None:
    """What is at rest keeps the time of its last try, which is no next one."""
    return delivery.next_attempt_at if delivery.status in WAITING else None


def _at_once(delivery: Delivery) -> datetime | None:
    """The centre has it with the commit, and one moment stands for both."""
    return delivery.sent_at if delivery.status == DeliveryStatus.DELIVERED else None
