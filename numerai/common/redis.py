from functools import lru_cache

import redis
from django.conf import settings


@lru_cache(maxsize=1)
def connection() -> "redis.Redis":
    """The process's Redis client; every call fails within ``REDIS_TIMEOUT_SECONDS`` when Redis is away."""
    seconds = settings.REDIS_TIMEOUT_SECONDS
    return redis.Redis.from_url(settings.REDIS_URL, socket_timeout=seconds, socket_connect_timeout=seconds)
