"""When a remedy is to be remembered, and the telling of it."""

from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from uuid import UUID
from zoneinfo import ZoneInfo

import structlog
from django.db import transaction

from accounts.models import User
from notifications.services import notify
from numerai.common import clock
from numerai.common.tracing import places
from numerology.kinds import REMEDY_REMINDER
from numerology.remedies.models import Remedy, RemedyTracking
from numerology.remedies.selectors import FEATURE
from payments import entitlements

log = structlog.get_logger(__name__)

BATCH = 200
# A worker that was away reminds of this evening's practice, not of last week's.
STALE = timedelta(hours=3)
PAGE = "/remedies"


def next_reminder(at: time, weekdays: list[int], *, zone: str, after: datetime) -> datetime:
    """The first moment past ``after`` at which it is ``at`` on one of ``weekdays`` in the IANA ``zone``.

    An hour that the clocks leave out is reached when they have moved on, one that they repeat counts the first time.
    """
    day = after.astimezone(ZoneInfo(zone)).date()
    return next(
        moment
        for ahead in range(9)
        for moment in [_moment(day + timedelta(days=ahead), at, zone)]
        if moment > after and (day + timedelta(days=ahead)).isoweekday() in weekdays
    )


def remind() -> int:
    """Tell everybody whose reminder is due, a batch at a time; answers how many were told.

    What fails keeps nobody else waiting: it stays due for the next run, until it is too late for it.
    """
    told = 0
    failed: list[UUID] = []
    while len(failed) < BATCH and (batch := _due(failed)):
        for remedy_id in batch:
            try:
                told += _remind(remedy_id)
            except Exception as error:
                log.error("remedy_reminder_failed", remedy=str(remedy_id), **places(error))
                failed.append(remedy_id)
    return told


def _due(failed: list[UUID]) -> list[UUID]:
    due = Remedy.objects.filter(next_reminder_at__lte=clock.now()).exclude(pk__in=failed).order_by("next_reminder_at")
    return list(due.values_list("pk", flat=True)[:BATCH])


def _remind(remedy_id: UUID) -> bool:
    with transaction.atomic():
        rows = Remedy.objects.select_for_update(of=("self",), skip_locked=False).select_related("user__profile")
        remedy = rows.filter(pk=remedy_id, next_reminder_at__lte=clock.now()).first()
        if remedy is None or remedy.next_reminder_at is None or remedy.reminder_time is None:
            return False
        now, zone = clock.now(), remedy.user.profile.timezone
        due = remedy.next_reminder_at
        upcoming = partial(next_reminder, remedy.reminder_time, remedy.reminder_weekdays, zone=zone)
        remedy.next_reminder_at = upcoming(after=max(now, due))
        remedy.save(update_fields=["next_reminder_at", "updated_at"])
        day = due.astimezone(ZoneInfo(zone)).date()
        # Who has moved since is reminded by the new clock.
        is_timely = now - due <= STALE and upcoming(after=due - timedelta(seconds=1)) == due
        if not is_timely or not _may_be_told(remedy.user) or _is_done(remedy, day):
            return False
        notify(
            user=remedy.user,
            kind=REMEDY_REMINDER,
            context={"title": remedy.title, "recommendation": remedy.recommendation, "remedy_type": remedy.remedy_type},
            dedupe_key=f"remedy:{remedy.pk}:{day.isoformat()}",
            action_url=PAGE,
            expires_at=now + timedelta(days=1),
        )
    log.info("remedy_reminded", remedy=str(remedy_id))
    return True


def _may_be_told(user: User) -> bool:
    """Not whose plan has ended, nor who is leaving."""
    return user.is_active and entitlements.has(user, FEATURE)


def _is_done(remedy: Remedy, day: date) -> bool:
    return RemedyTracking.objects.filter(remedy=remedy, date=day, is_completed=True).exists()


def _moment(day: date, at: time, zone: str) -> datetime:
    return datetime.combine(day, at, tzinfo=ZoneInfo(zone)).astimezone(UTC)
