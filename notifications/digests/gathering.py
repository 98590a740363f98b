"""Deliveries that leave together: the first opens a window, the others join it, and its end does not move."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import QuerySet

from notifications import kinds
from notifications.models import Delivery, DigestWindow
from notifications.vocabulary import WAITING, DeliveryStatus, Reason
from numerai.common import clock

# What is gathered for another reason than its category.
AFTER_QUIET = "after_quiet"
PAST_CAP = "past_cap"
OF_ALL = (AFTER_QUIET, PAST_CAP)
SHORTEST = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Gathered:
    """To leave with the others of ``key``, at ``closes_at`` if it is the first of them. ``takes_along`` what waits for
    the end of quiet hours up to that moment."""

    key: str
    closes_at: datetime
    reason: Reason
    takes_along: datetime | None = None


def join(delivery: Delivery, gathered: Gathered) -> DigestWindow:
    """The window that ``delivery`` is to wait for, which nobody closes before the present transaction ends."""
    window = _open(delivery.notification.recipient_id, delivery.channel, gathered)
    if gathered.takes_along is not None:
        waiting_after_quiet(window.user_id, window.channel, gathered.takes_along).exclude(
            status=DeliveryStatus.SENDING
        ).update(
            status=DeliveryStatus.DEFERRED,
            reason=gathered.reason,
            digest=window,
            next_attempt_at=window.closes_at,
            lease_until=None,
        )
    return window


def waiting_after_quiet(user_id: UUID, channel: str, until: datetime) -> QuerySet[Delivery]:
    """What waits for the end of quiet hours by ``until``, is unread, and may leave together."""
    return Delivery.objects.filter(
        # In the centre and unread, as the index says it: people may have very many that are neither.
        notification__recipient=user_id,
        notification__in_centre=True,
        notification__read_at__isnull=True,
        notification__deleted_at__isnull=True,
        notification__archived_at__isnull=True,
        notification__kind__in=[kind.name for kind in kinds.registered() if channel not in kind.locked_channels],
        channel=channel,
        status__in=(*WAITING, DeliveryStatus.QUEUED, DeliveryStatus.SENDING),
        reason=Reason.QUIET_HOURS,
        next_attempt_at__lte=until,
        digest__isnull=True,
    )


def _open(user_id: UUID, channel: str, gathered: Gathered) -> DigestWindow:
    while True:
        now = clock.now()
        # Its end may have come while the worker was on its way here.
        closes_at = max(gathered.closes_at, now + SHORTEST)
        first = DigestWindow(user_id=user_id, channel=channel, key=gathered.key, opened_at=now, closes_at=closes_at)
        DigestWindow.objects.bulk_create([first], ignore_conflicts=True)
        rows = DigestWindow.objects.filter(user=user_id, channel=channel, key=gathered.key, closed_at__isnull=True)
        found = rows.select_for_update(no_key=True).first()
        # None only if the window that stood in the way was closed in between: then a new one can be opened.
        if found is not None:
            return found
