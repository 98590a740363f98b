"""Sessions: opened at sign-in, rotated at refresh, ended at logout or when a spent refresh token comes back.

A refresh token is ``<session id as hex>.<secret>``; an access token is a short JWT that names its session (``sid``).
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db.models import F, Q, QuerySet
from rest_framework_simplejwt.tokens import AccessToken

from accounts.models import Session, SessionEnd, User
from numerai.common import clock
from numerai.common.errors import Conflict, DomainError

ROTATION_GRACE = timedelta(seconds=10)


class RefreshTokenInvalid(DomainError):
    status, code, title = 401, "refresh_token_invalid", "Sign in again"
    detail = "Your session has ended. Please sign in again."


class RefreshInProgress(Conflict):
    code = "refresh_in_progress"
    detail = "This session has just been refreshed by another request. Use the tokens that it received."


@dataclass(frozen=True)
class TokenPair:
    access_token: str
    refresh_token: str


@dataclass(frozen=True)
class Device:
    """Where a sign-in came from: the browser's own words and an address without its personal part."""

    name: str = ""
    address: str = ""


def open_session(*, user: User, device: Device | None = None) -> TokenPair:
    """Start a session for ``user``, who has proved who they are, and issue its first tokens."""
    device = device or Device()
    secret = secrets.token_urlsafe(32)
    now = clock.now()
    session = Session.objects.create(
        user=user,
        secret_hash=_hash(secret),
        rotated_at=now,
        idle_until=now + settings.SESSION_IDLE_LIFETIME,
        ends_at=now + settings.SESSION_ABSOLUTE_LIFETIME,
        device=device.name[:200],
        address=device.address or None,
    )
    return _pair(session.id, user.pk, secret)


def rotate(refresh_token: str) -> TokenPair:
    """Exchange a refresh token for a new pair, once.

    Of parallel calls one wins, the others get RefreshInProgress; a token spent longer ago ends the whole session,
    because two parties hold it. Raises RefreshTokenInvalid otherwise.
    """
    session_id, digest = _parse(refresh_token)
    now = clock.now()
    secret = secrets.token_urlsafe(32)
    swapped = (
        _live(now)
        .filter(id=session_id, secret_hash=digest)
        .update(
            previous_hash=F("secret_hash"),
            secret_hash=_hash(secret),
            rotated_at=now,
            idle_until=now + settings.SESSION_IDLE_LIFETIME,
        )
    )
    if swapped:
        user_id = Session.objects.values_list("user_id", flat=True).get(id=session_id)
        return _pair(session_id, user_id, secret)
    _refuse_spent(session_id, digest, now)
    raise RefreshTokenInvalid


def end_session(refresh_token: str) -> None:
    """Log out: end the session that ``refresh_token`` belongs to. A token that means nothing changes nothing."""
    try:
        session_id, digest = _parse(refresh_token)
    except RefreshTokenInvalid:
        return
    mine = Q(secret_hash=digest) | Q(previous_hash=digest)
    _end(Q(id=session_id) & mine, SessionEnd.LOGOUT)


def end_all_sessions(*, user: User, reason: SessionEnd) -> int:
    """End every session of ``user``; answers how many there were."""
    return _end(Q(user=user), reason)


def _refuse_spent(session_id: UUID, digest: bytes, now: datetime) -> None:
    session = _live(now).filter(id=session_id).first()
    if session is None:
        return
    is_predecessor = session.previous_hash is not None and bytes(session.previous_hash) == digest
    if is_predecessor and now - session.rotated_at <= ROTATION_GRACE:
        raise RefreshInProgress
    _end(Q(id=session_id), SessionEnd.TOKEN_REUSE)


def _live(now: datetime) -> QuerySet[Session]:
    return Session.objects.filter(revoked_at__isnull=True, idle_until__gt=now, ends_at__gt=now, user__is_active=True)


def _end(which: Q, reason: SessionEnd) -> int:
    return Session.objects.filter(which, revoked_at__isnull=True).update(revoked_at=clock.now(), revoke_reason=reason)


def _pair(session_id: UUID, user_id: UUID, secret: str) -> TokenPair:
    token = AccessToken()
    token["user_id"] = str(user_id)
    token["sid"] = session_id.hex
    return TokenPair(access_token=str(token), refresh_token=f"{session_id.hex}.{secret}")


def _parse(refresh_token: str) -> tuple[UUID, bytes]:
    identifier, _, secret = refresh_token.partition(".")
    try:
        return UUID(hex=identifier), _hash(secret)
    except ValueError:
        raise RefreshTokenInvalid from None


def _hash(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()
