from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction

from accounts import limits
from accounts.models import CodePurpose, User
from accounts.verification import codes
from notifications.kinds import NoLongerNeeded
from notifications.services import notify

CODE_KIND = "accounts.verification_code"


def send_code(user: User) -> None:
    """Send ``user`` a code for their address, unless one went there within the minute or five within the hour."""
    if user.email and limits.may_mail(user.email):
        _write(user, is_kept=True)


def send_nothing(address: str) -> None:
    """The work of ``send_code`` for an address that awaits no code, so that the time of an answer does not tell."""
    if limits.may_mail(address, is_awaited=False):
        _write(User(email=address), is_kept=False)


def _write(user: User, *, is_kept: bool) -> None:
    with transaction.atomic():
        savepoint = transaction.savepoint()
        notify(user=user, kind=CODE_KIND)
        # What is taken back was written all the same, so that the commit waits for the disk; the message goes to the
        # broker either way and finds no delivery there.
        if is_kept:
            transaction.savepoint_commit(savepoint)
        else:
            transaction.savepoint_rollback(savepoint)


def fresh_code(user_id: UUID, _: dict[str, Any]) -> dict[str, Any]:
    """Made by the worker just before the mail leaves, so that the code stands in no row and in no message."""
    user = User.objects.filter(id=user_id, is_active=True).first()
    if user is None or user.email is None or user.is_verified:
        raise NoLongerNeeded
    minutes = int(settings.ONE_TIME_CODE_LIFETIME.total_seconds() // 60)
    return {
        "code": codes.issue(user_id=user_id, email=user.email, purpose=CodePurpose.VERIFY_EMAIL),
        "minutes": minutes,
    }
