"""A window whose time has come becomes one message, or none if nobody needs it any more.

All of it is one transaction, so whoever dies in between leaves a window that is still open; the key of the message is
the window's own, so that it is made once. A window that cannot be closed keeps no other from it.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta

import structlog
from django.conf import settings
from django.db import transaction

from notifications import kinds
from notifications.deliveries.planning import at_address
from notifications.deliveries.queueing import start
from notifications.deliveries.wanted import Planner, Stopped, objection, planner
from notifications.digests.gathering import OF_ALL
from notifications.digests.summary import CENTRE_PAGE, KEY, SUMMARY
from notifications.models import Delivery, DigestWindow, Notification
from notifications.preferences.wishes import Wishes, wishes_of
from notifications.vocabulary import DeliveryStatus, Reason
from numerai.common import clock
from numerai.common.tracing import places

log = structlog.get_logger(__name__)

BATCH = 500
TRIES_AGAIN_AFTER = timedelta(minutes=5)


def close_due(*, limit: int = BATCH) -> int:
    """Close the windows that are due, the oldest first and at most ``limit``; answers how many became a message."""
    due = DigestWindow.objects.filter(closed_at__isnull=True, closes_at__lte=clock.now()).order_by("closes_at")
    return sum(_closed(window_id) for window_id in list(due.values_list("id", flat=True)[:limit]))


def _closed(window_id: int) -> bool:
    try:
        with transaction.atomic():
            return _close(window_id)
    except Exception as error:
        # One person's trouble is not another's: theirs is tried again later, after the others.
        log.error("digest_failed", window=window_id, **places(error))
        DigestWindow.objects.filter(id=window_id, closed_at__isnull=True).update(
            closes_at=clock.now() + TRIES_AGAIN_AFTER
        )
        return False


def _close(window_id: int) -> bool:
    with_user = ("user", *(f"user__{name}" for name in settings.NOTIFICATION_RECIPIENT_WITH))
    rows = DigestWindow.objects.select_related(*with_user).filter(id=window_id, closed_at__isnull=True)
    window = rows.select_for_update(skip_locked=True, no_key=True, of=("self",)).first()
    if window is None:
        return False
    now = clock.now()
    destinations = _sort_out(window, now)
    window.closed_at = now
    window.save(update_fields=["closed_at"])
    if destinations:
        _sum_up(window, destinations, now)
    return bool(destinations)


def _sort_out(window: DigestWindow, now: datetime) -> list[str]:
    """End every delivery of the window; answers where those that are wanted were to go."""
    wishes = wishes_of([window.user_id])[window.user_id]
    plans = planner(window.user)
    endings: dict[Stopped | None, list[int]] = defaultdict(list)
    destinations: dict[str, None] = {}
    members = window.deliveries.filter(status=DeliveryStatus.DEFERRED).select_related("notification")
    for member in members.select_for_update(no_key=True, of=("self",)).order_by("id"):
        member.notification.recipient = window.user
        ending = _ending(member, wishes, now, plans)
        endings[ending].append(member.pk)
        if ending is None:
            destinations[member.destination] = None
    for ending, ids in endings.items():
        columns = {"status": ending.status, "reason": ending.reason} if ending else {"status": DeliveryStatus.SKIPPED}
        Delivery.objects.filter(id__in=ids).update(**columns)
    return list(destinations)


def _ending(member: Delivery, wishes: Wishes, now: datetime, plans: Planner) -> Stopped | None:
    try:
        kind = kinds.get(member.notification.kind)
    except kinds.UnknownKind:
        return Stopped(DeliveryStatus.FAILED, Reason.CONFIG_ERROR)
    return objection(member, kind, wishes, now, plans)


def _sum_up(window: DigestWindow, destinations: Sequence[str], now: datetime) -> None:
    notification = Notification.objects.create(
        recipient=window.user,
        kind=SUMMARY.name,
        notification_type=SUMMARY.notification_type,
        data={"window": str(window.public_id), "category": "" if window.key in OF_ALL else window.key},
        action_url=CENTRE_PAGE,
        in_centre=False,
        dedupe_key=f"{KEY}{window.public_id}",
    )
    made = [at_address(notification, window.channel, destination, now) for destination in destinations]
    for delivery in Delivery.objects.bulk_create(made):
        start(delivery)
