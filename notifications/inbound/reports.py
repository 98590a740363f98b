"""A provider's word about a delivery, taken once. A delivery only moves forward: a late "sent" changes nothing of one
that is delivered, and what has ended stays as it ended, except that a mail may come back after it was delivered."""

from dataclasses import dataclass
from typing import Any

import structlog
from django.db import transaction
from django.db.models import QuerySet

from notifications.destinations import health
from notifications.models import Delivery, ProviderReport
from notifications.unsubscribing.links import EVERYTHING, Link
from notifications.unsubscribing.services import unsubscribe
from notifications.vocabulary import DeliveryStatus, Reason
from numerai.common import clock

log = structlog.get_logger(__name__)

RANK: dict[str, int] = {
    DeliveryStatus.PENDING: 0,
    DeliveryStatus.DEFERRED: 0,
    DeliveryStatus.QUEUED: 1,
    DeliveryStatus.SENDING: 2,
    DeliveryStatus.SENT: 3,
    DeliveryStatus.FAILED: 4,
    DeliveryStatus.DELIVERED: 4,
    DeliveryStatus.BOUNCED: 5,
}
ENDED = (
    DeliveryStatus.BOUNCED,
    DeliveryStatus.FAILED,
    DeliveryStatus.SKIPPED,
    DeliveryStatus.CANCELLED,
    DeliveryStatus.EXPIRED,
)


@dataclass(frozen=True, slots=True)
class Report:
    """``status`` is what the event says of the delivery, if anything. ``condemned`` says why nothing will ever reach
    its destination, "" if something may; ``is_goodbye`` that its owner wants nothing more by this channel."""

    provider: str
    channel: str
    event_id: str
    event_type: str
    message_id: str = ""
    delivery_id: int | None = None
    status: DeliveryStatus | None = None
    code: str = ""
    condemned: str = ""
    is_goodbye: bool = False


def take(report: Report) -> bool:
    """Remember the report and do what follows from it, both or neither; answers whether it was new. What is not about
    a delivery of ours is remembered alone."""
    with transaction.atomic():
        delivery = _found(report)
        _, is_new = ProviderReport.objects.get_or_create(
            provider=report.provider[:40],
            event_id=report.event_id[:255],
            defaults={"delivery": delivery, "event_type": report.event_type[:40], "detail": report.code[:200]},
        )
        if is_new and delivery is not None:
            _apply(report, delivery)
    log.info(
        "delivery_reported",
        provider=report.provider,
        said=report.event_type,
        delivery=delivery.pk if delivery else None,
        is_new=is_new,
    )
    return is_new


def moves(present: str, reported: str) -> bool:
    """Whether ``reported`` is further on than ``present``."""
    return present not in ENDED and RANK[reported] > RANK[present]


def _found(report: Report) -> Delivery | None:
    """Its row, locked. The id comes back with what we sent along, even before a worker has written the message's."""
    rows = Delivery.objects.select_related("notification__recipient").filter(channel=report.channel)
    if report.delivery_id is not None:
        rows = rows.filter(id=report.delivery_id)
    elif report.message_id:
        rows = rows.filter(provider=report.provider, provider_message_id=report.message_id[:255])
    else:
        return None
    return rows.select_for_update(of=("self",), no_key=True).first()


def _apply(report: Report, delivery: Delivery) -> None:
    if report.status is not None and moves(delivery.status, report.status):
        Delivery.objects.filter(id=delivery.pk).update(**_columns(report, report.status, delivery))
    if report.condemned:
        health.condemn(delivery, report.condemned)
    if report.is_goodbye:
        unsubscribe(Link(delivery.notification.recipient_id, delivery.channel, EVERYTHING))


def _columns(report: Report, status: DeliveryStatus, delivery: Delivery) -> dict[str, Any]:
    """The worker's own word, should it still come, finds its lease gone and changes nothing."""
    now = clock.now()
    columns: dict[str, Any] = {"status": status, "reason": "", "lease_until": None, "next_attempt_at": None}
    if report.message_id and not delivery.provider_message_id and not _by_message(report).exists():
        columns |= {"provider": report.provider, "provider_message_id": report.message_id[:255]}
    if status in {DeliveryStatus.SENT, DeliveryStatus.DELIVERED}:
        columns["sent_at"] = delivery.sent_at or now
    else:
        columns |= {"reason": Reason.PROVIDER_PERMANENT, "last_error_code": report.code[:60]}
    if status == DeliveryStatus.DELIVERED:
        columns["delivered_at"] = now
    return columns


def _by_message(report: Report) -> "QuerySet[Delivery]":
    """The one delivery, whatever its channel, that has the message's id."""
    return Delivery.objects.filter(provider=report.provider, provider_message_id=report.message_id[:255])
