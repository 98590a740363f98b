"""Through Redis to the processes that hold open streams. What is lost on this way is found again in the database."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import redis
import structlog
from django.db import transaction

from numerai.common.pause import Pause
from numerai.common.redis import connection

log = structlog.get_logger(__name__)
live_pause = Pause(shortest=1, longest=5)


@dataclass(frozen=True, slots=True)
class Message:
    """An event as it stands in the database. ``data`` has its ``unread`` count."""

    user_id: UUID
    version: int
    event_type: str
    data: dict[str, Any]


@dataclass
class Losses:
    """How many messages this process could not send since Redis went away."""

    messages: int = 0


losses = Losses()


def channel_of(user_id: UUID) -> str:
    return f"live:{user_id}"


def send_on_commit(messages: Sequence[Message]) -> None:
    """Never raises for a Redis that is away: streams find what they missed in the database."""
    texts = [_encoded(message) for message in messages]
    transaction.on_commit(lambda: _send(texts), robust=True)


def kick(user_id: UUID, session_id: UUID | None = None, *, except_session: UUID | None = None) -> None:
    """When the present transaction commits, end the person's streams: those of one session, or all but one's, or all.

    With Redis away they end within ``STREAM_CHECK_SECONDS``.
    """
    wish = {"kick": {"session": _hex(session_id), "except": _hex(except_session)}}
    text = (channel_of(user_id), json.dumps(wish))
    transaction.on_commit(lambda: _send([text]), robust=True)


def _send(texts: Sequence[tuple[str, str]]) -> None:
    if live_pause.is_on():
        losses.messages += len(texts)
        return
    pipeline = connection().pipeline(transaction=False)
    for channel, text in texts:
        pipeline.publish(channel, text)
    try:
        pipeline.execute()
    except redis.RedisError as error:
        losses.messages += len(texts)
        live_pause.begin()
        log.warning("live_events_not_sent", error=type(error).__name__)
        return
    live_pause.end()
    if losses.messages:
        log.warning("live_events_sent_again", lost=losses.messages)
        losses.messages = 0


def _encoded(message: Message) -> tuple[str, str]:
    body = {"version": message.version, "type": message.event_type, "data": message.data}
    return channel_of(message.user_id), json.dumps(body)


def _hex(identifier: UUID | None) -> str | None:
    return identifier.hex if identifier else None
