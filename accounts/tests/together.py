"""Real races: the same call from many threads at one moment, each on its own database connection."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from django.db import connection

Answer = TypeVar("Answer")


def together(calls: int, act: Callable[[int], Answer]) -> list[Answer]:
    """What ``act(0)`` … ``act(calls - 1)`` answered, all started at once; the first exception is raised."""
    start = threading.Barrier(calls)

    def one(number: int) -> Answer:
        connection.ensure_connection()
        start.wait(60)
        try:
            return act(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(calls) as pool:
        return list(pool.map(one, range(calls)))
