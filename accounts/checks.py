"""Lifetimes that contradict one another, found at start."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register

LONGEST_ACCESS = timedelta(minutes=15)
LONGEST_CODE = timedelta(hours=1)


@register()
def sessions_outlive_their_tokens(**_: Any) -> list[CheckMessage]:
    access, idle, absolute = (
        settings.ACCESS_TOKEN_LIFETIME,
        settings.SESSION_IDLE_LIFETIME,
        settings.SESSION_ABSOLUTE_LIFETIME,
    )
    if timedelta(0) < access < idle <= absolute and access <= LONGEST_ACCESS:
        return []
    return [
        Error(
            "ACCESS_TOKEN_LIFETIME < SESSION_IDLE_LIFETIME <= SESSION_ABSOLUTE_LIFETIME must hold.",
            hint="An access token also lives for fifteen minutes at most.",
            id="accounts.E001",
        )
    ]


@register()
def codes_are_short_lived(**_: Any) -> list[CheckMessage]:
    if timedelta(minutes=1) <= settings.ONE_TIME_CODE_LIFETIME <= LONGEST_CODE:
        return []
    return [
        Error(
            "ONE_TIME_CODE_LIFETIME must lie between a minute and an hour.",
            hint="Six digits withstand guessing only because there is little time for it.",
            id="accounts.E002",
        )
    ]


@register()
def google_and_apple_are_set_up_whole(**_: Any) -> list[CheckMessage]:
    from accounts.social.protocol.setting_up import mistakes

    return [Error(message, hint="docs/social-sign-in.md", id=f"accounts.{code}") for code, message in mistakes()]
