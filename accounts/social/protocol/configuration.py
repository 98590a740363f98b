"""What is known of Google and Apple: where they answer, and as whom we come."""

from urllib.parse import urlsplit, urlunsplit

from django.conf import settings

from accounts.models import IdentityProvider
from accounts.social.protocol.errors import ProviderNotConfigured

GOOGLE_HOSTS = frozenset(
    {"www.googleapis.com", "oauth2.googleapis.com", "openidconnect.googleapis.com", "accounts.google.com"}
)
APPLE_HOSTS = frozenset({"appleid.apple.com"})

GOOGLE_KEYS_URL = "https://www.googleapis.com/oauth2/v1/certs"
GOOGLE_TOKEN_URL = "https://oauth2.googleapis.com/token"  # noqa: S105 - an address
GOOGLE_INTROSPECTION_URL = "https://oauth2.googleapis.com/tokeninfo"
GOOGLE_USERINFO_URL = "https://openidconnect.googleapis.com/v1/userinfo"
GOOGLE_REVOCATION_URL = "https://oauth2.googleapis.com/revoke"
GOOGLE_EVENT_ISSUER = "https://accounts.google.com/"
APPLE_KEYS_URL = "https://appleid.apple.com/auth/keys"
APPLE_TOKEN_URL = "https://appleid.apple.com/auth/token"  # noqa: S105 - an address
APPLE_REVOCATION_URL = "https://appleid.apple.com/auth/revoke"
APPLE_ISSUER = "https://appleid.apple.com"

KEYS_URLS = {IdentityProvider.GOOGLE: GOOGLE_KEYS_URL, IdentityProvider.APPLE: APPLE_KEYS_URL}


def client_ids(provider: IdentityProvider) -> list[str]:
    """The ids under which we are known there, the website's first. Raises ProviderNotConfigured."""
    ours: list[str] = settings.GOOGLE_CLIENT_IDS if provider == IdentityProvider.GOOGLE else settings.APPLE_CLIENT_IDS
    if not ours:
        raise ProviderNotConfigured
    return ours


def require_secret(provider: IdentityProvider) -> None:
    """Raise ProviderNotConfigured unless we hold what a code is exchanged with."""
    client_ids(provider)
    needed = (
        (settings.GOOGLE_CLIENT_SECRET,)
        if provider == IdentityProvider.GOOGLE
        else (settings.APPLE_TEAM_ID, settings.APPLE_KEY_ID, settings.APPLE_PRIVATE_KEY)
    )
    if not all(needed):
        raise ProviderNotConfigured


def provider_at(url: str) -> IdentityProvider | None:
    """Whose address ``url`` is; None when it is no place that we ever call."""
    parts = urlsplit(url)
    if parts.scheme != "https" or parts.port is not None:
        return None
    if parts.hostname in GOOGLE_HOSTS:
        return IdentityProvider.GOOGLE
    return IdentityProvider.APPLE if parts.hostname in APPLE_HOSTS else None


def relocated(url: str, provider: IdentityProvider) -> str:
    """``url`` at the place that the settings name instead of the provider's own, if they name one."""
    base = settings.GOOGLE_BASE_URL if provider == IdentityProvider.GOOGLE else settings.APPLE_BASE_URL
    if not base:
        return url
    there, parts = urlsplit(base), urlsplit(url)
    return urlunsplit((there.scheme, there.netloc, parts.path, parts.query, ""))
