"""The job of a deletion: whichever step is due, once, under a lease, again and again until it is done."""

from datetime import timedelta
from uuid import UUID

import structlog
from celery.exceptions import SoftTimeLimitExceeded
from django.conf import settings
from django.db import transaction
from django.db.models import Case, F, Q, QuerySet, Value, When

from accounts.leaving import mailing
from accounts.leaving.erasing import end_promises, erase_everything
from accounts.models import Deletion, DeletionState
from accounts.tasks import work_on_deletion
from numerai.common import audit, clock
from numerai.common.errors import DomainError
from numerai.common.jobs import enqueue
from numerai.common.privacy import holdings
from numerai.common.tracing import places

log = structlog.get_logger(__name__)

# With the pauses below, more than a week.
MAX_ATTEMPTS = 40
FIRST_PAUSE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(hours=6)
BATCH = 200


class LeaseLost(Exception):
    """Another worker has taken over."""


def work(deletion_id: UUID) -> DeletionState | None:
    """Do the step that is due; answers the state afterwards, None when nothing was ours to do.

    Safe to call at any time and in parallel: one caller claims the row, and only that claim can settle it.
    """
    deletion = _claim(deletion_id)
    if deletion is None:
        return None
    try:
        with audit.cause("operation", deletion.pk):
            _step(deletion)
    except LeaseLost:
        log.warning("deletion_lease_lost", deletion=str(deletion.pk), attempt=deletion.attempts)
        return None
    except DomainError as refusal:
        _put_off(deletion, refusal.code)
    except SoftTimeLimitExceeded:
        _put_off(deletion, "time_limit")
    except Exception as error:
        log.error("deletion_failed_unexpectedly", deletion=str(deletion.pk), **places(error))
        _put_off(deletion, type(error).__name__)
    return DeletionState(Deletion.objects.values_list("state", flat=True).get(pk=deletion.pk))


def sweep() -> int:
    """Enqueue the deletions of which a step is due, those of killed workers included; answers how many."""
    with transaction.atomic():
        due = list(_free().order_by("next_attempt_at").values_list("pk", flat=True)[:BATCH])
        for deletion_id in due:
            enqueue(work_on_deletion, str(deletion_id))
    return len(due)


def _free() -> "QuerySet[Deletion]":
    now = clock.now()
    return Deletion.objects.filter(Q(lease_until__isnull=True) | Q(lease_until__lte=now), next_attempt_at__lte=now)


def _claim(deletion_id: UUID) -> Deletion | None:
    now = clock.now()
    is_over = Q(state=DeletionState.ASKED, due_at__lte=now)
    claimed = (
        _free()
        .filter(pk=deletion_id)
        .update(
            lease_until=now + timedelta(seconds=settings.JOB_LEASE_SECONDS),
            # From here on nobody can undo it, and what failed before does not count.
            state=Case(When(is_over, then=Value(DeletionState.ERASING.value)), default=F("state")),
            undo_hash=Case(When(is_over, then=None), default=F("undo_hash")),
            attempts=Case(When(is_over, then=1), default=F("attempts") + 1),
        )
    )
    return Deletion.objects.get(pk=deletion_id) if claimed else None


def _step(deletion: Deletion) -> None:
    match deletion.state:
        case DeletionState.ASKED:
            for holding in holdings():
                holding.hold(deletion.person_id)
            _settle(deletion, held_at=clock.now(), next_attempt_at=_unless_undone(deletion))
        case DeletionState.UNDONE:
            for holding in holdings():
                holding.release(deletion.person_id)
            _settle(deletion, next_attempt_at=None)
        case _:
            end_promises(deletion.person_id)
            _erase(deletion)


def _erase(deletion: Deletion) -> None:
    with transaction.atomic():
        if not _mine(deletion).select_for_update().exists():
            raise LeaseLost
        report = erase_everything(deletion.person_id)
        _settle(
            deletion,
            state=DeletionState.DONE,
            erased_at=clock.now(),
            report=report,
            next_attempt_at=None,
            last_error="",
        )


def _mine(deletion: Deletion) -> "QuerySet[Deletion]":
    return Deletion.objects.filter(pk=deletion.pk, lease_until=deletion.lease_until)


def _settle(deletion: Deletion, **columns: object) -> None:
    """Only the claim that is still in force may write: a worker that was too slow has been replaced."""
    if not _mine(deletion).update(**({"lease_until": None, "attempts": 0, "last_error": ""} | columns)):
        raise LeaseLost


def _unless_undone(deletion: Deletion) -> Case:
    """The moment of the erasure; after an undo in the meantime, that of the release."""
    return Case(When(state=DeletionState.ASKED, then=Value(deletion.due_at)), default=F("next_attempt_at"))


def _put_off(deletion: Deletion, error: str) -> None:
    """Try again later, with longer and longer pauses; in the end an operator has to look."""
    deletion.last_error = error
    is_last = deletion.attempts >= MAX_ATTEMPTS and deletion.state != DeletionState.ASKED
    pause = min(FIRST_PAUSE * 2 ** min(deletion.attempts - 1, 20), LONGEST_PAUSE)
    columns: dict[str, object] = {"last_error": error, "next_attempt_at": clock.now() + pause, "lease_until": None}
    if is_last:
        columns["next_attempt_at"] = None
    if is_last and deletion.state == DeletionState.ERASING:
        columns["state"] = DeletionState.PARKED
    with transaction.atomic():
        # After an undo in the meantime, the release is due at once, whatever became of this step.
        held = _mine(deletion).filter(state=deletion.state).update(**columns)
        _mine(deletion).update(lease_until=None)
        if held and is_last:
            log.error("deletion_stuck", deletion=str(deletion.pk), state=deletion.state, error=error)
            mailing.tell_operators(deletion)
