"""Enqueueing without losing work: the row is the truth, the message only a hint, so a dead broker costs a delay."""

import threading
import time
from typing import Any

import structlog
from celery import Task
from django.db import transaction
from kombu.exceptions import OperationalError

log = structlog.get_logger(__name__)

BROKER_PAUSE_SECONDS = 5.0


class _Broker:
    """Remembers for a moment that the broker is down, so that a burst of requests does not wait for it one by one."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._down_until = 0.0

    def is_paused(self) -> bool:
        return time.monotonic() < self._down_until

    def pause(self) -> None:
        with self._lock:
            self._down_until = time.monotonic() + BROKER_PAUSE_SECONDS

    def resume(self) -> None:
        self._down_until = 0.0


broker = _Broker()


def enqueue(task: "Task[..., Any]", *args: Any) -> None:
    """Send ``task(*args)`` to the broker when the present transaction commits.

    Never raises for a broker that is away: the job's row stays due and the sweeper finds it.
    """
    transaction.on_commit(lambda: _send(task, args), robust=True)


def _send(task: "Task[..., Any]", args: tuple[Any, ...]) -> None:
    if broker.is_paused():
        return
    try:
        task.apply_async(args=args, retry=False)
    except OperationalError as error:
        broker.pause()
        log.warning("broker_unreachable", task=task.name, error=type(error).__name__)
