"""Settings of second factors that cannot work, found at start."""

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register


@register()
def passkeys_belong_to_the_frontend(**_: Any) -> list[CheckMessage]:
    domain = settings.PASSKEY_RP_ID
    wrong = [origin for origin in settings.PASSKEY_ORIGINS if not _may_use(origin, domain)]
    if domain and settings.PASSKEY_ORIGINS and not wrong:
        return []
    return [
        Error(
            "PASSKEY_RP_ID must be the domain of every one of PASSKEY_ORIGINS, or one above it.",
            hint=f"Origins are written as https://app.example.com. Not so: {', '.join(wrong) or 'there is none'}.",
            id="accounts.E003",
        )
    ]


@register(Tags.security, deploy=True)
def the_admin_asks_for_a_second_factor(**_: Any) -> list[CheckMessage]:
    if settings.ADMIN_SECOND_FACTOR:
        return []
    return [Error("ADMIN_SECOND_FACTOR is off: whoever has a password opens the admin.", id="accounts.E004")]


def _may_use(origin: str, domain: str) -> bool:
    """Browsers offer passkeys to pages over HTTPS, and to those of the developer's own machine."""
    parts = urlsplit(origin)
    host = parts.hostname or ""
    is_below = host == domain or host.endswith(f".{domain}")
    is_safe = parts.scheme == "https" or (parts.scheme == "http" and host == "localhost")
    return is_below and is_safe and origin == f"{parts.scheme}://{parts.netloc}"
