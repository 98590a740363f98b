from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction

from accounts.events import EventKind, record
from accounts.leaving import mailing
from accounts.models import OPEN_DELETION, Deletion, DeletionState, SessionEnd, Tombstone, User
from accounts.sessions import end_all_sessions
from accounts.tasks import work_on_deletion
from notifications.services import notify
from numerai.common import clock
from numerai.common.errors import Conflict, DomainError
from numerai.common.jobs import enqueue


class UndoLinkInvalid(DomainError):
    """The same for a link that was used, was replaced by a newer one, came too late or was invented."""

    code, title = "undo_link_invalid", "Link not accepted"
    detail = "That link has been used or is no longer valid. Sign in to have a new one sent to you."


class AlreadyErased(Conflict):
    code = "already_erased"
    detail = "This account has been erased."


class NotLeaving(Conflict):
    code = "not_leaving"
    detail = "There is no deletion of this account that could still be undone."


def ask_deletion(user: User) -> Deletion:
    """Close the account of ``user`` now and have it erased after DELETION_GRACE_DAYS; answers the deletion that was
    asked for before, if it was. Whoever calls has made sure that the person, or an operator, really wants it.

    Every session ends and the person is sent a link that undoes it. Raises AlreadyErased.
    """
    now = clock.now()
    with transaction.atomic():
        person = User.objects.select_for_update(no_key=True).get(pk=user.pk)
        if Tombstone.objects.filter(subject_id=person.pk).exists():
            raise AlreadyErased
        earlier = Deletion.objects.filter(person_id=person.pk, state__in=OPEN_DELETION).first()
        return earlier or _begin(person, now)


def undo_by_link(token: str) -> None:
    """Open the account again whose link it is, once; signs nobody in. Raises UndoLinkInvalid."""
    with transaction.atomic():
        in_grace = Deletion.objects.select_for_update().filter(undo_hash=mailing.hash_of(token))
        deletion = in_grace.filter(state=DeletionState.ASKED, due_at__gt=clock.now()).first()
        if deletion is None:
            raise UndoLinkInvalid
        _undo(deletion)


def undo_deletion(user_id: UUID) -> None:
    """The same for an operator. Raises NotLeaving once the erasure has begun."""
    with transaction.atomic():
        in_grace = Deletion.objects.select_for_update().filter(person_id=user_id, state=DeletionState.ASKED)
        deletion = in_grace.filter(due_at__gt=clock.now()).first()
        if deletion is None:
            raise NotLeaving
        _undo(deletion)


def start_over(deletion: Deletion) -> bool:
    """Have a deletion that was parked tried again; answers whether it was parked."""
    parked = Deletion.objects.filter(pk=deletion.pk, state=DeletionState.PARKED)
    with transaction.atomic():
        is_started = parked.update(state=DeletionState.ERASING, attempts=0, next_attempt_at=clock.now())
        if is_started:
            enqueue(work_on_deletion, str(deletion.pk))
    return bool(is_started)


def _begin(person: User, now: datetime) -> Deletion:
    deletion = Deletion.objects.create(
        person_id=person.pk,
        was_active=person.is_active,
        asked_at=now,
        due_at=now + timedelta(days=settings.DELETION_GRACE_DAYS),
        next_attempt_at=now,
    )
    User.objects.filter(pk=person.pk).update(is_active=False)
    end_all_sessions(user=person, reason=SessionEnd.CLOSED)
    record(EventKind.DELETION_ASKED, user_id=person.pk, details={"deletion": str(deletion.pk)})
    mailing.send_link(person)
    enqueue(work_on_deletion, str(deletion.pk))
    return deletion


def _undo(deletion: Deletion) -> None:
    now = clock.now()
    deletion.state, deletion.undone_at, deletion.undo_hash = DeletionState.UNDONE, now, None
    deletion.attempts, deletion.next_attempt_at, deletion.last_error = 0, now, ""
    # Not the lease: whoever is just stopping renewals has to be waited for before they can go on.
    deletion.save(
        update_fields=["state", "undone_at", "undo_hash", "attempts", "next_attempt_at", "last_error"],
    )
    User.objects.filter(pk=deletion.person_id).update(is_active=deletion.was_active)
    record(EventKind.DELETION_UNDONE, user_id=deletion.person_id, details={"deletion": str(deletion.pk)})
    notify(user=User.objects.get(pk=deletion.person_id), kind=mailing.UNDONE_KIND, action_url="/")
    enqueue(work_on_deletion, str(deletion.pk))
