"""Random tokens that we ask to be answered: once, within five minutes, from the device that asked.

A token is 32 random bytes in URL-safe base64 without padding; the same bytes are what a passkey signs. They are kept by
hash, in the database, because a cookie or a signed token can be answered twice.
"""

import hashlib
import secrets
from datetime import datetime, timedelta

from django.db.models import F
from django.utils.crypto import constant_time_compare

from accounts.events.device import Device
from accounts.factors.errors import ChallengeInvalid
from accounts.models import MAX_CHALLENGE_TRIES, ChallengePurpose, FactorChallenge, SignInMethod, User
from numerai.common import clock

LIFETIME = timedelta(minutes=5)


def issue(
    purpose: ChallengePurpose, *, device: Device, user: User | None = None, method: SignInMethod | None = None
) -> str:
    """A new token for ``user``; None where the answer tells who it is."""
    token = secrets.token_urlsafe(32)
    now = clock.now()
    FactorChallenge.objects.create(
        purpose=purpose,
        user=user,
        method=method or "",
        token_hash=_hash(token),
        bound_to=_binding(device, user),
        created_at=now,
        expires_at=now + LIFETIME,
    )
    return token


def count_try(token: str, purpose: ChallengePurpose, *, device: Device, user: User | None = None) -> FactorChallenge:
    """The live challenge that ``token`` is, with its person loaded; the try is counted before anything is compared.

    Call it outside of the transaction that may be rolled back. Raises ChallengeInvalid for an unknown, used, expired or
    worn-out token, for another purpose or person or device, and once the password has changed.
    """
    live = FactorChallenge.objects.filter(token_hash=_hash(token), purpose=purpose, used_at__isnull=True)
    if user is not None:
        live = live.filter(user=user)
    counted = live.filter(expires_at__gt=clock.now(), tries__lt=MAX_CHALLENGE_TRIES).update(tries=F("tries") + 1)
    challenge = live.select_related("user").first() if counted else None
    if challenge is None:
        raise ChallengeInvalid
    if not constant_time_compare(bytes(challenge.bound_to), _binding(device, challenge.user)):
        raise ChallengeInvalid
    return challenge


def use_up(challenge: FactorChallenge) -> None:
    """Answered: of parallel answers one gets past here, the others get ChallengeInvalid."""
    used = FactorChallenge.objects.filter(id=challenge.id, used_at__isnull=True).update(used_at=clock.now())
    if not used:
        raise ChallengeInvalid


def purge_challenges(*, expired_before: datetime, batch: int = 1000) -> int:
    """Delete the challenges that expired before that moment, ``batch`` rows at a time; answers how many."""
    expired = FactorChallenge.objects.filter(expires_at__lt=expired_before)
    purged = 0
    while ids := list(expired.values_list("id", flat=True)[:batch]):
        purged += FactorChallenge.objects.filter(id__in=ids).delete()[0]
    return purged


def _binding(device: Device, user: User | None) -> bytes:
    """What must be the same when the answer comes. The address is not: phones change networks between two steps."""
    password = user.password if user is not None else ""
    return hashlib.sha256(f"{device.name}\n{password}".encode()).digest()


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
