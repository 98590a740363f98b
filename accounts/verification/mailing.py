"""Telling an address something, or doing the same work and telling nobody: an answer's time must not say which."""

from collections.abc import Iterator
from contextlib import contextmanager
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
PHONE_CODE_KIND = "accounts.phone_code"


def send_code(user: User) -> None:
    """Send ``user`` a code for their address, unless one went there within the minute or five within the hour."""
    address = address_of(user)
    if limits.may_mail(address):
        tell(user, kind=code_kind(address), is_kept=True)


def send_nothing(address: str) -> None:
    """The work of ``send_code`` for an address that awaits no code."""
    if limits.may_mail(address, is_awaited=False):
        tell(stand_in(address), kind=code_kind(address), is_kept=False)


def tell(user: User, *, kind: str, is_kept: bool, action_url: str = "") -> None:
    """Tell ``user``, if it is to be kept. The message goes to the broker either way and finds no delivery there."""
    with transaction.atomic(), written(is_kept=is_kept):
        notify(user=user, kind=kind, action_url=action_url)


@contextmanager
def written(*, is_kept: bool) -> Iterator[None]:
    """Keep what the block writes; or take it back, after the same work, and the commit of the transaction, which must
    be open, waits for the disk all the same."""
    savepoint = transaction.savepoint()
    yield
    if is_kept:
        transaction.savepoint_commit(savepoint)
    else:
        transaction.savepoint_rollback(savepoint)


def address_of(user: User) -> str:
    """Where codes for ``user`` go: the e-mail address, or the phone number of a person who has none."""
    return user.email or user.phone or ""


def stand_in(address: str) -> User:
    """Somebody who has that address and is in no table."""
    return User(email=address) if "@" in address else User(phone=address)


def code_kind(address: str) -> str:
    return CODE_KIND if "@" in address else PHONE_CODE_KIND


def fresh_code(user_id: UUID, _: dict[str, Any]) -> dict[str, Any]:
    """Made by the worker just before the mail or the text leaves, so that the code stands in no row and in no
    message."""
    return _fresh(user_id, CodePurpose.VERIFY_EMAIL, by_mail=True)


def fresh_phone_code(user_id: UUID, _: dict[str, Any]) -> dict[str, Any]:
    """The same for a person who has named no address."""
    return _fresh(user_id, CodePurpose.VERIFY_PHONE, by_mail=False)


def _fresh(user_id: UUID, purpose: CodePurpose, *, by_mail: bool) -> dict[str, Any]:
    user = User.objects.filter(id=user_id, is_active=True, email__isnull=not by_mail).first()
    if user is None or user.is_verified:
        raise NoLongerNeeded
    minutes = int(settings.ONE_TIME_CODE_LIFETIME.total_seconds() // 60)
    return {"code": codes.issue(user_id=user_id, email=address_of(user), purpose=purpose), "minutes": minutes}
