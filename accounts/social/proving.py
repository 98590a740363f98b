"""From what a client sends to what we may believe of the person: the three ways of Google, the two of Apple."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.http import HttpRequest

from accounts.login import door
from accounts.models import IdentityProvider, SignInMethod
from accounts.social import nonces
from accounts.social.protocol import exchanges, id_tokens
from accounts.social.protocol.claims import Told, told_by_apple, told_by_google
from accounts.social.protocol.errors import SocialTokenInvalid

Given = dict[str, Any]
Claims = dict[str, Any]


def by_google(request: HttpRequest, given: Given) -> Told:
    """The person whose ``code``, ``id_token`` or ``access_token`` is given, as Google tells of them.

    Raises SocialTokenInvalid, ProviderUnavailable, ProviderNotConfigured. Call it outside of any transaction.
    """
    with _failure_kept(SignInMethod.GOOGLE):
        if given["access_token"]:
            return told_by_google(exchanges.person_of_access_token(given["access_token"]))
        claims, refresh_token = _claims(request, IdentityProvider.GOOGLE, given)
    return told_by_google(claims, refresh_token=refresh_token)


def by_apple(request: HttpRequest, given: Given) -> Told:
    """The same for Apple's ``code`` or ``id_token``, and a name if ``user`` holds one."""
    with _failure_kept(SignInMethod.APPLE):
        claims, refresh_token = _claims(request, IdentityProvider.APPLE, given)
    return told_by_apple(claims, full_name=given["user"], refresh_token=refresh_token)


def _claims(request: HttpRequest, provider: IdentityProvider, given: Given) -> tuple[Claims, str]:
    """Verified claims, and a refresh token when there was a code. A code is our own question's answer; a token that
    comes from outside has to be the answer to a question of ours too."""
    if not given["code"]:
        claims = id_tokens.verified(request, provider, given["id_token"])
        nonces.redeem(provider, claims.get("nonce"))
        return claims, ""
    exchanged = exchanges.exchange_code(
        request,
        provider,
        code=given["code"],
        redirect_uri=given["redirect_uri"],
        code_verifier=given["code_verifier"],
    )
    return id_tokens.verified(request, provider, exchanged.id_token), exchanged.refresh_token


@contextmanager
def _failure_kept(method: SignInMethod) -> Iterator[None]:
    try:
        yield
    except SocialTokenInvalid as refused:
        door.keep_failure(None, method, door.Way.SIGN_IN, refused.code)
        raise
