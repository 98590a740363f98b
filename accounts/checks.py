"""Lifetimes that contradict one another, found at start."""

import re
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register

LONGEST_ACCESS = timedelta(minutes=15)
LONGEST_CODE = timedelta(hours=1)
LONGEST_GRACE_DAYS = 30
LONGEST_TAG = 35


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
def languages_are_tags(**_: Any) -> list[CheckMessage]:
    from accounts.models import LANGUAGE_TAG

    offered = settings.LANGUAGES_OFFERED
    if offered and all(len(tag) <= LONGEST_TAG and re.match(LANGUAGE_TAG, tag) for tag in offered):
        return []
    return [
        Error(
            "LANGUAGES_OFFERED must hold BCP 47 tags, such as en or pt-BR.",
            hint="The database keeps no other form.",
            id="accounts.E020",
        )
    ]


@register()
def wishes_are_fulfilled_within_the_month(**_: Any) -> list[CheckMessage]:
    if 1 <= settings.DELETION_GRACE_DAYS <= LONGEST_GRACE_DAYS and settings.EXPORT_FILE_DAYS >= 1:
        return []
    return [
        Error(
            "DELETION_GRACE_DAYS must lie between 1 and 30, and EXPORT_FILE_DAYS must be 1 or more.",
            hint="The law gives a month for the erasure that a person asks for.",
            id="accounts.E009",
        )
    ]


@register()
def sign_ups_can_be_verified(**_: Any) -> list[CheckMessage]:
    if settings.UNVERIFIED_SIGN_UP_DAYS >= 1:
        return []
    return [
        Error(
            "UNVERIFIED_SIGN_UP_DAYS must be 1 or more.",
            hint="Whoever signs up would be erased before they could enter the code.",
            id="accounts.E021",
        )
    ]
