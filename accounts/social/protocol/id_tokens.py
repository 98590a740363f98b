"""An id_token is genuine, is for us, and is what its shape promises. Keys, issuers and signatures are allauth's rules;
here is what allauth takes for granted."""

import re
from typing import Any

import jwt
from allauth.socialaccount.adapter import get_adapter
from django.core.exceptions import ValidationError
from django.http import HttpRequest

from accounts.models import LONGEST_SUBJECT, IdentityProvider
from accounts.social.protocol import key_documents
from accounts.social.protocol.configuration import KEYS_URLS, client_ids
from accounts.social.protocol.errors import SocialTokenInvalid

Claims = dict[str, Any]

LONGEST_ID_TOKEN = 8192
# Google's live for an hour, Apple's for a day at most.
LONGEST_LIFE = 2 * 24 * 3600
ALGORITHM = "RS256"
SUBJECT = re.compile(rf"[\x21-\x7e]{{1,{LONGEST_SUBJECT}}}")
# Whoever wrote the token chose its shape, so anything may be wrong with it, even a depth that ends the stack.
MISSHAPEN = (jwt.PyJWTError, LookupError, TypeError, ValueError, AttributeError, OverflowError, RecursionError)


def verified(request: HttpRequest, provider: IdentityProvider, id_token: str) -> Claims:
    """The claims of ``id_token``, which ``provider`` has signed for one of our clients.

    Raises SocialTokenInvalid, ProviderUnavailable when its keys cannot be had, ProviderNotConfigured.
    """
    ours = client_ids(provider)
    try:
        key_id, audience = _looked_at(id_token, ours)
        key_documents.load(KEYS_URLS[provider], key_id)
        asked = get_adapter(request).get_provider(request, provider.value, client_id=audience)
        login = asked.verify_token(request, {"id_token": id_token})
    except (ValidationError, *MISSHAPEN) as error:
        raise SocialTokenInvalid from error
    claims: Claims = login.account.extra_data
    return claims


def header_of(token: str) -> str:
    """The key id that the header of ``token`` names. Raises ValueError unless it is signed by RS256."""
    header = jwt.get_unverified_header(token)
    key_id = header["kid"]
    if header["alg"] != ALGORITHM or not isinstance(key_id, str) or not key_id:
        raise ValueError("The header is not that of a token we accept.")
    return key_id


def _looked_at(id_token: str, ours: list[str]) -> tuple[str, str]:
    """Key and audience that the token names, once its shape is right; its truth is checked afterwards."""
    if len(id_token) > LONGEST_ID_TOKEN:
        raise ValueError("It is too long.")
    key_id = header_of(id_token)
    claims = jwt.decode(id_token, options={"verify_signature": False})
    audience = claims["aud"]
    if audience not in ours or claims.get("azp", audience) not in ours:
        raise ValueError("It is for somebody else.")
    if not all(type(claims[name]) is int for name in ("exp", "iat")) or claims["exp"] - claims["iat"] > LONGEST_LIFE:
        raise ValueError("Its times are none.")
    if not SUBJECT.fullmatch(claims["sub"]):
        raise ValueError("Its subject is none.")
    return key_id, audience
