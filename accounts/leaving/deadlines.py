"""The law gives us a month for a person's wish. Whoever is on call hears of one that is open for 25 days."""

from datetime import timedelta

import structlog
from django.conf import settings

from accounts.models import OPEN_DELETION, OPEN_EXPORT, Deletion, DeletionState, ExportJob
from numerai.common import clock

log = structlog.get_logger(__name__)

ALARM_AFTER = timedelta(days=25)


def watch() -> int:
    """Log an error for every export that is open for 25 days, for every deletion that is open for so long although the
    time to undo it is over by a day, and for who leaves and could still be charged after a day; answers how many."""
    now = clock.now()
    late = now - ALARM_AFTER
    overdue = now - timedelta(days=1)
    deletions = Deletion.objects.filter(state__in=OPEN_DELETION, due_at__lte=overdue)
    if ALARM_AFTER.days > settings.DELETION_GRACE_DAYS:
        deletions = deletions.filter(asked_at__lte=late)
    wishes = [("deletion", row.pk, row.asked_at) for row in deletions]
    charged = Deletion.objects.filter(state=DeletionState.ASKED, held_at__isnull=True, asked_at__lte=overdue)
    wishes += [("end of renewals", row.pk, row.asked_at) for row in charged]
    exports = ExportJob.objects.filter(state__in=OPEN_EXPORT, is_file=True, asked_at__lte=late)
    wishes += [("export", row.pk, row.asked_at) for row in exports]
    for kind, wish, asked_at in wishes:
        log.error("data_request_late", wish=kind, id=str(wish), days=(now - asked_at).days)
    return len(wishes)
