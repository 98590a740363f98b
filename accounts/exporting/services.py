from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction

from accounts.events import EventKind, record
from accounts.exporting.document import Document
from accounts.models import OPEN_EXPORT, ExportJob, ExportState, User
from accounts.tasks import make_export
from numerai.common import clock
from numerai.common.errors import NotFound, TooManyRequests
from numerai.common.jobs import enqueue
from numerai.common.sealing import unseal

ONE_EACH = timedelta(hours=24)


class ExportLimited(TooManyRequests):
    code, title = "export_limited", "One export a day"
    detail = "You have had your data within the last day. Please try again later."


class TooLarge(Exception):
    """More rows than are answered at once."""


@dataclass(frozen=True)
class Export:
    """``text`` is the whole document; None when ``job`` makes it as a file."""

    job: ExportJob
    text: str | None = None


def export(user: User) -> Export:
    """Everything that is held of ``user``: at once up to EXPORT_DIRECT_ROWS rows, else as a file that is made later.

    Whoever has a file waiting or ready is answered with that one. Raises ExportLimited within a day of the last.
    """
    job = _begin(user, clock.now())
    if job.is_file:
        return Export(job)
    document = Document(user.pk)
    try:
        text = _whole(document)
    except TooLarge:
        return Export(_as_file(job))
    except BaseException as error:
        _fail(job, type(error).__name__)
        raise
    with transaction.atomic():
        _finish(job, document, size=len(text.encode()))
    return Export(job, text)


def export_for(user: User) -> ExportJob:
    """A file for ``user``, made because an operator was asked for it; only the person can fetch it."""
    with transaction.atomic():
        User.objects.select_for_update(no_key=True).get(pk=user.pk)
        _give_up_abandoned(user, clock.now())
        waiting = ExportJob.objects.filter(user=user, state__in=OPEN_EXPORT).first()
        return waiting or _new_file(user)


def job_of(user: User, job_id: UUID) -> ExportJob:
    """The person's own. Raises NotFound."""
    job = ExportJob.objects.filter(pk=job_id, user=user).first()
    if job is None:
        raise NotFound
    return job


def file_of(job: ExportJob) -> Iterator[str]:
    """The finished document, piece by piece. Raises NotFound before it is ready and once it has been deleted."""
    is_there = job.is_file and job.state == ExportState.READY
    if not is_there or (job.expires_at is not None and job.expires_at <= clock.now()):
        raise NotFound("This file is not ready, or no longer kept.")
    parts = job.parts.order_by("number").values_list("sealed", flat=True)
    return (unseal(bytes(sealed)) for sealed in parts.iterator(chunk_size=4))


def _begin(user: User, now: datetime) -> ExportJob:
    with transaction.atomic():
        User.objects.select_for_update(no_key=True).get(pk=user.pk)
        _give_up_abandoned(user, now)
        mine = ExportJob.objects.filter(user=user)
        waiting = mine.filter(state__in=OPEN_EXPORT).first()
        of_today = mine.filter(state=ExportState.READY, asked_at__gt=now - ONE_EACH)
        last = waiting or of_today.order_by("-asked_at").first()
        if last is not None and last.is_file:
            return last
        if last is not None:
            raise ExportLimited(retry_after=(last.asked_at + ONE_EACH - now).total_seconds())
        lease = now + timedelta(seconds=settings.JOB_LEASE_SECONDS)
        return ExportJob.objects.create(user=user, state=ExportState.RUNNING, asked_at=now, lease_until=lease)


def _give_up_abandoned(user: User, now: datetime) -> None:
    """An answer whose process died was not had."""
    died = ExportJob.objects.filter(user=user, state=ExportState.RUNNING, is_file=False, lease_until__lte=now)
    died.update(state=ExportState.FAILED, lease_until=None, last_error="abandoned", finished_at=now)


def _whole(document: Document) -> str:
    pieces = []
    for piece in document.pieces():
        pieces.append(piece)
        if document.rows > settings.EXPORT_DIRECT_ROWS:
            raise TooLarge
    return "".join(pieces)


def _as_file(job: ExportJob) -> ExportJob:
    with transaction.atomic():
        job.state, job.is_file = ExportState.PENDING, True
        job.lease_until, job.next_attempt_at = None, clock.now()
        job.save(update_fields=["state", "is_file", "lease_until", "next_attempt_at"])
        enqueue(make_export, str(job.pk))
    return job


def _new_file(user: User) -> ExportJob:
    job = ExportJob.objects.create(user=user, is_file=True, next_attempt_at=clock.now())
    enqueue(make_export, str(job.pk))
    return job


def _fail(job: ExportJob, error: str) -> None:
    ExportJob.objects.filter(pk=job.pk).update(
        state=ExportState.FAILED, lease_until=None, last_error=error, finished_at=clock.now()
    )


def _finish(job: ExportJob, document: Document, *, size: int) -> None:
    job.state, job.lease_until, job.finished_at = ExportState.READY, None, clock.now()
    job.counts, job.size = document.counts, size
    job.rows_total = job.rows_done = document.rows
    job.save(update_fields=["state", "lease_until", "finished_at", "counts", "size", "rows_total", "rows_done"])
    record(EventKind.EXPORTED, user_id=job.user_id, details={"export": str(job.pk), "rows": document.rows})
