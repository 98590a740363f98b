"""All streams of this process: who has one open, what is passed on to whom, and when one has to end."""

import asyncio
import json
from collections import Counter
from collections.abc import Coroutine, Iterable
from datetime import datetime
from typing import Any

import structlog
from django.conf import settings

from notifications.stream import admission, replay, wire
from notifications.stream.client import Client
from notifications.stream.reader import Reader
from notifications.stream.threads import in_thread
from numerai.common import clock
from numerai.common.errors import ServiceUnavailable, TooManyRequests
from numerai.common.tracing import places

log = structlog.get_logger(__name__)

STREAMS_A_PERSON = 5
# Pages that stopped reading are ended and yet stay connected; so many more are borne with.
STUCK_A_PERSON = 5
RETRY_SECONDS = 30
TICK_SECONDS = 1.0
BATCH = 1000


class Hub:
    """One of these lives in each process, started and stopped with it."""

    def __init__(self) -> None:
        self._open: dict[str, list[Client]] = {}
        self._connected: Counter[str] = Counter()
        self._reader = Reader(self._hear, self._resync_all)
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        self._begin(self._reader.run())
        self._begin(self._keep_alive())
        self._begin(self._check())

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def admit(self, client: Client) -> None:
        """Take it in, until ``leave``, and end the person's oldest stream if it is one too many.

        Raises ServiceUnavailable when the process has all that it can hold, and TooManyRequests when the person keeps
        streams open without reading them.
        """
        if self._connected.total() >= settings.STREAM_MAX_CLIENTS:
            raise ServiceUnavailable("Too many pages are open at the moment.", retry_after=RETRY_SECONDS)
        if self._connected[client.channel] >= STREAMS_A_PERSON + STUCK_A_PERSON:
            raise TooManyRequests(retry_after=RETRY_SECONDS)
        self._connected[client.channel] += 1
        mine = self._open.setdefault(client.channel, [])
        mine.append(client)
        while len(mine) > STREAMS_A_PERSON:
            self._end(mine[0], "too_many_streams")

    async def listen(self, client: Client) -> None:
        """Nothing that happens after this is lost for ``client``."""
        await self._reader.subscribe(client.channel)

    def leave(self, client: Client) -> None:
        client.stop()
        self._forget(client)
        self._connected[client.channel] -= 1
        if not self._connected[client.channel]:
            del self._connected[client.channel]

    def end_at(self, client: Client, moment: datetime) -> asyncio.TimerHandle:
        """End the stream when what the person showed has run out."""
        seconds = max(0.0, (moment - clock.now()).total_seconds())
        return asyncio.get_running_loop().call_later(seconds, self._end, client, "token_expired")

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        self._tasks.append(asyncio.create_task(work))

    def _all(self) -> list[Client]:
        return [client for clients in self._open.values() for client in clients]

    def _end(self, client: Client, reason: str) -> None:
        self._forget(client)
        client.end(reason)

    def _forget(self, client: Client) -> None:
        mine = self._open.get(client.channel, [])
        if client in mine:
            mine.remove(client)
        if not mine:
            self._open.pop(client.channel, None)

    def _hear(self, channel: str, text: bytes) -> None:
        clients = self._open.get(channel, ())
        body = json.loads(text)
        if "kick" in body:
            self._kick(list(clients), **body["kick"])
        elif clients:
            happened = wire.happened(body["version"], body["type"], body["data"])
            for client in clients:
                client.offer(body["version"], happened)

    def _kick(self, clients: Iterable[Client], **which: str | None) -> None:
        for client in clients:
            session = client.visitor.session_id.hex
            if which["session"] in {None, session} and which["except"] != session:
                self._end(client, "signed_out")

    def _resync_all(self) -> None:
        for client in self._all():
            client.resync("reconnected")

    async def _keep_alive(self) -> None:
        while True:
            await asyncio.sleep(min(TICK_SECONDS, settings.STREAM_KEEP_ALIVE_SECONDS))
            limit = asyncio.get_running_loop().time() - settings.STREAM_KEEP_ALIVE_SECONDS
            for client in self._all():
                if client.quiet_since <= limit:
                    client.keep_alive()

    async def _check(self) -> None:
        """What Redis should have told, asked of the database: sessions that ended, events that happened."""
        while True:
            await asyncio.sleep(settings.STREAM_CHECK_SECONDS)
            clients = self._all()
            try:
                for start in range(0, len(clients), BATCH):
                    await self._compare(clients[start : start + BATCH])
            except Exception as error:
                log.error("stream_check_failed", **places(error))
            await self._reader.unsubscribe([each for each in self._reader.channels if each not in self._open])

    async def _compare(self, clients: list[Client]) -> None:
        living = await in_thread(admission.living, {client.visitor.session_id for client in clients})
        versions = await in_thread(replay.versions, {client.visitor.user_id for client in clients})
        for client in clients:
            if client.visitor.session_id not in living:
                self._end(client, "signed_out")
            else:
                client.catch_up(versions.get(client.visitor.user_id, 0))
