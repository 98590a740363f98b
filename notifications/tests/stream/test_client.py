"""One open stream by itself, without a server around it."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import pytest

from notifications.stream.admission import Visitor
from notifications.stream.client import Client
from notifications.tests.stream.pages import PATIENCE
from numerai.common import clock

pytestmark = pytest.mark.django_db(transaction=True)

NOBODY = UUID(int=7)


class Page:
    """What was sent to a page, which reads on when ``reads`` is set."""

    def __init__(self) -> None:
        self.reads = asyncio.Event()
        self.waits = asyncio.Event()
        self.sent: list[bytes] = []
        self.is_ended = False

    async def send(self, message: dict[str, Any]) -> None:
        self.waits.set()
        await asyncio.wait_for(self.reads.wait(), PATIENCE)
        self.sent.append(message["body"])
        self.is_ended = not message["more_body"]


def with_page(act: Callable[[Client, Page], Awaitable[None]]) -> Page:
    async def run() -> Page:
        page = Page()
        await act(Client(Visitor(NOBODY, NOBODY, clock.now()), "live:nobody", page.send), page)
        return page

    return asyncio.run(run())


async def settled(client: Client) -> None:
    while client._task is not None:
        await asyncio.wait_for(asyncio.shield(client._task), PATIENCE)


def test_rule_77_what_is_being_told_something_needs_no_comment() -> None:
    async def act(client: Client, page: Page) -> None:
        client.begin(None)
        await asyncio.wait_for(page.waits.wait(), PATIENCE)
        client.keep_alive()
        page.reads.set()
        await settled(client)
        client.keep_alive()
        await settled(client)

    hello, comment = with_page(act).sent
    assert b"event: hello" in hello
    assert comment.startswith(b":")


def test_a_stream_that_is_broken_off_ends_without_a_word() -> None:
    async def act(client: Client, page: Page) -> None:
        page.reads.set()
        client.begin(None)
        await settled(client)
        await client.break_off()

    page = with_page(act)
    assert (len(page.sent), page.sent[-1], page.is_ended) == (2, b"", True)


def test_a_stream_that_has_ended_is_not_ended_again() -> None:
    async def act(client: Client, page: Page) -> None:
        page.reads.set()
        client.begin(None)
        client.end("signed_out")
        await settled(client)
        await client.break_off()

    (kick,) = with_page(act).sent
    assert b"event: kick" in kick
