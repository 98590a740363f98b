"""One open stream. Nobody waits for a page that reads slowly: what does not fit is dropped and told as ``resync``."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import structlog

from notifications.stream import replay, wire
from notifications.stream.admission import Visitor
from notifications.stream.threads import in_thread
from numerai.common.tracing import places

log = structlog.get_logger(__name__)
Send = Callable[[dict[str, Any]], Awaitable[None]]
QUEUE = 100


class Client:
    """Sends what it is offered, in the order of versions, each once.

    An idle client is nothing but its request, which waits to be disconnected: a task exists only while there is
    something to send. ``_last`` is the version that the page has.
    """

    __slots__ = (
        "_ending",
        "_greeting",
        "_is_behind",
        "_is_closed",
        "_last",
        "_queue",
        "_send",
        "_stale",
        "_task",
        "channel",
        "quiet_since",
        "visitor",
    )

    def __init__(self, visitor: Visitor, channel: str, send: Send) -> None:
        self.visitor = visitor
        self.channel = channel
        self.quiet_since = asyncio.get_running_loop().time()
        self._send = send
        self._last = 0
        # A deque is 600 bytes larger.
        self._queue: list[tuple[int, bytes]] = []
        self._greeting: tuple[int | None] | None = None
        self._ending: bytes | None = None
        self._stale = ""
        self._is_behind = False
        self._is_closed = True
        self._task: asyncio.Task[None] | None = None

    def begin(self, last_event_id: int | None) -> None:
        """Say hello and send what was missed after ``last_event_id``; what was offered before waits."""
        self._is_closed = False
        self._greeting = (last_event_id,)
        self._wake()

    def offer(self, version: int, text: bytes) -> None:
        """An event that has just happened."""
        if len(self._queue) >= QUEUE:
            self.resync("overflow")
        self._queue.append((version, text))
        self._wake()

    def resync(self, reason: str) -> None:
        """Forget what waits, and tell the page to fetch everything anew."""
        self._queue.clear()
        self._stale = reason
        self._wake()

    def catch_up(self, version: int) -> None:
        """``version`` has happened; if it never came here, the database has it."""
        if version > self._last:
            self._is_behind = True
            self._wake()

    def keep_alive(self) -> None:
        if self._task is None:
            self._queue.append((0, wire.KEEP_ALIVE))
            self._wake()

    def end(self, reason: str) -> None:
        """The last event; nothing is sent after it."""
        self._ending = wire.event("kick", {"reason": reason})
        self._wake()

    def stop(self) -> None:
        """The page has gone."""
        self._is_closed = True
        if self._task is not None:
            self._task.cancel()

    async def break_off(self) -> None:
        """End the answer without a word."""
        was_closed = self._is_closed
        self.stop()
        if not was_closed:
            await self._close(b"")

    def _wake(self) -> None:
        if self._task is None and not self._is_closed:
            self._task = asyncio.create_task(self._run())

    async def _run(self) -> None:
        try:
            while await self._step():
                pass
        except Exception as error:
            # The page comes back and names what it had last.
            log.error("stream_broke_off", **places(error))
            await self._close(b"")
        finally:
            self._task = None

    async def _step(self) -> bool:
        """Do the one thing that comes first; False when there is none."""
        if self._ending is not None:
            await self._close(self._ending)
            return False
        if self._greeting is not None:
            (last,), self._greeting = self._greeting, None
            await self._greet(last)
        elif self._stale:
            reason, self._stale = self._stale, ""
            await self._tell_to_resync(reason, await in_thread(replay.state, self.visitor.user_id))
        elif self._is_behind:
            self._is_behind = False
            await self._catch_up()
        elif self._queue:
            await self._pass_on(*self._queue.pop(0))
        else:
            return False
        return True

    async def _greet(self, last: int | None) -> None:
        if last is None:
            now = await in_thread(replay.state, self.visitor.user_id)
            self._last = now.version
            await self._write(wire.OPENING + wire.event("hello", now.data, identifier=now.version))
            return
        now, missed = await in_thread(replay.since, self.visitor.user_id, last)
        # Without an identifier: a page that breaks off here has had nothing of what follows.
        await self._write(wire.OPENING + wire.event("hello", now.data))
        if missed is None:
            await self._tell_to_resync("unknown_id", now)
            return
        self._last = last
        await self._tell(missed)

    async def _pass_on(self, version: int, text: bytes) -> None:
        """A message of version 0 is none of the person's events and is sent as it is."""
        if version > self._last + 1:
            # Messages come in any order, or not at all; versions are committed in theirs.
            await self._catch_up()
        if 0 < version <= self._last:
            return
        self._last = max(version, self._last)
        await self._write(text)

    async def _catch_up(self) -> None:
        _, missed = await in_thread(replay.since, self.visitor.user_id, self._last)
        if missed is None:
            self.resync("missed")
        else:
            await self._tell(missed)

    async def _tell(self, missed: list[replay.Missed]) -> None:
        for each in missed:
            self._last = each.version
            if not each.is_hidden:
                await self._write(wire.happened(each.version, each.event_type, each.data))

    async def _tell_to_resync(self, reason: str, now: replay.State) -> None:
        self._last = now.version
        await self._write(wire.event("resync", now.data | {"reason": reason}, identifier=now.version))

    async def _write(self, text: bytes) -> None:
        await self._send({"type": "http.response.body", "body": text, "more_body": True})
        self.quiet_since = asyncio.get_running_loop().time()

    async def _close(self, text: bytes) -> None:
        self._is_closed = True
        await self._send({"type": "http.response.body", "body": text, "more_body": False})
