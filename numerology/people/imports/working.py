"""An import at work: batch by batch, each one transaction, so that a worker may die at any point and another goes on.

``done`` grows in the transaction that adds the people, so no row is taken twice.
"""

from datetime import datetime, timedelta
from uuid import UUID

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import F, Q, QuerySet

from accounts.models import User
from notifications.services import notify
from numerai.common import clock
from numerai.common.jobs import enqueue
from numerai.common.tracing import places
from numerology.kinds import PEOPLE_IMPORTED
from numerology.people.imports.batches import Batch
from numerology.people.imports.models import ImportState, PeopleImport
from numerology.people.models import Person
from numerology.people.services import locked
from numerology.tasks import import_people

log = structlog.get_logger(__name__)

BATCH = 100
SWEEP_BATCH = 100
MAX_ATTEMPTS = 5
FIRST_PAUSE = timedelta(minutes=1)
# For how long it is told what became of the rows.
KEPT = timedelta(days=30)


class LeaseLost(Exception):
    """Another worker has taken over."""


def work(import_id: UUID, *, batch: int = BATCH) -> None:
    """Take over what is left of the file; harmless to call again, and while another worker does it."""
    job = _claim(import_id)
    if job is None:
        return
    try:
        while _batch(job, batch):
            pass
    except LeaseLost:
        log.warning("people_import_lease_lost", people_import=str(job.pk))
    except Exception as error:
        # Its words may repeat a row, so its type is kept.
        log.error("people_import_failed", people_import=str(job.pk), **places(error))
        _put_off(job, type(error).__name__)


def sweep() -> int:
    """Enqueue the imports that wait, those of killed workers included; answers how many. One whose workers die every
    time is given up."""
    PeopleImport.objects.filter(
        state=ImportState.RUNNING, lease_until__lte=clock.now(), attempts__gte=MAX_ATTEMPTS
    ).update(**_ended(ImportState.FAILED), last_error="lease_expired")
    ids = list(PeopleImport.objects.filter(_free()).order_by("created_at").values_list("pk", flat=True)[:SWEEP_BATCH])
    for import_id in ids:
        enqueue(import_people, str(import_id))
    return len(ids)


def purge() -> int:
    """Forget the imports that ended long ago; answers how many."""
    return PeopleImport.objects.filter(finished_at__lte=clock.now() - KEPT).delete()[0]


def _free() -> Q:
    now = clock.now()
    return Q(state=ImportState.PENDING, next_attempt_at__lte=now) | Q(state=ImportState.RUNNING, lease_until__lte=now)


def _claim(import_id: UUID) -> PeopleImport | None:
    lease_until = _lease()
    claimed = PeopleImport.objects.filter(_free(), pk=import_id).update(
        state=ImportState.RUNNING, attempts=F("attempts") + 1, lease_until=lease_until
    )
    if not claimed:
        return None
    jobs = PeopleImport.objects.select_related("owner").defer("errors")
    return jobs.filter(pk=import_id, lease_until=lease_until).first()


def _batch(job: PeopleImport, size: int) -> bool:
    """Take the next rows; whether there are more."""
    with transaction.atomic():
        owner = locked(job.owner)
        now = _ours(job).select_for_update(no_key=True).defer("rows").first()
        if now is None:
            raise LeaseLost
        batch = Batch(owner)
        for row in job.rows[now.done : now.done + size]:
            batch.take(row)
        Person.objects.bulk_create(batch.people)
        now.done = min(now.done + size, now.total)
        now.created += len(batch.people)
        now.failed += batch.failed
        now.errors += batch.errors
        _write(now)
        if now.done == now.total:
            _tell(now, owner)
    job.lease_until, job.attempts = now.lease_until, now.attempts
    return now.done < now.total


def _write(now: PeopleImport) -> None:
    """What got on counts as the first attempt again."""
    now.attempts, now.last_error, now.lease_until = 1, "", _lease()
    written = ["done", "created", "failed", "errors", "attempts", "last_error", "lease_until"]
    if now.done == now.total:
        ended = _ended(ImportState.DONE)
        for name, value in ended.items():
            setattr(now, name, value)
        written += [name for name in ended if name not in written]
        log.info("people_import_done", people_import=str(now.pk), created=now.created, failed=now.failed)
    now.save(update_fields=written)


def _tell(job: PeopleImport, owner: User) -> None:
    notify(
        user=owner,
        kind=PEOPLE_IMPORTED,
        context={"created": job.created, "failed": job.failed},
        dedupe_key=f"{PEOPLE_IMPORTED}:{job.pk}",
        action_url="/people",
    )


def _ended(state: ImportState) -> dict[str, object]:
    return {"state": state, "rows": [], "lease_until": None, "next_attempt_at": None, "finished_at": clock.now()}


def _put_off(job: PeopleImport, error: str) -> None:
    if job.attempts >= MAX_ATTEMPTS:
        _ours(job).update(**_ended(ImportState.FAILED), last_error=error)
        return
    next_attempt_at = clock.now() + FIRST_PAUSE * 2 ** (job.attempts - 1)
    _ours(job).update(state=ImportState.PENDING, last_error=error, lease_until=None, next_attempt_at=next_attempt_at)


def _ours(job: PeopleImport) -> "QuerySet[PeopleImport]":
    return PeopleImport.objects.filter(pk=job.pk, state=ImportState.RUNNING, lease_until=job.lease_until)


def _lease() -> datetime:
    return clock.now() + timedelta(seconds=settings.JOB_LEASE_SECONDS)
