"""What is told about a change of address, and to which of the two."""

import hashlib
import secrets
from typing import Any
from urllib.parse import urlencode, urljoin
from uuid import UUID

from django.conf import settings
from django.db import transaction

from accounts.models import CodePurpose, EmailChange, User
from accounts.verification import codes
from accounts.verification.mailing import written
from notifications.kinds import NoLongerNeeded
from notifications.services import notify
from numerai.common import clock

CODE_KIND = "accounts.email_change_code"
TAKEN_KIND = "accounts.email_change_taken"
CHANGED_KIND = "accounts.email_changed"
REVERTED_KIND = "accounts.email_change_reverted"
REMOVED_KIND = "accounts.email_removed"
MOVED_KIND = "accounts.email_moved_by_us"


def send_code(change: EmailChange, *, owner: User | None, is_kept: bool) -> None:
    """Mail a code to the address that is wanted, or tell its ``owner`` that somebody wants it; or, when it is not kept,
    write the same and take it back, so that the time of an answer does not tell."""
    user = change.user
    with transaction.atomic(), written(is_kept=is_kept):
        if owner is None:
            notify(user=user, kind=CODE_KIND, context={"change_id": change.id.hex}, address=change.new_email)
        else:
            notify(user=owner, kind=TAKEN_KIND, action_url="/")


def fresh_code(user_id: UUID, context: dict[str, Any]) -> dict[str, Any]:
    """Made by the worker just before the mail leaves, as every code is."""
    change = _wanted(context["change_id"], user_id)
    return {
        "code": codes.issue(user_id=user_id, email=change.new_email, purpose=CodePurpose.CHANGE_EMAIL),
        "minutes": int(settings.ONE_TIME_CODE_LIFETIME.total_seconds() // 60),
    }


def fresh_revert_link(user_id: UUID, context: dict[str, Any]) -> dict[str, Any]:
    """Made by the worker as well; only its hash is kept. The page it leads to must send ``Referrer-Policy:
    no-referrer``, for the token stands in its address."""
    token = secrets.token_urlsafe(32)
    undoable = EmailChange.objects.filter(
        id=context["change_id"], user_id=user_id, settled_at__isnull=True, revert_until__gt=clock.now()
    )
    if not undoable.update(revert_hash=hash_of(token)):
        raise NoLongerNeeded
    return {
        "link": urljoin(settings.FRONTEND_URL, f"/revert-email?{urlencode({'token': token})}"),
        "hours": int(settings.EMAIL_REVERT_LIFETIME.total_seconds() // 3600),
    }


def hash_of(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def _wanted(change_id: str, user_id: UUID) -> EmailChange:
    change = EmailChange.objects.filter(
        id=change_id, user_id=user_id, user__is_active=True, confirmed_at__isnull=True, expires_at__gt=clock.now()
    ).first()
    if change is None or User.objects.filter(email=change.new_email).exists():
        raise NoLongerNeeded
    return change
