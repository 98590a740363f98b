from uuid import UUID

from accounts.events import EventKind, record
from accounts.models import EmailChange, SessionEnd, User
from accounts.passwords.mailing import CHANGED_KIND
from accounts.proof.ways import ways_of
from accounts.registration.passwords import refuse_weak
from accounts.sessions import end_all_sessions
from notifications.services import notify

# A password is of no use to whoever has one of these.
OTHER_WAYS = ("passkey", "google", "apple")


def give_password(user: User, new_password: str, *, kind: EventKind, session_id: UUID | None = None) -> None:
    """Set the password of ``user``, whose row the caller has locked in a transaction; write what else has changed of
    it; end every session, and every change of address that somebody has begun; tell the person.

    Raises InputError for a weak one.
    """
    refuse_weak(
        new_password,
        email=user.email or "",
        full_name=user.full_name,
        phone=user.phone or "",
        field="new_password",
    )
    is_first = not user.has_usable_password()
    user.set_password(new_password)
    user.save(update_fields=["password", "email_verified_at", "phone"])
    end_all_sessions(user=user, reason=SessionEnd.PASSWORD_CHANGE)
    EmailChange.objects.filter(user=user, confirmed_at__isnull=True).delete()
    record(kind, user_id=user.pk, session_id=session_id, details={"is_first": is_first})
    context = {"is_first": is_first, "other_ways": _other_ways(user)}
    notify(user=user, kind=CHANGED_KIND, context=context, action_url="/")


def _other_ways(user: User) -> list[str]:
    """What opens the account besides the password: whoever was in it may have left something behind."""
    return [way for way in ways_of(user) if way in OTHER_WAYS]
