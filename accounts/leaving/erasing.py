"""Forgetting somebody: what vendors would go on doing is ended first, then one transaction erases it all."""

from collections.abc import Iterable
from uuid import UUID

import structlog
from django.db import transaction

from accounts.events import EventKind, record
from accounts.models import OPEN_DELETION, Deletion, DeletionState, Tombstone, User
from accounts.privacy import erased_address
from numerai.common import clock
from numerai.common.privacy import holdings

log = structlog.get_logger(__name__)

Report = dict[str, dict[str, int]]


def end_promises(user_id: UUID) -> None:
    """Raises ServiceUnavailable while a vendor's answer is missing: nothing is forgotten until all of it is certain."""
    User.objects.filter(pk=user_id, is_active=True).update(is_active=False)
    for holding in holdings():
        holding.leave(user_id)


def erase_everything(user_id: UUID) -> Report:
    """Erase the person in every app; answers how many rows were touched, by app and table. In the caller's transaction,
    after ``end_promises``."""
    report = {holding.app: holding.erase(user_id) for holding in holdings()}
    Tombstone.objects.get_or_create(subject_id=user_id)
    rows = sum(count for tables in report.values() for count in tables.values())
    record(EventKind.ERASED, user_id=user_id, details={"rows": rows})
    # Outlives a loss of the database as well: from these lines the list for replay_erasures can be had.
    transaction.on_commit(lambda: log.info("person_erased", subject=str(user_id)))
    return report


def replay(subject_ids: Iterable[UUID]) -> int:
    """Erase again whom a restored backup has brought back; answers how many people were. Raises ServiceUnavailable;
    what was done stays done, and the next call goes on."""
    erased = 0
    for subject_id in subject_ids:
        end_promises(subject_id)
        with transaction.atomic():
            is_back = User.objects.filter(pk=subject_id).exclude(email=erased_address(subject_id)).exists()
            report = erase_everything(subject_id)
            Deletion.objects.filter(person_id=subject_id, state__in=OPEN_DELETION).update(
                state=DeletionState.DONE,
                erased_at=clock.now(),
                report=report,
                undo_hash=None,
                next_attempt_at=None,
                lease_until=None,
            )
        erased += is_back
    return erased
