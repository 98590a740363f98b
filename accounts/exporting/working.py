"""The job of an export that is made as a file: sealed pieces, under a lease that is renewed while it gets on."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import F, Q

from accounts.events import EventKind, record
from accounts.exporting.document import Document, rows_held
from accounts.models import ExportJob, ExportPart, ExportState
from accounts.tasks import make_export
from notifications.services import notify
from numerai.common import audit, clock
from numerai.common.jobs import enqueue
from numerai.common.sealing import seal
from numerai.common.tracing import places

log = structlog.get_logger(__name__)

READY_KIND = "accounts.export_ready"
MAX_ATTEMPTS = 8
FIRST_PAUSE = timedelta(minutes=1)
BATCH = 100
# Characters; sealed they take a third more.
PART_SIZE = 256 * 1024


class LeaseLost(Exception):
    """Another worker has taken over."""


def work(job_id: UUID) -> ExportState | None:
    """Make the file; answers the state afterwards, None when it was not ours to make. Safe to call at any time."""
    job = _claim(job_id)
    if job is None:
        return None
    try:
        with audit.cause("operation", job.pk):
            _make(job)
    except LeaseLost:
        log.warning("export_lease_lost", export=str(job.pk), attempt=job.attempts)
        return None
    except Exception as error:
        log.error("export_failed_unexpectedly", export=str(job.pk), **places(error))
        _put_off(job, type(error).__name__)
    return ExportState(ExportJob.objects.values_list("state", flat=True).get(pk=job.pk))


def sweep() -> int:
    """Enqueue the exports that wait, those of killed workers included; answers how many."""
    with transaction.atomic():
        due = list(ExportJob.objects.filter(_free()).order_by("asked_at").values_list("pk", flat=True)[:BATCH])
        for job_id in due:
            enqueue(make_export, str(job_id))
    return len(due)


def purge() -> int:
    """Delete the files whose time is over; answers how many."""
    old = ExportJob.objects.filter(state=ExportState.READY, is_file=True, expires_at__lte=clock.now())
    ended = 0
    for job in old.iterator():
        with transaction.atomic():
            ExportPart.objects.filter(job=job).delete()
            ended += old.filter(pk=job.pk).update(state=ExportState.EXPIRED)
            record(EventKind.EXPORTED, user_id=job.user_id, details={"export": str(job.pk), "file": "deleted"})
    return ended


def _free() -> Q:
    now = clock.now()
    return Q(is_file=True) & (
        Q(state=ExportState.PENDING, next_attempt_at__lte=now) | Q(state=ExportState.RUNNING, lease_until__lte=now)
    )


def _claim(job_id: UUID) -> ExportJob | None:
    claimed = ExportJob.objects.filter(_free(), pk=job_id).update(
        state=ExportState.RUNNING, attempts=F("attempts") + 1, lease_until=_lease(), rows_done=0
    )
    return ExportJob.objects.select_related("user").get(pk=job_id) if claimed else None


def _make(job: ExportJob) -> None:
    ExportPart.objects.filter(job=job).delete()
    document = Document(job.user_id)
    total = rows_held(job.user_id)
    size = 0
    for number, text in enumerate(_parts(document)):
        ExportPart.objects.create(job=job, number=number, sealed=seal(text))
        size += len(text.encode())
        _get_on(job, rows_total=max(total, document.rows), rows_done=document.rows)
    with transaction.atomic():
        now = clock.now()
        _get_on(
            job,
            state=ExportState.READY,
            lease_until=None,
            finished_at=now,
            expires_at=now + timedelta(days=settings.EXPORT_FILE_DAYS),
            counts=document.counts,
            size=size,
            rows_total=document.rows,
            rows_done=document.rows,
            last_error="",
        )
        record(EventKind.EXPORTED, user_id=job.user_id, details={"export": str(job.pk), "rows": document.rows})
        days = settings.EXPORT_FILE_DAYS
        notify(user=job.user, kind=READY_KIND, context={"days": days}, action_url=f"/data-export/{job.pk}")


def _parts(document: Document) -> Iterator[str]:
    waiting: list[str] = []
    length = 0
    for piece in document.pieces():
        waiting.append(piece)
        length += len(piece)
        if length >= PART_SIZE:
            yield "".join(waiting)
            waiting, length = [], 0
    yield "".join(waiting)


def _get_on(job: ExportJob, **columns: object) -> None:
    mine = ExportJob.objects.filter(pk=job.pk, state=ExportState.RUNNING, attempts=job.attempts)
    if not mine.update(**({"lease_until": _lease()} | columns)):
        raise LeaseLost


def _put_off(job: ExportJob, error: str) -> None:
    is_last = job.attempts >= MAX_ATTEMPTS
    pause = FIRST_PAUSE * 2 ** (job.attempts - 1)
    mine = ExportJob.objects.filter(pk=job.pk, state=ExportState.RUNNING, attempts=job.attempts)
    mine.update(
        state=ExportState.FAILED if is_last else ExportState.PENDING,
        last_error=error,
        lease_until=None,
        next_attempt_at=None if is_last else clock.now() + pause,
        finished_at=clock.now() if is_last else None,
    )
    if is_last:
        ExportPart.objects.filter(job=job).delete()
        log.error("export_failed", export=str(job.pk), error=error)


def _lease() -> datetime:
    return clock.now() + timedelta(seconds=settings.JOB_LEASE_SECONDS)
