"""What can be wrong with the settings of sign-in by Google and Apple, found at start."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from django.conf import settings
from django.core.checks import CheckMessage, Error, register

LOOPBACK = ("localhost", "127.0.0.1")
# What Google's own window uses instead of an address.
POPUP = "postmessage"


@register()
def google_and_apple_are_set_up_whole(**_: Any) -> list[CheckMessage]:
    return [*_of_google(), *_of_apple(), *_of_redirects(), *_of_places()]


def _of_google() -> Iterator[CheckMessage]:
    if settings.GOOGLE_CLIENT_SECRET and not settings.GOOGLE_CLIENT_IDS:
        yield Error("GOOGLE_CLIENT_SECRET is set without GOOGLE_CLIENT_IDS.", id="accounts.E010")


def _of_apple() -> Iterator[CheckMessage]:
    secret = (settings.APPLE_TEAM_ID, settings.APPLE_KEY_ID, settings.APPLE_PRIVATE_KEY)
    if any(secret) and not (all(secret) and settings.APPLE_CLIENT_IDS):
        yield Error(
            "APPLE_CLIENT_IDS, APPLE_TEAM_ID, APPLE_KEY_ID and APPLE_PRIVATE_KEY belong together.", id="accounts.E011"
        )
    if settings.APPLE_PRIVATE_KEY and not _is_apples(settings.APPLE_PRIVATE_KEY):
        yield Error("APPLE_PRIVATE_KEY is no private key on the curve P-256 in PEM.", id="accounts.E012")


def _of_redirects() -> Iterator[CheckMessage]:
    exchanges_codes = settings.GOOGLE_CLIENT_SECRET or settings.APPLE_PRIVATE_KEY
    is_wrong = any(uri != POPUP and not _is_safe(uri) for uri in settings.SOCIAL_REDIRECT_URIS)
    if is_wrong or (exchanges_codes and not settings.SOCIAL_REDIRECT_URIS):
        yield Error(
            "SOCIAL_REDIRECT_URIS does not say where codes come to.",
            hint="Addresses by https, or on this machine, without wildcard or fragment.",
            id="accounts.E013",
        )


def _of_places() -> Iterator[CheckMessage]:
    for name in ("GOOGLE_BASE_URL", "APPLE_BASE_URL"):
        if (base := getattr(settings, name)) and urlsplit(base).hostname not in LOOPBACK:
            yield Error(f"{name} is for tests and must lead to this machine.", id="accounts.E014")


def _is_safe(uri: str) -> bool:
    parts = urlsplit(uri)
    is_private = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)
    return is_private and bool(parts.hostname) and "*" not in uri and not parts.fragment


def _is_apples(pem: str) -> bool:
    try:
        key = load_pem_private_key(pem.encode(), password=None)
    except (ValueError, TypeError):
        return False
    return isinstance(key, EllipticCurvePrivateKey) and isinstance(key.curve, SECP256R1)
