"""Whether an event is Google's or Apple's own word, said to us. Nothing is written before that is sure."""

import json
import re
from typing import Any
from urllib.parse import urlsplit

import jwt
from django.conf import settings

from accounts.models import LONGEST_EVENT_ID, IdentityProvider
from accounts.social.protocol import key_documents
from accounts.social.protocol.configuration import (
    APPLE_ISSUER,
    APPLE_KEYS_URL,
    GOOGLE_EVENT_ISSUER,
    client_ids,
    provider_at,
)
from accounts.social.protocol.errors import ProviderUnavailable
from accounts.social.protocol.id_tokens import ALGORITHM, MISSHAPEN, header_of
from numerai.common.errors import DomainError

Claims = dict[str, Any]

EVENT_ID = re.compile(rf"[\x21-\x7e]{{1,{LONGEST_EVENT_ID}}}")
MOST_EVENTS = 20


class ProviderEventInvalid(DomainError):
    status, code, title = 400, "provider_event_invalid", "Event not accepted"
    detail = "This is not signed by the provider, or not meant for us."


def verified_google(token: str) -> Claims:
    """The claims of a security event token of Google's, ``events`` being an object of objects.

    Events do not expire: one that comes late is still true. Raises ProviderEventInvalid, ProviderUnavailable,
    ProviderNotConfigured.
    """
    claims = _verified(token, IdentityProvider.GOOGLE, issuer=GOOGLE_EVENT_ISSUER)
    events = claims.get("events")
    if not isinstance(events, dict) or not all(isinstance(told, dict) for told in events.values()):
        raise ProviderEventInvalid
    if len(events) > MOST_EVENTS:
        raise ProviderEventInvalid
    return claims


def verified_apple(token: str) -> Claims:
    """The same for the payload of a notification of Apple's, whose ``events`` is one event, given as JSON text."""
    claims = _verified(token, IdentityProvider.APPLE, issuer=APPLE_ISSUER)
    try:
        event = json.loads(claims["events"])
    except MISSHAPEN:
        raise ProviderEventInvalid from None
    if not isinstance(event, dict) or not all(isinstance(event.get(name), str) for name in ("type", "sub")):
        raise ProviderEventInvalid
    return claims | {"events": event}


def _verified(token: str, provider: IdentityProvider, *, issuer: str) -> Claims:
    ours = client_ids(provider)
    try:
        key_id = header_of(token)
        url = APPLE_KEYS_URL if provider == IdentityProvider.APPLE else _google_keys_url()
        keys = jwt.PyJWKSet.from_dict(key_documents.load(url, key_id))
        claims: Claims = jwt.decode(
            token,
            keys[key_id],
            algorithms=[ALGORITHM],
            audience=ours,
            issuer=issuer,
            options={"verify_exp": False, "require": ["iss", "aud", "iat", "jti"]},
        )
        if not EVENT_ID.fullmatch(claims["jti"]):
            raise ValueError("Its id is none.")
    except MISSHAPEN as error:
        raise ProviderEventInvalid from error
    return claims


def _google_keys_url() -> str:
    """Where Google's configuration says that the keys are: at Google, or we do not go there."""
    configuration = key_documents.load(settings.GOOGLE_RISC_CONFIGURATION_URL)
    url = str(configuration.get("jwks_uri", ""))
    if provider_at(url) != IdentityProvider.GOOGLE or not urlsplit(url).path:
        raise ProviderUnavailable
    return url
