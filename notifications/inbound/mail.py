"""Reports on mail, from whichever provider: anymail verifies and reads them, and signals each as one event."""

import hashlib
from typing import Any

from anymail.signals import AnymailTrackingEvent, EventType, RejectReason, tracking
from django.dispatch import receiver

from notifications.inbound.reports import Report, take
from notifications.vocabulary import ChannelName, DeliveryStatus

STATUS = {
    EventType.SENT: DeliveryStatus.SENT,
    EventType.QUEUED: DeliveryStatus.SENT,
    EventType.DELIVERED: DeliveryStatus.DELIVERED,
    EventType.BOUNCED: DeliveryStatus.BOUNCED,
    EventType.REJECTED: DeliveryStatus.FAILED,
    EventType.FAILED: DeliveryStatus.FAILED,
}
# Of these nothing follows for the delivery itself.
TELLING = (EventType.DEFERRED, EventType.COMPLAINED, EventType.UNSUBSCRIBED)
NO_MAILBOX = (RejectReason.BOUNCED, RejectReason.INVALID)
# What providers call a bounce that may be none next time.
SOFT = frozenset({"SoftBounce", "Transient", "soft_bounce", "soft", "temporary"})


@receiver(tracking, dispatch_uid="notifications.inbound.mail")
def reported(event: AnymailTrackingEvent, esp_name: str, **_: Any) -> None:
    if event.event_type not in STATUS and event.event_type not in TELLING:
        return
    take(read(event, provider=esp_name.lower().replace(" ", "_")))


def read(event: AnymailTrackingEvent, *, provider: str) -> Report:
    """``provider`` is named as its backend is."""
    delivery_id = str((event.metadata or {}).get("delivery_id", ""))
    return Report(
        provider=provider,
        channel=ChannelName.EMAIL,
        event_id=_id_of(event),
        event_type=event.event_type,
        message_id=event.message_id or "",
        delivery_id=int(delivery_id) if delivery_id.isascii() and delivery_id.isdigit() else None,
        status=STATUS.get(event.event_type),
        code=f"mail_{event.reject_reason}" if event.reject_reason else "",
        condemned=_condemned(event),
        is_goodbye=event.event_type == EventType.UNSUBSCRIBED or event.reject_reason == RejectReason.UNSUBSCRIBED,
    )


def _condemned(event: AnymailTrackingEvent) -> str:
    if event.event_type == EventType.COMPLAINED or event.reject_reason == RejectReason.SPAM:
        return "complaint"
    came_back = event.event_type in {EventType.BOUNCED, EventType.REJECTED} and event.reject_reason in NO_MAILBOX
    return "hard_bounce" if came_back and not _is_soft(event.esp_event) else ""


def _is_soft(said: Any) -> bool:
    """Providers say it in different places, none deeper than in one mapping within the event."""
    if not isinstance(said, dict):
        return False
    inner = [value for value in said.values() if isinstance(value, dict)]
    return any(value in SOFT for each in (said, *inner) for value in each.values() if isinstance(value, str))


def _id_of(event: AnymailTrackingEvent) -> str:
    """Some providers number only some of their events; the rest are known by what they say."""
    said = (event.event_id, event.event_type, event.message_id, event.recipient, event.timestamp)
    return hashlib.sha256(repr(said).encode()).hexdigest()
