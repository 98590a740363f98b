"""Redis killed, stopped, silent and away: nothing that was written is lost, and pages find their way back."""

import asyncio
from collections.abc import Coroutine, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
from pytest_django import Settings

from accounts.models import User
from accounts.sessions import open_session
from dev.services import RedisServer, redis_server, wait_for_port, wait_until
from notifications.models import LiveEvent
from notifications.stream import publish, reader, sending
from notifications.tests.stream.conftest import Visit
from notifications.tests.stream.pages import PATIENCE, Page, Server
from numerai.common import redis as common_redis

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.serial]


class OwnRedis:
    """A Redis of this test alone, which it may stop."""

    def __init__(self, server: RedisServer) -> None:
        self._server = server
        self._process: psutil.Popen | None = None

    def start(self) -> None:
        self._process = psutil.Popen(self._server.command)
        assert wait_for_port(self._server.port, self._process)

    def stop(self) -> None:
        assert self._process is not None
        self._process.resume()
        self._process.terminate()
        self._process.wait(60)

    def pause(self) -> None:
        process = self._process
        assert process is not None
        process.suspend()
        assert wait_until(lambda: process.status() == psutil.STATUS_STOPPED, PATIENCE)

    def go_on(self) -> None:
        assert self._process is not None
        self._process.resume()


@pytest.fixture
def own_redis(tmp_path: Path, settings: Settings) -> Iterator[OwnRedis]:
    """Ask for it before the server."""
    server = redis_server(tmp_path)
    own = OwnRedis(server)
    settings.REDIS_URL = server.url
    common_redis.connection.cache_clear()
    own.start()
    yield own
    own.stop()
    common_redis.connection().close()
    common_redis.connection.cache_clear()


def resynced(page: Page, version: int) -> bool:
    told = page.next()
    expected = {"unread": {"count": 0, "capped": False}, "version": version, "reason": "reconnected"}
    return (told.event, told.data) == ("resync", expected)


def test_rule_80_a_killed_reader_comes_back(visit: Visit, server: Server, alice: User, bob: User) -> None:
    pages = [(user, visit(user)) for user in (alice, bob)]
    redis = common_redis.connection()
    mine = [each for each in redis.client_list() if each["name"] == server.reader_name]
    for each in mine:
        redis.client_kill_filter(_id=each["id"])
    assert mine
    for user, page in pages:
        assert resynced(page, 0)
        publish(user.pk, "read", {})
        assert page.next().data["version"] == 1


def test_rule_80_without_redis_events_are_kept_and_pages_stay(
    own_redis: OwnRedis, settings: Settings, visit: Visit, alice: User
) -> None:
    settings.STREAM_KEEP_ALIVE_SECONDS = 0.05
    page = visit(alice)
    own_redis.stop()
    assert publish(alice.pk, "read", {}) == 1
    assert LiveEvent.objects.count() == 1
    page.keep_alive()
    own_redis.start()
    assert resynced(page, 1)
    sending.live_pause.end()
    publish(alice.pk, "read", {})
    assert page.next().data["version"] == 2


def test_rule_80_a_page_that_opens_without_redis_is_told_when_it_is_back(
    own_redis: OwnRedis, server: Server, alice: User
) -> None:
    own_redis.stop()
    page = server.open(open_session(user=alice).access_token)
    assert page.next().event == "hello"
    publish(alice.pk, "read", {})
    own_redis.start()
    assert resynced(page, 1)


def test_rule_80_a_redis_that_says_nothing_is_left(
    own_redis: OwnRedis, settings: Settings, monkeypatch: pytest.MonkeyPatch, visit: Visit, alice: User
) -> None:
    settings.REDIS_TIMEOUT_SECONDS = 1
    monkeypatch.setattr(reader, "SILENCE_SECONDS", 0.1)
    page = visit(alice)
    own_redis.pause()
    publish(alice.pk, "read", {})
    own_redis.go_on()
    assert page.next().data["version"] == 1


def test_rule_80_who_waits_for_a_redis_that_says_nothing_is_let_go(
    own_redis: OwnRedis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reader, "SILENCE_SECONDS", 0.1)

    async def listen() -> None:
        returned = asyncio.Event()
        mine = reader.Reader(lambda *_: None, returned.set)
        running = asyncio.create_task(mine.run())
        await _within(_connected(mine))
        own_redis.pause()
        # Asked for, and not answered: only a new connection could.
        await _within(mine.subscribe("late"))
        assert not returned.is_set()
        own_redis.go_on()
        await _within(returned.wait())
        assert mine.channels == ["late"]
        running.cancel()

    asyncio.run(listen())


async def _connected(mine: reader.Reader) -> None:
    while mine._pubsub is None:
        await asyncio.sleep(0)


async def _within(waiting: Coroutine[Any, Any, Any]) -> None:
    await asyncio.wait_for(waiting, PATIENCE)


def test_nobody_is_listened_for_who_has_no_page_open(
    checked_often: None, visit: Visit, server: Server, alice: User, bob: User
) -> None:
    gone, page = visit(alice), visit(bob)
    gone.close()
    channels = [sending.channel_of(user.pk) for user in (alice, bob)]
    heard = common_redis.connection().pubsub_numsub
    server.wait_for(lambda: [number for _, number in heard(*channels)] == [0, 1])
    assert visit(alice).status == 200
    publish(alice.pk, "read", {})
    publish(bob.pk, "read", {})
    assert page.next().event == "read"
