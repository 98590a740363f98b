"""What can be wrong with the settings of sign-in by Google and Apple, found at start."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from django.conf import settings

LOOPBACK = ("localhost", "127.0.0.1")
# What Google's own window uses instead of an address.
POPUP = "postmessage"

Mistake = tuple[str, str]


def mistakes() -> Iterator[Mistake]:
    """The id of a check and what it found, for each that found something."""
    yield from _of_google()
    yield from _of_apple()
    yield from _of_redirects()
    for name in ("GOOGLE_BASE_URL", "APPLE_BASE_URL"):
        if (base := getattr(settings, name)) and urlsplit(base).hostname not in LOOPBACK:
            yield "E014", f"{name} is for tests and must lead to this machine."


def _of_google() -> Iterator[Mistake]:
    if settings.GOOGLE_CLIENT_SECRET and not settings.GOOGLE_CLIENT_IDS:
        yield "E010", "GOOGLE_CLIENT_SECRET is set without GOOGLE_CLIENT_IDS."


def _of_apple() -> Iterator[Mistake]:
    secret = (settings.APPLE_TEAM_ID, settings.APPLE_KEY_ID, settings.APPLE_PRIVATE_KEY)
    if any(secret) and not (all(secret) and settings.APPLE_CLIENT_IDS):
        yield "E011", "APPLE_CLIENT_IDS, APPLE_TEAM_ID, APPLE_KEY_ID and APPLE_PRIVATE_KEY belong together."
    if settings.APPLE_PRIVATE_KEY and not _is_apples(settings.APPLE_PRIVATE_KEY):
        yield "E012", "APPLE_PRIVATE_KEY is no private key on the curve P-256 in PEM."


def _of_redirects() -> Iterator[Mistake]:
    if (settings.GOOGLE_CLIENT_SECRET or settings.APPLE_PRIVATE_KEY) and not settings.SOCIAL_REDIRECT_URIS:
        yield "E013", "Codes can be exchanged, but SOCIAL_REDIRECT_URIS names no address that they come to."
    for uri in settings.SOCIAL_REDIRECT_URIS:
        if uri != POPUP and not _is_safe(uri):
            yield "E013", "SOCIAL_REDIRECT_URIS must be https, or on this machine, and without wildcard or fragment."


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
