"""Changing one's e-mail address: asked for with a fresh proof, confirmed by a code that went to the new one."""

from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Q
from rest_framework.request import Request

from accounts import limits
from accounts.addresses import mailing
from accounts.events import EventKind, record
from accounts.login.services import SignedIn
from accounts.models import CodePurpose, EmailChange, SessionEnd, User
from accounts.proof.services import require_fresh, signed_in_by
from accounts.proof.staying import admitted_caller, stay
from accounts.sessions import end_all_sessions
from accounts.signals import email_changed
from accounts.verification import codes
from accounts.verification.services import CodeInvalid
from notifications.services import notify
from numerai.common import clock
from numerai.common.errors import Conflict, DomainError
from numerai.common.throttling import hit

PENDING = timedelta(hours=1)


class EmailUnchanged(DomainError):
    status, code, title = 400, "email_unchanged", "Nothing to change"
    detail = "That is your e-mail address already."


class EmailTaken(Conflict):
    """Told only to who has proved that they read the address."""

    code = "email_taken"
    detail = "Another account has taken that e-mail address in the meantime."


def ask(request: Request, *, new_email: str, password: str = "", code: str = "") -> None:
    """Send a code to ``new_email``; asking again replaces what was asked before. Nothing tells whether the address is
    another account's: its owner is told that somebody wanted it.

    Raises what ``require_fresh`` raises, EmailUnchanged, and TooManyRequests past five an hour.
    """
    require_fresh(request, password=password, code=code, is_shown=True)
    caller, _ = signed_in_by(request)
    if new_email == caller.email:
        raise EmailUnchanged(field="new_email")
    hit(limits.EMAIL_CHANGE, str(caller.pk))
    owner = User.objects.filter(email=new_email).first()
    is_held = is_kept_for_another(new_email, caller.pk)
    is_sent = not is_held and (owner is None or owner.is_active)
    may_mail = limits.may_mail(new_email, is_awaited=is_sent)
    with transaction.atomic():
        user, session = admitted_caller(request)
        EmailChange.objects.filter(user=user, confirmed_at__isnull=True).delete()
        change = EmailChange.objects.create(
            user=user, old_email=user.email, new_email=new_email, expires_at=clock.now() + PENDING
        )
        record(EventKind.EMAIL_CHANGE_ASKED, user_id=user.pk, session_id=session.id, details=_named(change))
        mailing.send_code(change, owner=owner, is_kept=is_sent and may_mail)


def confirm(request: Request, code: str) -> SignedIn:
    """Take the new address, end every session and go on in a new one; the old address gets a link that undoes it.

    Raises CodeInvalid, and EmailTaken when somebody else was faster.
    """
    taken = False
    # Durable, because a wrong guess must stay counted whatever the caller does next.
    with transaction.atomic(durable=True):
        user, session = admitted_caller(request)
        change = EmailChange.objects.filter(user=user, confirmed_at__isnull=True, expires_at__gt=clock.now()).first()
        is_right = change is not None and change.new_email != user.email
        is_right &= codes.redeem(
            user_id=user.pk,
            email=change.new_email if change else "",
            purpose=CodePurpose.CHANGE_EMAIL,
            code=code,
        )
        if change is not None and is_right:
            taken = not _switch(user, change, session.id)
    if taken:
        raise EmailTaken
    if not is_right:
        record(EventKind.SIGN_IN_FAILED, user_id=user.pk, session_id=session.id, details={"way": "email change"})
        raise CodeInvalid
    return stay(request, user, session)


def is_kept_for_another(email: str, user_id: UUID) -> bool:
    """Whether another person can still have that address back."""
    held = Q(old_email=email, settled_at__isnull=True, revert_until__gt=clock.now())
    return EmailChange.objects.filter(held).exclude(user_id=user_id).exists()


def _switch(user: User, change: EmailChange, session_id: UUID) -> bool:
    """False, and the change is dropped, when the address is another's by now."""
    # An address that was only noted may be anybody's: it gets no way back.
    change.old_email = user.email
    if user.email and user.email_verified_at is not None:
        change.revert_until = clock.now() + settings.EMAIL_REVERT_LIFETIME
    change.confirmed_at = clock.now()
    try:
        with transaction.atomic():
            user.email, user.email_verified_at = change.new_email, clock.now()
            user.save(update_fields=["email", "email_verified_at"])
    except IntegrityError:
        change.delete()
        return False
    change.save(update_fields=["old_email", "confirmed_at", "revert_until"])
    end_all_sessions(user=user, reason=SessionEnd.EMAIL_CHANGE)
    record(EventKind.EMAIL_CHANGED, user_id=user.pk, session_id=session_id, details=_named(change))
    if change.revert_until:
        notify(
            user=user,
            kind=mailing.CHANGED_KIND,
            context={"change_id": change.id.hex},
            address=str(change.old_email),
        )
    email_changed.send(sender=User, user=user)
    return True


def _named(change: EmailChange) -> dict[str, str]:
    return {"change_id": str(change.id)}
