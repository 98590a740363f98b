"""Mistakes in the deployment, found at start instead of by the first person who should have been told something."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register

from notifications import kinds
from notifications.wording import checking


@register()
def kinds_have_their_words(**_: Any) -> list[CheckMessage]:
    return [
        Error(fault, hint=f"It belongs to the kind {kind.name}.", id="notifications.E001")
        for kind in kinds.registered()
        for fault in checking.faults(kind)
    ]


@register()
def mail_gives_up_waiting(**_: Any) -> list[CheckMessage]:
    if not _mail_timeout():
        return [
            Error(
                "EMAIL_TIMEOUT must be a number of seconds.",
                hint="Without it a mail server that does not answer holds a worker for ever.",
                id="notifications.E002",
            )
        ]
    return []


@register()
def lease_outlasts_the_wait(**_: Any) -> list[CheckMessage]:
    if _mail_timeout() >= settings.JOB_LEASE_SECONDS:
        return [
            Warning(
                "JOB_LEASE_SECONDS should be longer than EMAIL_TIMEOUT.",
                hint="A slow mail server is given less time than it is allowed, so its mails are tried again.",
                id="notifications.W001",
            )
        ]
    return []


def _mail_timeout() -> float:
    timeout: Any = settings.EMAIL_TIMEOUT
    return float(timeout or 0)
