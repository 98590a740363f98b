"""Through Redis to the processes that hold open streams. What is lost on this way is found again in the database."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast
from uuid import UUID

import redis
import structlog
from django.db import transaction

from numerai.common.pause import Pause
from numerai.common.redis import connection

log = structlog.get_logger(__name__)
# So many are sent without asking who listens.
FEW = 20
live_pause = Pause(shortest=1, longest=5)


@dataclass(frozen=True, slots=True)
class Message:
    """An event as it stands in the database. ``data`` is JSON with its ``unread`` count."""

    user_id: UUID | str
    version: int
    event_type: str
    data: str


@dataclass
class Losses:
    """How many messages this process could not send since Redis went away."""

    messages: int = 0


losses = Losses()


def channel_of(user_id: UUID | str) -> str:
    return f"live:{user_id}"


def send_on_commit(messages: Sequence[Message]) -> None:
    """Never raises for a Redis that is away: streams find what they missed in the database."""
    transaction.on_commit(lambda: _send([(channel_of(each.user_id), each) for each in messages]), robust=True)


def kick(user_id: UUID, session_id: UUID | None = None, *, except_session: UUID | None = None) -> None:
    """When the present transaction commits, end the person's streams: those of one session, or all but one's, or all.

    With Redis away they end within ``STREAM_CHECK_SECONDS``.
    """
    wish = {"kick": {"session": _hex(session_id), "except": _hex(except_session)}}
    text = json.dumps(wish)
    transaction.on_commit(lambda: _send([(channel_of(user_id), text)]), robust=True)


def _send(messages: Sequence[tuple[str, Message | str]]) -> None:
    if live_pause.is_on():
        losses.messages += len(messages)
        return
    try:
        _publish(messages if len(messages) <= FEW else _heard(messages))
    except redis.RedisError as error:
        losses.messages += len(messages)
        live_pause.begin()
        log.warning("live_events_not_sent", error=type(error).__name__)
        return
    live_pause.end()
    if losses.messages:
        log.warning("live_events_sent_again", lost=losses.messages)
        losses.messages = 0


def _heard(messages: Sequence[tuple[str, Message | str]]) -> list[tuple[str, Message | str]]:
    """Those that somebody listens to: of many people few have a page open. Whoever begins to listen after this reads
    what is committed by then from the database."""
    listening = connection().pubsub_numsub(*dict.fromkeys(channel for channel, _ in messages))
    heard = {channel.decode() for channel, listeners in cast(Any, listening) if listeners}
    return [message for message in messages if message[0] in heard]


def _publish(messages: Sequence[tuple[str, Message | str]]) -> None:
    pipeline = connection().pipeline(transaction=False)
    for channel, message in messages:
        pipeline.publish(channel, message if isinstance(message, str) else _encoded(message))
    pipeline.execute()


def _encoded(message: Message) -> str:
    return f'{{"version": {message.version}, "type": {json.dumps(message.event_type)}, "data": {message.data}}}'


def _hex(identifier: UUID | None) -> str | None:
    return identifier.hex if identifier else None
