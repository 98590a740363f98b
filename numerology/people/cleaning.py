"""Forgetting those whom their owners have deleted."""

import time

import structlog
from django.conf import settings
from django.db import transaction

from numerai.common import clock
from numerology.people.models import Person
from numerology.people.selectors import UNDO

log = structlog.get_logger(__name__)

BATCH = 500


def erase_deleted(*, batch: int = BATCH, seconds: float | None = None) -> int:
    """Erase, with all that hangs on them, those whose deletion can be undone no more; answers how many.

    Batch by batch for CLEANING_SECONDS; what is left is for the next run.
    """
    ends = time.monotonic() + (settings.CLEANING_SECONDS if seconds is None else seconds)
    erased = 0
    while found := _erase(batch):
        erased += found
        if time.monotonic() >= ends:
            break
    if erased:
        log.info("deleted_people_erased", people=erased)
    return erased


def _erase(batch: int) -> int:
    with transaction.atomic():
        over = Person.objects.filter(deleted_at__lte=clock.now() - UNDO).order_by("deleted_at")
        ids = list(over.select_for_update(skip_locked=True).values_list("pk", flat=True)[:batch])
        Person.objects.filter(pk__in=ids).delete()
    return len(ids)
