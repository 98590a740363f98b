"""Putting an old address back: for who still reads it, when somebody else has changed it."""

from contextlib import suppress
from datetime import datetime

from django.conf import settings
from django.db import IntegrityError, transaction

from accounts.addresses import mailing
from accounts.events import EventKind, record
from accounts.factors.active import has_second_factor
from accounts.leaving.services import NotLeaving, undo_deletion
from accounts.models import (
    AuthenticatorApp,
    EmailChange,
    FactorChallenge,
    OneTimeCode,
    Passkey,
    RecoveryCode,
    ResetLink,
    SessionEnd,
    User,
)
from accounts.sessions import end_all_sessions
from accounts.signals import email_changed
from accounts.social import linking
from notifications.services import notify
from numerai.common import clock
from numerai.common.errors import DomainError


class RevertLinkInvalid(DomainError):
    """The same for a link that was used, has aged or was invented, and for a change that was undone otherwise."""

    status, code, title = 400, "revert_link_invalid", "Link not accepted"
    detail = "That link has been used or is no longer valid."


def revert(token: str) -> None:
    """Put the old address back, for whom it belonged to.

    Whoever changed it may have taken the account over, so every session ends, the password is gone and a new one comes
    by a reset at the old address; and what was added since three days before the change goes as well: linked accounts,
    second factors, a phone number. Later changes of address are undone with it; an older one still can be.
    An account that has been closed since is opened again. Raises RevertLinkInvalid.
    """
    try:
        with transaction.atomic(durable=True):
            change = _used_up(token)
            _take_back(change)
    except IntegrityError:
        # The three days were over at this very moment, and somebody has signed up with the address.
        raise RevertLinkInvalid from None


def _used_up(token: str) -> EmailChange:
    live = EmailChange.objects.filter(
        revert_hash=mailing.hash_of(token), settled_at__isnull=True, revert_until__gt=clock.now()
    )
    change = live.first()
    if change is None:
        raise RevertLinkInvalid
    # A deletion that was asked for at the new address must not end what is being given back. Before the person is
    # locked, as by everybody who undoes one.
    with suppress(NotLeaving):
        undo_deletion(change.user_id)
    change.user = User.objects.select_for_update(no_key=True).get(id=change.user_id)
    if not live.update(settled_at=clock.now()):
        raise RevertLinkInvalid
    return change


def _take_back(change: EmailChange) -> None:
    user, removed = change.user, change.user.email
    user.email, user.email_verified_at = change.old_email, clock.now()
    since = change.created_at - settings.EMAIL_REVERT_LIFETIME
    if user.phone_verified_at is not None and user.phone_verified_at >= since:
        user.phone = user.phone_verified_at = None
    user.set_unusable_password()
    user.save(update_fields=["email", "email_verified_at", "phone", "phone_verified_at", "password"])
    later = EmailChange.objects.filter(user=user, created_at__gt=change.created_at)
    later.filter(confirmed_at__isnull=True).delete()
    later.filter(settled_at__isnull=True).update(settled_at=clock.now())
    _drop_keys(user, since)
    end_all_sessions(user=user, reason=SessionEnd.EMAIL_CHANGE)
    record(EventKind.EMAIL_CHANGE_REVERTED, user_id=user.pk, details={"change_id": str(change.id)})
    notify(user=user, kind=mailing.REVERTED_KIND, action_url="/forgot-password")
    if removed and removed != user.email:
        notify(user=user, kind=mailing.REMOVED_KIND, address=removed)
    email_changed.send(sender=User, user=user)


def _drop_keys(user: User, since: datetime) -> None:
    for keys in (OneTimeCode, ResetLink, FactorChallenge):
        keys._default_manager.filter(user=user).delete()
    for factors in (AuthenticatorApp, Passkey, RecoveryCode):
        factors._default_manager.filter(user=user, created_at__gte=since).delete()
    if not has_second_factor(user.pk):
        RecoveryCode.objects.filter(user=user).delete()
    for identity in user.identities.filter(created_at__gte=since):
        linking.remove(identity, reason=SessionEnd.EMAIL_CHANGE)
