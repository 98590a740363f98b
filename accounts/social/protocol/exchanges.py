"""Codes and access tokens: what the providers' own servers say about them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import requests
import structlog
from allauth.socialaccount.providers.apple.client import AppleOAuth2Client
from allauth.socialaccount.providers.oauth2.client import OAuth2Client, OAuth2Error
from django.conf import settings
from django.http import HttpRequest

from accounts.models import IdentityProvider
from accounts.social.protocol.configuration import (
    APPLE_REVOCATION_URL,
    APPLE_TOKEN_URL,
    GOOGLE_INTROSPECTION_URL,
    GOOGLE_REVOCATION_URL,
    GOOGLE_TOKEN_URL,
    GOOGLE_USERINFO_URL,
    client_ids,
    require_secret,
)
from accounts.social.protocol.errors import ProviderUnavailable, SocialTokenInvalid
from accounts.social.protocol.id_tokens import SUBJECT
from accounts.social.protocol.transport import new_session

log = structlog.get_logger(__name__)

JsonObject = dict[str, Any]
# Our own fault, and nothing that the person could mend.
OUR_FAULTS = ("invalid_client", "unauthorized_client")


@dataclass(frozen=True, repr=False)
class CodeExchanged:
    """What came for a code; ``refresh_token`` is "" if none did. Without a repr, which would show them."""

    id_token: str
    refresh_token: str


def exchange_code(
    request: HttpRequest, provider: IdentityProvider, *, code: str, redirect_uri: str, code_verifier: str = ""
) -> CodeExchanged:
    """The tokens for a code that was sent to ``redirect_uri``.

    Raises SocialTokenInvalid for a code that is not good, ProviderUnavailable, ProviderNotConfigured.
    """
    require_secret(provider)
    client = _client(request, provider, redirect_uri)
    try:
        answer = client.get_access_token(code, pkce_code_verifier=code_verifier or None)
    except OAuth2Error as error:
        _report_our_fault(provider, str(error))
        raise SocialTokenInvalid from error
    except (requests.RequestException, LookupError, ValueError) as error:
        raise _unusable(provider) from error
    id_token, refresh_token = answer.get("id_token"), answer.get("refresh_token", "")
    if not isinstance(id_token, str) or not isinstance(refresh_token, str):
        raise _unusable(provider)
    return CodeExchanged(id_token=id_token, refresh_token=refresh_token)


def person_of_access_token(access_token: str) -> JsonObject:
    """Google's profile of whoever ``access_token`` was issued to, if it was issued to a client of ours.

    Raises SocialTokenInvalid, ProviderUnavailable, ProviderNotConfigured.
    """
    ours = client_ids(IdentityProvider.GOOGLE)
    with _usable(IdentityProvider.GOOGLE), new_session() as session:
        # In the body and not in the address, which is what logs keep.
        known = _json(session.post(GOOGLE_INTROSPECTION_URL, data={"access_token": access_token}))
        if known.get("aud") not in ours or known.get("azp", known["aud"]) not in ours:
            raise SocialTokenInvalid
        if int(known.get("expires_in", 0)) <= 0 or not SUBJECT.fullmatch(known.get("sub", "")):
            raise SocialTokenInvalid
        person = _json(session.get(GOOGLE_USERINFO_URL, headers={"Authorization": f"Bearer {access_token}"}))
    if person.get("sub") != known["sub"]:
        raise SocialTokenInvalid
    return person


def revoke(provider: IdentityProvider, token: str) -> None:
    """Have ``provider`` forget that the person ever let us in; also right for a token that it no longer knows.

    Raises ProviderUnavailable, also when it does not know us, and ProviderNotConfigured.
    """
    require_secret(provider)
    if provider == IdentityProvider.GOOGLE:
        url, form = GOOGLE_REVOCATION_URL, {"token": token}
    else:
        # allauth takes the client's parts from its adapter; the request is only handed through to it.
        client = _client(HttpRequest(), provider, "")
        url = APPLE_REVOCATION_URL
        form = {
            "client_id": client.get_client_id(),
            "client_secret": client.generate_client_secret(),
            "token": token,
            "token_type_hint": "refresh_token",
        }
    with _usable(provider), new_session() as session:
        response = session.post(url, data=form)
        if not response.ok:
            _report_our_fault(provider, response.text)


def _client(request: HttpRequest, provider: IdentityProvider, redirect_uri: str) -> Any:
    name = client_ids(provider)[0]
    if provider == IdentityProvider.GOOGLE:
        secret = settings.GOOGLE_CLIENT_SECRET
        return OAuth2Client(request, name, secret, "POST", GOOGLE_TOKEN_URL, redirect_uri)
    return AppleOAuth2Client(request, name, settings.APPLE_KEY_ID, "POST", APPLE_TOKEN_URL, redirect_uri)


def _json(response: requests.Response) -> JsonObject:
    """Raises SocialTokenInvalid for a refusal."""
    if not response.ok:
        raise SocialTokenInvalid
    answer = response.json()
    if not isinstance(answer, dict):
        raise TypeError("The answer is no object.")
    return answer


@contextmanager
def _usable(provider: IdentityProvider) -> Iterator[None]:
    try:
        yield
    except (requests.RequestException, LookupError, TypeError, ValueError) as error:
        raise _unusable(provider) from error


def _unusable(provider: IdentityProvider) -> ProviderUnavailable:
    log.error("provider_answer_unusable", provider=provider.value)
    return ProviderUnavailable()


def _report_our_fault(provider: IdentityProvider, answer: str) -> None:
    if fault := next((fault for fault in OUR_FAULTS if fault in answer), None):
        log.error("provider_refuses_us", provider=provider.value, reason=fault)
        raise ProviderUnavailable
