"""Rate limits that hold under concurrency: one atomic counter a window, counted before the work is done."""

import hashlib
import time
from dataclasses import dataclass

import redis
import structlog
from django.conf import settings

from numerai.common.errors import TooManyRequests
from numerai.common.pause import Pause
from numerai.common.redis import connection

log = structlog.get_logger(__name__)
redis_pause = Pause(shortest=1, longest=10)


@dataclass(frozen=True)
class Limit:
    """At most ``times`` in each window of ``seconds``."""

    name: str
    times: int
    seconds: int


def hit(limit: Limit, subject: str) -> None:
    """Count one use of ``limit`` by ``subject``; raise TooManyRequests (429 with Retry-After) past it.

    The subject is hashed, so that no address or e-mail stands in Redis. With Redis away the use is let through.
    """
    if not settings.RATE_LIMIT_ENABLED or redis_pause.is_on():
        return
    now = time.time()
    window = int(now // limit.seconds)
    digest = hashlib.sha256(subject.encode()).hexdigest()[:32]
    key = f"limit:{limit.name}:{digest}:{window}"
    try:
        pipe = connection().pipeline(transaction=True)
        pipe.incr(key)
        pipe.expire(key, limit.seconds)
        used = int(pipe.execute()[0])
    except redis.RedisError as error:
        redis_pause.begin()
        log.warning("limit_not_checked", limit=limit.name, error=type(error).__name__)
        return
    redis_pause.end()
    if used > limit.times:
        raise TooManyRequests(retry_after=(window + 1) * limit.seconds - now)
