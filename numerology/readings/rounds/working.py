"""A round at work: batch by batch, each one transaction, so that a worker may die at any point and another goes on."""

import time
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import F, Q, QuerySet

from numerai.common import clock
from numerai.common.jobs import enqueue
from numerai.common.tracing import places
from numerology.readings.rounds.batches import give
from numerology.readings.rounds.models import ReadingRound, RoundState
from numerology.tasks import make_readings

log = structlog.get_logger(__name__)

BATCH = 500
# For so long one task works before others have their turn.
SECONDS = 20.0
MAX_ATTEMPTS = 5
FIRST_PAUSE = timedelta(minutes=1)
# For how long it is told what became of a round.
KEPT = timedelta(days=30)


class LeaseLost(Exception):
    """Another worker has taken over."""


def work(round_id: UUID, *, batch: int = BATCH, seconds: float = SECONDS) -> None:
    """Go on with the round; harmless to call again, and while another worker does it."""
    job = _claim(round_id)
    if job is None:
        return
    ends = time.monotonic() + seconds
    try:
        while _batch(job, batch):
            if time.monotonic() >= ends:
                _put_down(job)
                return
    except LeaseLost:
        log.warning("reading_round_lease_lost", reading_round=str(job.pk))
    except Exception as error:
        # Its words may repeat what somebody is told, so its type is kept.
        log.error("reading_round_failed", reading_round=str(job.pk), zone=job.zone, **places(error))
        _put_off(job, type(error).__name__)


def free() -> Q:
    """The rounds that nobody works on and that are due."""
    now = clock.now()
    return Q(state=RoundState.PENDING, next_attempt_at__lte=now) | Q(state=RoundState.RUNNING, lease_until__lte=now)


def give_up() -> None:
    """Those whose workers die every time."""
    ReadingRound.objects.filter(
        state=RoundState.RUNNING, lease_until__lte=clock.now(), attempts__gte=MAX_ATTEMPTS
    ).update(**_ended(RoundState.FAILED), last_error="lease_expired")


def purge() -> int:
    """Forget the rounds that ended long ago; answers how many."""
    return ReadingRound.objects.filter(finished_at__lte=clock.now() - KEPT).delete()[0]


def _claim(round_id: UUID) -> ReadingRound | None:
    lease_until = _lease()
    claimed = ReadingRound.objects.filter(free(), pk=round_id).update(
        state=RoundState.RUNNING, attempts=F("attempts") + 1, lease_until=lease_until
    )
    return ReadingRound.objects.filter(pk=round_id, lease_until=lease_until).first() if claimed else None


def _batch(job: ReadingRound, size: int) -> bool:
    """Give the next people their readings; whether there are more of them."""
    with transaction.atomic():
        now = _ours(job).select_for_update(no_key=True).first()
        if now is None:
            raise LeaseLost
        is_over = clock.today_in(now.zone) > now.reading_date
        given = None if is_over else give(now, size)
        if given is not None:
            now.after = given.last
            now.seen, now.made, now.told = now.seen + given.seen, now.made + given.made, now.told + given.told
        _write(now, is_over=is_over, is_last=given is None or given.seen < size)
    job.lease_until, job.attempts = now.lease_until, now.attempts
    return now.state == RoundState.RUNNING


def _write(now: ReadingRound, *, is_over: bool, is_last: bool) -> None:
    """What got on counts as the first attempt again."""
    now.attempts, now.last_error, now.lease_until = 1, "", _lease()
    if is_over or is_last:
        for name, value in _ended(RoundState.MISSED if is_over else RoundState.DONE).items():
            setattr(now, name, value)
        log.info("reading_round_ended", zone=now.zone, state=now.state, made=now.made, told=now.told)
    now.save()


def _ended(state: RoundState) -> dict[str, object]:
    return {"state": state, "after": None, "lease_until": None, "next_attempt_at": None, "finished_at": clock.now()}


def _put_down(job: ReadingRound) -> None:
    with transaction.atomic():
        _ours(job).update(state=RoundState.PENDING, lease_until=None, next_attempt_at=clock.now(), attempts=0)
        enqueue(make_readings, str(job.pk))


def _put_off(job: ReadingRound, error: str) -> None:
    if job.attempts >= MAX_ATTEMPTS:
        _ours(job).update(**_ended(RoundState.FAILED), last_error=error)
        return
    next_attempt_at = clock.now() + FIRST_PAUSE * 2 ** (job.attempts - 1)
    _ours(job).update(state=RoundState.PENDING, last_error=error, lease_until=None, next_attempt_at=next_attempt_at)


def _ours(job: ReadingRound) -> "QuerySet[ReadingRound]":
    return ReadingRound.objects.filter(pk=job.pk, state=RoundState.RUNNING, lease_until=job.lease_until)


def _lease() -> datetime:
    return clock.now() + timedelta(seconds=settings.JOB_LEASE_SECONDS)
