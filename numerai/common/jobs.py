"""Enqueueing without losing work: the row is the truth, the message only a hint, so a dead broker costs a delay."""

from typing import Any

import structlog
from celery import Task
from django.db import transaction
from kombu.exceptions import OperationalError

from numerai.common.pause import Pause

log = structlog.get_logger(__name__)

broker_pause = Pause(shortest=5, longest=30)


def enqueue(task: "Task[..., Any]", *args: Any, queue: str | None = None) -> None:
    """Send ``task(*args)`` to the broker when the present transaction commits; to its usual queue if none is named.

    Never raises for a broker that is away: the job's row stays due and the sweeper finds it.
    """
    transaction.on_commit(lambda: _send(task, args, queue), robust=True)


def _send(task: "Task[..., Any]", args: tuple[Any, ...], queue: str | None = None) -> None:
    if broker_pause.is_on():
        return
    options: dict[str, Any] = {"queue": queue} if queue else {}
    try:
        task.apply_async(args=args, retry=False, **options)
    except OperationalError as error:
        broker_pause.begin()
        log.warning("broker_unreachable", task=task.name, error=type(error).__name__)
    else:
        broker_pause.end()
