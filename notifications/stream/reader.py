"""The process's one reader of Redis: what is published for people with an open page comes through here."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

import structlog
from django.conf import settings
from redis import RedisError
from redis import asyncio as redis
from redis.asyncio.client import PubSub
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

log = structlog.get_logger(__name__)

# Silence for so long is answered with a ping, and silence after it with a new connection.
SILENCE_SECONDS = 15.0
SHORTEST_PAUSE, LONGEST_PAUSE = 0.1, 5.0
BATCH = 500


def name() -> str:
    """As Redis lists this process's connection; also a channel of its own, for a connection without one is idle."""
    return f"live-reader-{os.getpid()}"


class Reader:
    """Keeps one connection for all channels, and makes a new one after anything that goes wrong, for ever.

    ``on_message`` hears what is published, ``on_return`` that there was a time in which nothing could be heard.
    """

    def __init__(self, on_message: Callable[[str, bytes], None], on_return: Callable[[], None]) -> None:
        self._on_message = on_message
        self._on_return = on_return
        # Done when Redis has heard of the channel.
        self._channels: dict[str, asyncio.Future[None]] = {}
        self._unheard: set[str] = set()
        self._is_returning = False
        self._pubsub: PubSub | None = None
        # Commands are written one after another, so that Redis hears them in the order in which they were meant.
        self._writing = asyncio.Lock()

    @property
    def channels(self) -> list[str]:
        return list(self._channels)

    async def subscribe(self, channel: str) -> None:
        """Comes back when Redis has heard of it, or when Redis is away: then ``on_return`` will follow."""
        heard = self._channels.get(channel)
        if heard is None:
            heard = self._channels[channel] = asyncio.get_running_loop().create_future()
            self._unheard.add(channel)
            await self._say("SUBSCRIBE", [channel])
        if self._pubsub is not None:
            await asyncio.shield(heard)

    async def unsubscribe(self, channels: list[str]) -> None:
        known = [channel for channel in channels if channel in self._channels and channel not in self._unheard]
        for channel in known:
            del self._channels[channel]
        if known:
            await self._say("UNSUBSCRIBE", known)

    async def run(self) -> None:
        pause = SHORTEST_PAUSE
        while True:
            try:
                async with self._connected() as pubsub:
                    await self._resubscribe()
                    pause = SHORTEST_PAUSE
                    await self._listen(pubsub)
            except Exception as error:
                self._is_returning = True
                log.warning("live_reader_lost", error=type(error).__name__)
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)

    @asynccontextmanager
    async def _connected(self) -> AsyncIterator[PubSub]:
        # Without retries: after one of them nobody would know that something may have been missed.
        client = redis.Redis.from_url(
            settings.REDIS_URL,
            retry=Retry(NoBackoff(), 0),
            socket_connect_timeout=settings.REDIS_TIMEOUT_SECONDS,
            client_name=name(),
        )
        async with client, client.pubsub() as pubsub:
            await pubsub.subscribe(name())
            self._pubsub = pubsub
            try:
                yield pubsub
            finally:
                self._pubsub = None
                self._let_go()

    def _let_go(self) -> None:
        """Nobody waits for an answer that will not come."""
        for channel in self._unheard:
            self._channels[channel].set_result(None)
        self._unheard = set()

    async def _resubscribe(self) -> None:
        loop, channels = asyncio.get_running_loop(), self.channels
        self._channels = {channel: loop.create_future() for channel in channels}
        self._unheard = set(channels)
        for start in range(0, len(channels), BATCH):
            await self._say("SUBSCRIBE", channels[start : start + BATCH])

    async def _say(self, verb: str, channels: list[str]) -> None:
        async with self._writing:
            if self._pubsub is not None and self._pubsub.connection is not None:
                # What cannot be written cannot be read either: ``run`` notices.
                with suppress(RedisError, OSError):
                    await self._pubsub.connection.send_command(verb, *channels, check_health=False)

    async def _listen(self, pubsub: PubSub) -> None:
        is_asked = False
        while True:
            message = await pubsub.get_message(timeout=SILENCE_SECONDS)
            if message is not None:
                is_asked = False
                self._hear(message)
            elif is_asked:
                raise TimeoutError
            else:
                is_asked = True
                await pubsub.ping()

    def _hear(self, message: dict[str, Any]) -> None:
        if message["type"] == "message":
            self._on_message(message["channel"].decode(), message["data"])
        elif message["type"] == "subscribe":
            channel = message["channel"].decode()
            if channel in self._unheard:
                self._unheard.remove(channel)
                self._channels[channel].set_result(None)
            if self._is_returning and not self._unheard:
                self._is_returning = False
                log.warning("live_reader_back")
                self._on_return()
