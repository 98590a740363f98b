"""Limits that hold under concurrency: one atomic counter, counted before the work is done."""

import time
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import redis
import structlog
from django.conf import settings
from django.utils.crypto import salted_hmac

from numerai.common.errors import ServiceUnavailable, TooManyRequests
from numerai.common.pause import Pause
from numerai.common.redis import connection

if TYPE_CHECKING:
    from redis.commands.core import Script

log = structlog.get_logger(__name__)
redis_pause = Pause(shortest=1, longest=10)

DAY = 24 * 3600
RETRY_WITHOUT_REDIS = 5.0

# The window begins with the first use. A lock begins anew with the use that completes it, so that it lasts its whole
# time; uses that are refused prolong neither.
COUNT = """
local state = redis.call('HMGET', KEYS[1], 'used', 'ends')
local used, ends = tonumber(state[1]) or 0, tonumber(state[2]) or 0
local now, times, seconds = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
if ends <= now then used, ends = 0, now + seconds end
used = used + 1
if ARGV[4] == '1' and used == times then ends = now + seconds end
redis.call('HSET', KEYS[1], 'used', used, 'ends', ends)
redis.call('EXPIRE', KEYS[1], math.ceil(ends - now))
return {used, tostring(ends - now)}
"""
GIVE_BACK = """
if (tonumber(redis.call('HGET', KEYS[1], 'used')) or 0) > 0 then redis.call('HINCRBY', KEYS[1], 'used', -1) end
"""


@dataclass(frozen=True)
class Limit:
    """At most ``times`` in the ``seconds`` that follow the first use; as a lock, none for ``seconds`` after the last.

    With Redis away uses are let through, or refused with 503 if the limit ``fails_closed``.
    """

    name: str
    times: int
    seconds: int
    fails_closed: bool = False
    is_lock: bool = False


@dataclass(frozen=True)
class Use:
    """The how manieth use of a limit it was, and for how many seconds more they are counted together."""

    number: int
    seconds_left: float


class DailyQuotaReached(TooManyRequests):
    code, title = "daily_quota_reached", "Enough for today"
    detail = "That is as much as one account can ask for in a day. Please come back tomorrow."


def hit(limit: Limit, subject: str) -> None:
    """Count one use of ``limit`` by ``subject``; raise TooManyRequests (429 with Retry-After) past it.

    Raises ServiceUnavailable when a limit that fails closed cannot be counted.
    """
    use = count(limit, subject)
    if use.number > limit.times:
        raise TooManyRequests(retry_after=use.seconds_left)


def spend(quota: Limit, subject: str) -> None:
    """Count one use of something that costs money; raise DailyQuotaReached past ``quota``, see ``daily``."""
    use = count(quota, subject)
    if use.number > quota.times:
        raise DailyQuotaReached(retry_after=use.seconds_left)


def daily(name: str, times: int, *, fails_closed: bool = False) -> Limit:
    """How often one person may do in a day what costs us money each time."""
    return Limit(name, times=times, seconds=DAY, fails_closed=fails_closed)


def count(limit: Limit, subject: str) -> Use:
    """Count one use, whether within the limit or past it. Use 0 when nothing is counted: switched off, Redis away."""
    now = time.time()
    arguments = (now, limit.times, limit.seconds, int(limit.is_lock))
    answer = _run(COUNT, limit, subject, *arguments)
    return Use(int(answer[0]), float(answer[1])) if answer else Use(0, 0.0)


def give_back(limit: Limit, subject: str) -> None:
    """Take back one use that did no harm."""
    _run(GIVE_BACK, limit, subject)


def forget(limit: Limit, subject: str) -> None:
    """Let ``subject`` begin anew."""
    _run("redis.call('DEL', KEYS[1])", limit, subject)


def permit(name: str, subject: str, *, seconds: int) -> None:
    """Remember for so long that ``subject`` may do what ``name`` says."""
    _run("redis.call('SET', KEYS[1], '1', 'EX', ARGV[1])", Limit(name, 1, seconds), subject, seconds)


def is_permitted(name: str, subject: str) -> bool:
    """Whether that was remembered and is not over; False when Redis is away."""
    return bool(_run("return redis.call('EXISTS', KEYS[1])", Limit(name, 1, 1), subject))


def _run(code: str, limit: Limit, subject: str, *arguments: float) -> Any:
    if not settings.RATE_LIMIT_ENABLED:
        return None
    if redis_pause.is_on():
        return _without_redis(limit)
    # No address stands in Redis, and whoever reads it cannot try out addresses either.
    digest = salted_hmac("numerai.limits", subject, algorithm="sha256").hexdigest()[:32]
    try:
        answer = _script(code)(keys=[f"limit:{limit.name}:{digest}"], args=arguments, client=connection())
    except redis.RedisError as error:
        redis_pause.begin()
        if limit.fails_closed:
            log.error("refused_without_limits", limit=limit.name, error=type(error).__name__)
        else:
            log.warning("limit_not_checked", limit=limit.name, error=type(error).__name__)
        return _without_redis(limit)
    redis_pause.end()
    return answer


def _without_redis(limit: Limit) -> None:
    if limit.fails_closed:
        raise ServiceUnavailable(retry_after=RETRY_WITHOUT_REDIS)


@lru_cache
def _script(code: str) -> "Script":
    return connection().register_script(code)
