"""Nonces: whoever signs in by an id_token shows that it was issued for this sign-in, and for no earlier one."""

import hashlib
import secrets

import redis
from django.utils.crypto import salted_hmac

from accounts.models import IdentityProvider
from accounts.social.protocol.errors import SocialTokenInvalid
from numerai.common.errors import ServiceUnavailable
from numerai.common.redis import connection

LIFETIME_SECONDS = 600
LONGEST_NONCE = 128


def issue() -> str:
    """A fresh nonce, good once within ``LIFETIME_SECONDS``. Raises ServiceUnavailable when Redis is away."""
    nonce = secrets.token_urlsafe(32)
    try:
        connection().set(_key(_digest(nonce)), 1, ex=LIFETIME_SECONDS)
    except redis.RedisError as error:
        raise ServiceUnavailable(retry_after=10) from error
    return nonce


def redeem(provider: IdentityProvider, nonce: object) -> None:
    """Use up the nonce that a verified token holds. Apple's apps put its SHA-256 there instead.

    Raises SocialTokenInvalid unless it is one that we issued and nobody has used; ServiceUnavailable.
    """
    if not isinstance(nonce, str) or not nonce or len(nonce) > LONGEST_NONCE:
        raise SocialTokenInvalid
    keys = [_key(_digest(nonce))]
    if provider == IdentityProvider.APPLE:
        keys.append(_key(nonce.lower()))
    try:
        used = connection().delete(*keys)
    except redis.RedisError as error:
        raise ServiceUnavailable(retry_after=10) from error
    if not used:
        raise SocialTokenInvalid


def _digest(nonce: str) -> str:
    return hashlib.sha256(nonce.encode()).hexdigest()


def _key(digest: str) -> str:
    """Under an HMAC, for the digest itself is what an app gives to Apple."""
    return f"social:nonce:{salted_hmac('accounts.social.nonces', digest, algorithm='sha256').hexdigest()}"
