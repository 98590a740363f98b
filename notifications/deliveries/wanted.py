"""Whether a delivery is still wanted: the world may have changed since it was made, so it is asked again before every
attempt, and when a digest is put together."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from notifications.channels.base import Plan, Recipient
from notifications.channels.registry import TRANSPORTS
from notifications.kinds import Kind
from notifications.models import Delivery, Notification
from notifications.preferences.deciding import resolve
from notifications.preferences.wishes import Wishes
from notifications.vocabulary import DeliveryStatus, Reason

# It was held back on purpose, for so long that the person may have seen it in the centre.
HELD_BACK = (Reason.QUIET_HOURS, Reason.DIGESTED, Reason.THROTTLED)

Planner = Callable[[str, Kind], Sequence[Plan]]


@dataclass(frozen=True, slots=True)
class Stopped:
    """There is no reason to send any more."""

    status: DeliveryStatus
    reason: Reason


def planner(recipient: Recipient) -> Planner:
    """Where what goes to ``recipient`` by a channel would go now, asked once for each channel and kind."""

    @cache
    def plans(channel: str, kind: Kind) -> Sequence[Plan]:
        return TRANSPORTS[channel].plan(recipient, kind)

    return plans


def objection(delivery: Delivery, kind: Kind, wishes: Wishes, now: datetime, plans: Planner) -> Stopped | None:
    """Why it is not to be sent; None if it still is."""
    notification = delivery.notification
    if notification.expires_at is not None and notification.expires_at <= now:
        return Stopped(DeliveryStatus.EXPIRED, Reason.EXPIRED)
    if not (notification.recipient.is_active or kind.reaches_closed):
        return Stopped(DeliveryStatus.CANCELLED, Reason.SOURCE_GONE)
    if kind.is_addressed:
        return None
    if not resolve(kind, delivery.channel, wishes.cells)[0]:
        return Stopped(DeliveryStatus.CANCELLED, Reason.PREFERENCE_CHANGED)
    if _was_seen(delivery, notification, kind):
        return Stopped(DeliveryStatus.SKIPPED, Reason.ALREADY_READ)
    return _unreachable(delivery, plans(delivery.channel, kind))


def _was_seen(delivery: Delivery, notification: Notification, kind: Kind) -> bool:
    was_held = delivery.reason in HELD_BACK and delivery.channel not in kind.locked_channels
    return was_held and any((notification.read_at, notification.archived_at, notification.deleted_at))


def _unreachable(delivery: Delivery, plans: Sequence[Plan]) -> Stopped | None:
    if Plan(delivery.destination) in plans:
        return None
    refused = next((plan.reason for plan in plans if plan.reason is not None), Reason.DESTINATION_DISABLED)
    return Stopped(DeliveryStatus.CANCELLED, refused)
