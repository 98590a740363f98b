"""Real races: the same call from many threads at one moment, each on its own database connection."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

from django.db import connection

Answer = TypeVar("Answer")


def together(calls: int, act: Callable[[int], Answer]) -> list[Answer]:
    """What ``act(0)`` … ``act(calls - 1)`` answered, all started at once; the first exception is raised."""
    start = Barrier(calls)

    def one(number: int) -> Answer:
        try:
            connection.ensure_connection()
            start.wait(60)
            return act(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(calls) as pool:
        return list(pool.map(one, range(calls)))
