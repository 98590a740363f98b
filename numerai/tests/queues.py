"""What waits in the real broker, whichever queue it is in."""

from typing import Any, cast

from django.conf import settings

from numerai.common.redis import connection

NAMES = tuple(queue.name for queue in settings.CELERY_TASK_QUEUES)


def waiting() -> int:
    """How many messages."""
    return sum(int(cast(Any, connection().llen(name))) for name in NAMES)


def messages() -> list[bytes]:
    """The messages themselves."""
    return [raw for name in NAMES for raw in cast("list[bytes]", connection().lrange(name, 0, -1))]
