"""Doing something between two statements of somebody else's, always at the same point."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection


@contextmanager
def before(words: str, act: Callable[[], None]) -> Iterator[None]:
    """Within it, ``act`` is done once: just before the first statement that has ``words`` in it."""
    is_done = False

    def interleave(execute: Callable[..., Any], sql: str, *arguments: Any) -> Any:
        nonlocal is_done
        if words in sql and not is_done:
            is_done = True
            act()
        return execute(sql, *arguments)

    with connection.execute_wrapper(interleave):
        yield
    assert is_done
