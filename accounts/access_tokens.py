"""Access tokens: short JWTs that name a session. The first of our keys signs, all of them are accepted, and the
header's ``kid`` tells which one it was, so that a key can be replaced without a single refusal."""

import hashlib
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

import jwt
from django.conf import settings
from rest_framework_simplejwt.backends import TokenBackend
from rest_framework_simplejwt.exceptions import TokenBackendError
from rest_framework_simplejwt.settings import api_settings
from rest_framework_simplejwt.tokens import AccessToken

from accounts.models import Session

LONGEST_TOKEN = 2048


class NotGenuine(Exception):
    """A token that is not ours, has run out, or is no access token."""


class KeyRing(TokenBackend):
    """simplejwt's backend, which checks signature, algorithm, issuer, audience and expiry, with more than one key."""

    def encode(self, payload: dict[str, Any]) -> str:
        kid, key = next(iter(_keys().items()))
        claims = payload | {"iss": self.issuer, "aud": self.audience}
        return jwt.encode(claims, key, algorithm=self.algorithm, headers={"kid": kid})

    def get_verifying_key(self, token: Any) -> bytes:
        key = _keys().get(jwt.get_unverified_header(token).get("kid", ""))
        if key is None:
            raise TokenBackendError
        return key


_backend = KeyRing(api_settings.ALGORITHM, audience=api_settings.AUDIENCE, issuer=api_settings.ISSUER)


class _SessionToken(AccessToken):
    _token_backend = _backend


def issue(session: Session) -> str:
    """A token for ``session`` that lives for ACCESS_TOKEN_LIFETIME."""
    token = _SessionToken()
    token["user_id"] = str(session.user_id)
    token["sid"] = session.id.hex
    return str(token)


def read(credential: str) -> tuple[UUID, UUID, datetime]:
    """The session and the person that a genuine token names, and when it runs out; NotGenuine for anything else.

    A token class on top of the backend would read the clock and the settings again for every request.
    """
    try:
        if len(credential) > LONGEST_TOKEN:
            raise NotGenuine
        claims = _backend.decode(credential.encode())  # type: ignore[arg-type]
        if claims["token_type"] != AccessToken.token_type or not claims["jti"] or not claims["exp"]:
            raise NotGenuine
        return UUID(hex=claims["sid"]), UUID(hex=claims["user_id"]), datetime.fromtimestamp(claims["exp"], UTC)
    # Whoever wrote the token chose its shape, so anything may be wrong with it, even a depth that ends the stack.
    except (TokenBackendError, LookupError, ArithmeticError, ValueError, TypeError, AttributeError, RecursionError):
        raise NotGenuine from None


def key_id(key: str) -> str:
    """The name under which tokens mention ``key``, which does not have to be configured."""
    return hashlib.sha256(key.encode()).hexdigest()[:16]


def _keys() -> dict[str, bytes]:
    return _named(tuple(settings.JWT_SIGNING_KEYS))


@lru_cache(maxsize=4)
def _named(keys: tuple[str, ...]) -> dict[str, bytes]:
    return {key_id(key): key.encode() for key in keys}
