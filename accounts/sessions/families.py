"""Sessions: opened at sign-in, rotated at refresh, ended at logout or when a spent refresh token comes back.

A refresh token is ``<session id as hex>.<secret>.<signature>``; an access token is a short JWT that names its session
(``sid``). The signature tells a spent token of ours, which is evidence of a theft, from an invented one, which is
nothing: session ids stand in every access token, and knowing one must not suffice to end the session.
"""

import hashlib
import secrets
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.db import transaction
from django.db.models import F
from django.utils.crypto import constant_time_compare

from accounts import access_tokens
from accounts.events import EventKind, record
from accounts.events.device import Device
from accounts.events.telling import tell_of_sign_in
from accounts.login import door
from accounts.models import Session, SessionEnd, SignInMethod, User
from accounts.sessions.ending import end_session
from notifications.services import notify
from numerai.common import clock
from numerai.common.errors import Conflict, DomainError

ROTATION_GRACE = timedelta(seconds=10)


class RefreshTokenInvalid(DomainError):
    status, code, title = 401, "refresh_token_invalid", "Sign in again"
    detail = "Your session has ended. Please sign in again."


class RefreshInProgress(Conflict):
    code = "refresh_in_progress"
    detail = "This session has just been refreshed by another request. Use the tokens that it received."


@dataclass(frozen=True, repr=False)
class TokenPair:
    """Without a repr, which would show what signs a person in to whatever reports an error."""

    access_token: str
    refresh_token: str


def open_session(
    *,
    user: User,
    device: Device | None = None,
    method: SignInMethod = SignInMethod.PASSWORD,
    has_second_factor: bool = False,
    previous: Session | None = None,
    epoch: int | None = None,
) -> TokenPair:
    """Start a session for ``user``, who has proved who they are by ``method``, and issue its first tokens.

    ``previous`` is the session in whose place it comes, if anything was proved there and not anew; ``epoch`` is how
    often all sessions had been ended when the proof was looked at. Raises what the login door raises for those who may
    not come in, and InvalidCredentials when they have been ended once more, or the password is no longer the one that
    ``user`` was loaded with.
    """
    secret = secrets.token_urlsafe(32)
    # Durable, because a refusal is to be kept although the caller rolls its own work back.
    with transaction.atomic(durable=True):
        # Whoever changes the password or closes the account ends all sessions in the same transaction. With the row
        # locked this session is either among them, or sees the change.
        entry = door.Entry(_unchanged(user, epoch), method, device or Device(), has_second_factor)
        if refused := door.refusal(entry):
            raise refused
        session = _create(entry, _hash(secret), previous)
        details = {"method": method.value, "way": "sign_in"}
        event = record(EventKind.SIGN_IN, user_id=user.pk, session_id=session.id, details=details)
        tell_of_sign_in(user, event)
    return _pair(session, secret)


def rotate(refresh_token: str) -> TokenPair:
    """Exchange a refresh token for a new pair, once.

    Of parallel calls one wins, the others get RefreshInProgress; a token spent longer ago ends the whole session and
    the person is told, because two parties hold it. Raises RefreshTokenInvalid otherwise.
    """
    session_id, digest = _parse(refresh_token)
    now = clock.now()
    session = Session.objects.select_related("user").filter(id=session_id).first()
    if session is None or not session.is_live_at(now):
        raise RefreshTokenInvalid
    _ask_door(session)
    secret = secrets.token_urlsafe(32)
    # Conditions on this table alone: PostgreSQL checks them again on a row that it had to wait for, but it does not
    # repeat a subquery, and a join to the user would make two of two waiting calls win.
    swapped = Session.objects.filter(id=session_id, secret_hash=digest, revoked_at__isnull=True).update(
        previous_hash=F("secret_hash"),
        secret_hash=_hash(secret),
        rotated_at=now,
        idle_until=min(now + settings.SESSION_IDLE_LIFETIME, session.ends_at),
    )
    if not swapped:
        _refuse_spent(session.user, session_id, digest, now)
    return _pair(session, secret)


def log_out(refresh_token: str) -> None:
    """End the session that ``refresh_token`` belongs to. A token that means nothing changes nothing."""
    with suppress(RefreshTokenInvalid):
        session_id, _ = _parse(refresh_token)
        end_session(session_id, reason=SessionEnd.LOGOUT)


def _unchanged(user: User, epoch: int | None) -> User:
    current = User.objects.select_for_update(no_key=True, of=("self",)).filter(id=user.pk).first()
    if current is None or not constant_time_compare(current.password, user.password):
        raise door.InvalidCredentials
    # Perhaps together with the passkey or whatever else the proof was given by.
    if epoch is not None and current.session_epoch != epoch:
        raise door.InvalidCredentials
    return current


def _create(entry: door.Entry, secret_hash: bytes, previous: Session | None) -> Session:
    now = clock.now()
    ends_at = now + settings.SESSION_ABSOLUTE_LIFETIME
    factor_proved_at = previous.factor_proved_at if previous else None
    return Session.objects.create(
        user=entry.user,
        method=entry.method,
        has_second_factor=entry.has_second_factor,
        # Nobody becomes fresh by going on, or a stolen session that is fresh once could be kept so for ever.
        proved_at=previous.proved_at if previous else now,
        is_proof_shown=previous is not None and previous.is_proof_shown,
        factor_proved_at=(factor_proved_at or now) if entry.has_second_factor else None,
        secret_hash=secret_hash,
        rotated_at=now,
        idle_until=min(now + settings.SESSION_IDLE_LIFETIME, ends_at),
        ends_at=ends_at,
        device=entry.device.name[:200],
        address=entry.device.address or None,
    )


def _ask_door(session: Session) -> None:
    entry = door.Entry(
        session.user, SignInMethod(session.method), has_second_factor=session.has_second_factor, way=door.Way.REFRESH
    )
    if refused := door.refusal(entry):
        door.keep_refusal(entry, refused, session_id=session.id)
        raise RefreshTokenInvalid


def _refuse_spent(user: User, session_id: UUID, digest: bytes, now: datetime) -> None:
    session = Session.objects.filter(id=session_id, revoked_at__isnull=True).first()
    if session is None:
        raise RefreshTokenInvalid  # Ended by another request since it was looked at.
    is_predecessor = session.previous_hash is not None and bytes(session.previous_hash) == digest
    if is_predecessor and now - session.rotated_at <= ROTATION_GRACE:
        raise RefreshInProgress
    with transaction.atomic():
        if end_session(session_id, reason=SessionEnd.TOKEN_REUSE, kind=EventKind.TOKEN_REUSED):
            context = {"signed_in_on": session.created_at.isoformat()}
            notify(user=user, kind="accounts.token_reuse", context=context, action_url="/")
    raise RefreshTokenInvalid


def _pair(session: Session, secret: str) -> TokenPair:
    refresh_token = _signer().sign(f"{session.id.hex}.{secret}")
    return TokenPair(access_token=access_tokens.issue(session), refresh_token=refresh_token)


def _parse(refresh_token: str) -> tuple[UUID, bytes]:
    try:
        identifier, _, secret = _signer().unsign(refresh_token).partition(".")
        return UUID(hex=identifier), _hash(secret)
    except (BadSignature, ValueError):
        raise RefreshTokenInvalid from None


def _signer() -> Signer:
    return Signer(salt="accounts.refresh_token", sep=".")


def _hash(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()
