"""Contradictions in the settings, found at start instead of by a customer."""

from typing import Any
from urllib.parse import urlsplit

from cryptography.fernet import Fernet
from django.conf import settings
from django.core.checks import CheckMessage, Error, register

LOOPBACK = {"localhost", "127.0.0.1", "::1"}


@register()
def cors_names_its_origins(**_: Any) -> list[CheckMessage]:
    wrong = [origin for origin in settings.CORS_ALLOWED_ORIGINS if "*" in origin or not _is_origin(origin)]
    if wrong or getattr(settings, "CORS_ALLOW_ALL_ORIGINS", False):
        return [
            Error(
                "CORS_ALLOWED_ORIGINS must list exact origins such as https://app.example.com.",
                hint=f"Not an exact origin: {', '.join(wrong) or 'CORS_ALLOW_ALL_ORIGINS is on'}.",
                id="common.E001",
            )
        ]
    return []


@register()
def webhook_age_is_limited(**_: Any) -> list[CheckMessage]:
    if settings.STRIPE_WEBHOOK_TOLERANCE_SECONDS < 1:
        return [
            Error(
                "STRIPE_WEBHOOK_TOLERANCE_SECONDS must be at least 1.",
                hint="With 0 the signature's age is not checked, and an old event could be replayed for ever.",
                id="common.E002",
            )
        ]
    return []


@register()
def token_key_is_its_own(**_: Any) -> list[CheckMessage]:
    keys = settings.JWT_SIGNING_KEYS
    secrets = {settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS}
    if not keys or secrets & set(keys) or min(map(len, keys)) < 32:
        return [
            Error(
                "JWT_SIGNING_KEYS must hold keys of its own, each at least 32 characters long.",
                hint="Access tokens signed with SECRET_KEY could not be retired without ending every admin session.",
                id="common.E003",
            )
        ]
    return []


@register()
def data_keys_can_seal(**_: Any) -> list[CheckMessage]:
    try:
        fits = [Fernet(key) for key in settings.DATA_KEYS]
    except ValueError:
        fits = []
    if fits and settings.SECRET_KEY not in settings.DATA_KEYS:
        return []
    return [
        Error(
            "DATA_KEYS must hold Fernet keys: 32 random bytes each, in URL-safe base64.",
            hint="openssl rand -base64 32 | tr '+/' '-_' makes one.",
            id="common.E006",
        )
    ]


@register()
def debug_and_live_money_exclude_each_other(**_: Any) -> list[CheckMessage]:
    if settings.DEBUG and settings.STRIPE_SECRET_KEY.startswith(("sk_live_", "rk_live_")):
        return [
            Error(
                "DEBUG is on and STRIPE_SECRET_KEY is a live key.",
                hint="Use a test key (sk_test_…), or turn DEBUG off.",
                id="common.E004",
            )
        ]
    return []


@register()
def local_stripe_stays_local(**_: Any) -> list[CheckMessage]:
    host = urlsplit(settings.STRIPE_API_BASE).hostname
    if settings.STRIPE_SECRET_KEY.startswith(("sk_live_", "rk_live_")) and host in LOOPBACK:
        return [Error("A live Stripe key would be sent to a local server; unset STRIPE_API_BASE.", id="common.E005")]
    return []


def _is_origin(text: str) -> bool:
    parts = urlsplit(text)
    return parts.scheme in {"http", "https"} and bool(parts.netloc) and not parts.path and not parts.query
