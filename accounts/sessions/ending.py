"""The ends of sessions: each leaves an event, and all its tokens are refused from that moment."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q, QuerySet

from accounts.events import EventKind, record
from accounts.events.telling import tell_of_signing_out
from accounts.models import Session, SessionEnd, User
from notifications.destinations.services import forget_all
from notifications.stream import kick
from numerai.common import clock


def end_session(
    session_id: UUID, *, reason: SessionEnd, owner: User | None = None, kind: EventKind = EventKind.SESSION_ENDED
) -> bool:
    """End one session, if it is ``owner``'s where one is named; False when there is none that has not ended."""
    one = Session.objects.filter(id=session_id, **({"user_id": owner.pk} if owner else {}))
    with transaction.atomic():
        if not _end(one, reason):
            return False
        user_id = one.values_list("user_id", flat=True).get()
        kick(user_id, session_id)
        record(kind, user_id=user_id, session_id=session_id, details={"reason": reason.value})
    return True


def end_all_sessions(*, user: User, reason: SessionEnd, except_session: UUID | None = None) -> int:
    """End every session of ``user`` but ``except_session``, and every admin login; answers how many sessions.

    Devices that messages are pushed to are forgotten, whoever registered them: one that is still the person's registers
    again when it has tokens. Call it in the transaction of what makes it necessary.
    """
    with transaction.atomic():
        # The person's row first: a sign-in under way holds it, and its session must be among those that end.
        User.objects.filter(id=user.pk).update(session_epoch=F("session_epoch") + 1)
        user.refresh_from_db(fields=["session_epoch"])
        ended = _end(
            Session.objects.filter(user_id=user.pk).exclude(id__in=[except_session] if except_session else []), reason
        )
        forget_all(user.pk)
        kick(user.pk, except_session=except_session)
        # To ask for it again and again, where nothing is left to end, is no event; admin logins are not counted.
        if ended or user.is_staff or reason != SessionEnd.LOGOUT_ALL:
            record(
                EventKind.ALL_SESSIONS_ENDED,
                user_id=user.pk,
                session_id=except_session,
                details={"reason": reason.value, "ended": ended},
            )
        if ended and reason == SessionEnd.OPERATOR:
            tell_of_signing_out(user)
    return ended


def purge_sessions(*, ended_before: datetime, batch: int = 1000) -> int:
    """Delete the sessions that ended before that moment, ``batch`` rows at a time; answers how many."""
    ended = Session.objects.filter(Q(revoked_at__lt=ended_before) | Q(idle_until__lt=ended_before))
    purged = 0
    while ids := list(ended.values_list("id", flat=True)[:batch]):
        purged += Session.objects.filter(id__in=ids).delete()[0]
    return purged


def _end(which: QuerySet[Session], reason: SessionEnd) -> int:
    return which.filter(revoked_at__isnull=True).update(revoked_at=clock.now(), revoke_reason=reason)
