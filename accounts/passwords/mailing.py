from typing import Any
from urllib.parse import urlencode, urljoin
from uuid import UUID

from django.conf import settings
from django.db import transaction

from accounts.events import EventKind, record
from accounts.models import CodePurpose, User
from accounts.passwords import links
from accounts.passwords.binding import bound_to, may_reset
from accounts.social.standing import is_mailbox_hijacked
from accounts.verification import codes
from accounts.verification.mailing import written
from notifications.kinds import NoLongerNeeded
from notifications.services import notify

CODE_KIND = "accounts.password_reset_code"
LINK_KIND = "accounts.password_reset_link"
CHANGED_KIND = "accounts.password_changed"


def send(user: User, *, kind: str, is_kept: bool) -> None:
    """Mail ``user`` what resets the password; or, when it is not kept, write the same and take it back, so that the
    time of an answer does not tell. The message goes to the broker either way and finds no delivery there."""
    with transaction.atomic(), written(is_kept=is_kept):
        record(EventKind.PASSWORD_RESET_ASKED, user_id=user.pk)
        notify(user=user, kind=kind)


def fresh_code(user_id: UUID, _: dict[str, Any]) -> dict[str, Any]:
    """Made by the worker just before the mail leaves, as every code is."""
    user = _still_waiting(user_id)
    return {
        "code": codes.issue(user_id=user_id, email=bound_to(user).hex(), purpose=CodePurpose.RESET_PASSWORD),
        "minutes": int(settings.ONE_TIME_CODE_LIFETIME.total_seconds() // 60),
    }


def fresh_link(user_id: UUID, _: dict[str, Any]) -> dict[str, Any]:
    """Made by the worker as well. The page it leads to must send ``Referrer-Policy: no-referrer``, for the token
    stands in its address."""
    token = links.issue(_still_waiting(user_id))
    return {
        "link": urljoin(settings.FRONTEND_URL, f"/reset-password?{urlencode({'token': token})}"),
        "minutes": int(settings.RESET_LINK_LIFETIME.total_seconds() // 60),
    }


def _still_waiting(user_id: UUID) -> User:
    user = User.objects.filter(id=user_id).first()
    if user is None or not may_reset(user) or is_mailbox_hijacked(user):
        raise NoLongerNeeded
    return user
