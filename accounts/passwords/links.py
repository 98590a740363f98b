"""Links that let whoever reads a mailbox choose a new password: 256 bits, good once, for an hour."""

import hashlib
import secrets
from datetime import datetime

from django.conf import settings
from django.utils.crypto import constant_time_compare

from accounts.models import ResetLink, User
from accounts.passwords.binding import bound_to, may_reset
from numerai.common import clock


def issue(user: User) -> str:
    """The token of a fresh link for ``user``; the one before it is dead from now on. It is kept nowhere."""
    token = secrets.token_urlsafe(32)
    fresh = ResetLink(
        user=user,
        token_hash=_hash(token),
        bound_to=bound_to(user),
        expires_at=clock.now() + settings.RESET_LINK_LIFETIME,
    )
    ResetLink.objects.bulk_create(
        [fresh],
        update_conflicts=True,
        unique_fields=["user"],
        update_fields=["token_hash", "bound_to", "expires_at", "used_at", "created_at"],
    )
    return token


def redeem(token: str) -> User | None:
    """Whose live link it is, locked until the caller's transaction ends; it is used up by asking."""
    live = ResetLink.objects.filter(token_hash=_hash(token), used_at__isnull=True, expires_at__gt=clock.now())
    link = live.first()
    if link is None:
        return None
    user = User.objects.select_for_update(no_key=True).get(id=link.user_id)
    if not may_reset(user) or not constant_time_compare(bytes(link.bound_to), bound_to(user)):
        return None
    return user if live.update(used_at=clock.now()) else None


def purge_reset_links(*, expired_before: datetime) -> int:
    """Delete the links that expired before that moment; answers how many. There is one a person at most."""
    return ResetLink.objects.filter(expires_at__lt=expired_before).delete()[0]


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
