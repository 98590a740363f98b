"""Every table of notifications, a file for each noun."""

from notifications.models.broadcast import Broadcast, BroadcastBatch
from notifications.models.delivery import Delivery
from notifications.models.destination import Destination
from notifications.models.digest import DigestChoice, DigestWindow
from notifications.models.live import LiveCursor, LiveEvent
from notifications.models.notification import IN_ARCHIVE, IN_LIST, Notification
from notifications.models.preference import Preference, Schedule
from notifications.models.provider import ProviderHealth, ProviderReport
from notifications.models.total import DeliveryTotal, TotalsMark
from notifications.models.wording import Wording

__all__ = [
    "IN_ARCHIVE",
    "IN_LIST",
    "Broadcast",
    "BroadcastBatch",
    "Delivery",
    "DeliveryTotal",
    "Destination",
    "DigestChoice",
    "DigestWindow",
    "LiveCursor",
    "LiveEvent",
    "Notification",
    "Preference",
    "ProviderHealth",
    "ProviderReport",
    "Schedule",
    "TotalsMark",
    "Wording",
]
