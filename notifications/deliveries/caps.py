"""How much one person is sent: so much an hour by each channel, and of texts so many a day.

Past that it stays in the centre, and leaves in one summary when the time is over. With Redis away nothing is counted
and everything is sent.
"""

from uuid import UUID

import structlog
from django.conf import settings

from notifications.vocabulary import ChannelName
from numerai.common.throttling import DAY, Limit, count, hit

log = structlog.get_logger(__name__)

HOUR = 3600


def past(user_id: UUID, channel: str) -> float | None:
    """Count one message to the person; for how many seconds more it is too many, or None if it is not."""
    for limit in _limits(channel):
        use = count(limit, f"{user_id}:{channel}")
        if use.number > limit.times:
            _tell(user_id, channel, limit)
            return max(use.seconds_left, 1.0)
    return None


def count_text(user_id: UUID) -> None:
    """Count a text that the person asked for. Raises TooManyRequests past what a day has."""
    hit(_texts(), f"{user_id}:{ChannelName.SMS}")


def _limits(channel: str) -> list[Limit]:
    limits = [Limit("notifications_an_hour", settings.NOTIFICATIONS_AN_HOUR, HOUR)]
    if channel == ChannelName.SMS:
        limits.append(_texts())
    return limits


def _texts() -> Limit:
    return Limit("texts_a_day", settings.TEXTS_A_DAY, DAY)


def _tell(user_id: UUID, channel: str, limit: Limit) -> None:
    """Operators hear of a person once a day: somebody is told too much, or something runs wild."""
    if count(Limit("told_of_too_much", 1, DAY), str(user_id)).number == 1:
        log.warning("person_is_told_too_much", user_id=str(user_id), channel=channel, limit=limit.name)
