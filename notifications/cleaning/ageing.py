"""Which rows are past their time."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import CharField, Count, Exists, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Cast, Concat

from notifications import kinds
from notifications.digests.summary import KEY
from notifications.metrics.totals import SETTLED
from notifications.models import BroadcastBatch, Delivery, DigestWindow, Notification, ProviderReport
from notifications.vocabulary import LEASED, WAITING, BroadcastState, ChannelName, Priority

# One person's, newest first: as many as searching in the centre looks through.
KEPT_OF_ONE = 5000
DELETED = timedelta(days=30)
DELIVERIES = timedelta(days=90)
REPORTS = timedelta(days=30)
WINDOWS = timedelta(days=7)
# Of a kind that no app registers any more.
UNKNOWN = timedelta(days=365)
OVER = (BroadcastState.DONE, BroadcastState.CANCELLED)
UNDER_WAY = (*WAITING, *LEASED)


@dataclass(frozen=True, slots=True)
class Crowd:
    """A person with more than KEPT_OF_ONE: all up to ``last_id`` may go."""

    person_id: UUID
    last_id: int


def notifications(now: datetime) -> Q:
    """Deleted or expired for long, or older than their kind is kept. Never what is still being sent, and nothing
    critical that stands in the centre unread."""
    by_days = defaultdict(list)
    for kind in kinds.registered():
        by_days[timedelta(days=kind.keep_days)].append(kind.name)
    aged = Q(created_at__lt=now - UNKNOWN) & ~Q(kind__in=[kind.name for kind in kinds.registered()])
    for kept, names in by_days.items():
        aged |= Q(kind__in=names, created_at__lt=now - kept)
    return (hidden_for_long(now) | (aged & ~unread_critical(now))) & settled(now)


def hidden_for_long(now: datetime) -> Q:
    return Q(deleted_at__lt=now - DELETED) | Q(expires_at__lt=now - DELETED)


def unread_critical(now: datetime) -> Q:
    in_sight = Q(in_centre=True, deleted_at__isnull=True) & (Q(expires_at__isnull=True) | Q(expires_at__gt=now))
    return in_sight & Q(priority=Priority.CRITICAL, read_at__isnull=True)


def settled(now: datetime) -> Q:
    under_way = Delivery.objects.filter(notification=OuterRef("pk"), status__in=UNDER_WAY)
    return Q(~Exists(under_way), created_at__lt=now - SETTLED)


def youngest(now: datetime) -> datetime:
    """No notification made after it can be due."""
    shortest = min([DELETED, UNKNOWN, *(timedelta(days=kind.keep_days) for kind in kinds.registered())])
    return now - max(shortest, SETTLED)


def crowds() -> list[Crowd]:
    """Whoever has more in the centre than is kept of one."""
    centre = Notification.objects.filter(in_centre=True, deleted_at__isnull=True)
    full = centre.values("recipient_id").annotate(rows=Count("pk")).filter(rows__gt=KEPT_OF_ONE).order_by()
    return [
        Crowd(person, centre.filter(recipient_id=person).order_by("-id").values_list("id", flat=True)[KEPT_OF_ONE])
        for person in full.values_list("recipient_id", flat=True)
    ]


def of_crowd(crowd: Crowd, after: int, *, is_archived: bool) -> "QuerySet[Notification]":
    """What is too much, from the oldest on, behind the id ``after``."""
    return Notification.objects.filter(
        recipient_id=crowd.person_id,
        id__gt=after,
        id__lte=crowd.last_id,
        in_centre=True,
        deleted_at__isnull=True,
        archived_at__isnull=not is_archived,
    ).order_by("id")


def deliveries(now: datetime, channel: ChannelName) -> "QuerySet[Delivery]":
    """By channel, because the index is. What went into a window stays for as long as the window."""
    return (
        Delivery.objects.filter(channel=channel, created_at__lt=now - DELIVERIES, digest__isnull=True)
        .exclude(status__in=UNDER_WAY)
        .order_by("created_at")
    )


def reports(now: datetime) -> "QuerySet[ProviderReport]":
    return ProviderReport.objects.filter(received_at__lt=now - REPORTS).order_by("received_at")


def windows(now: datetime) -> "QuerySet[DigestWindow]":
    """Closed for long. A summary that is still held back looks its contents up when it leaves."""
    key = Concat(Value(KEY), Cast(OuterRef("public_id"), CharField()))
    summary = Notification.objects.filter(recipient=OuterRef("user"), dedupe_key=key, deliveries__status__in=UNDER_WAY)
    return DigestWindow.objects.filter(~Exists(summary), closed_at__lt=now - WINDOWS).order_by("id")


def leftover_batches() -> "QuerySet[BroadcastBatch]":
    """Whom a broadcast that was cancelled no longer has to reach."""
    return BroadcastBatch.objects.filter(broadcast__state__in=OVER).order_by("id")
