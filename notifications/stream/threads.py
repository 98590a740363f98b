"""The database, for the event loop: a few threads, so that a thousand open pages hold no connection each."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import ParamSpec, TypeVar

from django.db import close_old_connections

P = ParamSpec("P")
T = TypeVar("T")

THREADS = 4
_pool = ThreadPoolExecutor(THREADS, thread_name_prefix="stream")


async def in_thread(action: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """``action(…)`` in one of THREADS threads, each with at most one connection, treated as a request treats it."""
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(_pool, partial(_run, partial(action, *args, **kwargs)))


def _run(action: Callable[[], T]) -> T:
    close_old_connections()
    try:
        return action()
    finally:
        close_old_connections()
