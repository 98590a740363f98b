"""Open pages: what five thousand idle ones take, and how soon an event that is committed is on the wire."""

import asyncio
import os
import random
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

import django
import psutil
from django.core.management import call_command

from bench.measure import Measure, measure
from dev.services import ROOT, free_port, is_listening, wait_until

if TYPE_CHECKING:
    from accounts.models import User

PAGES = 5000
PAGES_A_PERSON = 5
# This process and the server each need so many files besides those of pages.
FILES_BESIDES = 500
AT_ONCE = 50
EVENTS = 500
MEGABYTES, THREADS, MILLISECONDS = 200.0, 20.0, 50.0
PATIENCE_SECONDS = 300.0
Page = tuple[asyncio.StreamReader, asyncio.StreamWriter]


def open_pages() -> list[Measure]:
    """Memory and threads of the server with all pages idle, then commit to page, one event after the other."""
    django.setup()
    call_command("migrate", verbosity=0, interactive=False)
    number = pages_that_files_allow()
    people = {user.pk: token for user, token in signed_in(number // PAGES_A_PERSON)}
    with a_server() as (port, server):
        return asyncio.run(measured(port, server, people))


async def measured(port: int, server: psutil.Process, people: dict[UUID, str]) -> list[Measure]:
    before = server.memory_info().rss
    pages = await all_opened(port, people)
    number = sum(len(each) for each in pages.values())
    rss, threads = server.memory_info().rss, server.num_threads()
    delays = [await delay(user_id, pages[user_id]) for user_id in random.choices(list(people), k=EVENTS)]  # noqa: S311
    for _, writer in (page for each in pages.values() for page in each):
        writer.close()
    p95 = statistics.quantiles(delays, n=20)[-1] * 1000
    memory = {"limit": MEGABYTES, "goal": 1.0} if number == PAGES else {}
    return [
        measure(name=f"{number} idle pages: memory", value=rss / 1e6, unit="MB", **memory),
        measure(name="each idle page", value=(rss - before) / number / 1e3, unit="kB"),
        measure(name=f"{number} idle pages: threads", value=threads, unit="threads", limit=THREADS, goal=1.0),
        measure(name="commit to page, median", value=statistics.median(delays) * 1000, unit="ms"),
        measure(name="commit to page, p95", value=p95, unit="ms", limit=MILLISECONDS, goal=1.0),
    ]


def pages_that_files_allow() -> int:
    """As many as wanted, or as the hard limit on files lets one process have."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = PAGES + FILES_BESIDES
    allowed = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, hard))
    pages = (allowed - FILES_BESIDES) // PAGES_A_PERSON * PAGES_A_PERSON
    if pages < PAGES:
        print(f"The limit of {hard} files allows for {pages} pages instead of {PAGES}.")
    return pages


def signed_in(number: int) -> Iterator[tuple["User", str]]:
    from accounts.models import User
    from accounts.sessions import open_session
    from numerai.common import clock

    for _ in range(number):
        user = User.objects.create_user(
            email=f"{uuid4().hex}@example.com", full_name="Ada Byron King", email_verified_at=clock.now()
        )
        yield user, open_session(user=user).access_token


@contextmanager
def a_server() -> Iterator[tuple[int, psutil.Process]]:
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "numerai.stream_server", "--port", str(port)],
        cwd=ROOT,
        env=os.environ | {"LOG_LEVEL": "ERROR"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        if not wait_until(lambda: is_listening(port), PATIENCE_SECONDS):
            raise RuntimeError("The stream's server did not start.")
        yield port, psutil.Process(process.pid)
    finally:
        process.terminate()
        process.wait(60)


async def all_opened(port: int, people: dict[UUID, str]) -> dict[UUID, list[Page]]:
    gate = asyncio.Semaphore(AT_ONCE)

    async def open_one(token: str) -> Page:
        async with gate:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            lines = ("GET /api/v1/notifications/stream/ HTTP/1.1", "Host: localhost", f"Authorization: Bearer {token}")
            writer.write("".join(f"{line}\r\n" for line in (*lines, "")).encode())
            await asyncio.wait_for(reader.readuntil(b"event: hello"), PATIENCE_SECONDS)
            return reader, writer

    async def open_all(user_id: UUID, token: str) -> tuple[UUID, list[Page]]:
        return user_id, [await open_one(token) for _ in range(PAGES_A_PERSON)]

    return dict(await asyncio.gather(*(open_all(*each) for each in people.items())))


async def delay(user_id: UUID, pages: list[Page]) -> float:
    """Seconds from the commit of an event until it has come to all pages of the person."""
    mark = f'"mark":"{uuid4().hex}"'.encode()

    async def told(reader: asyncio.StreamReader) -> float:
        await asyncio.wait_for(reader.readuntil(mark), PATIENCE_SECONDS)
        return time.perf_counter()

    waiting = [asyncio.create_task(told(reader)) for reader, _ in pages]
    committed = await asyncio.to_thread(commit, user_id, mark.decode().split('"')[3])
    return max(await asyncio.gather(*waiting)) - committed


def commit(user_id: UUID, mark: str) -> float:
    """When the row of the event was committed and what follows a commit began."""
    from django.db import transaction

    from notifications.stream import publish

    moments = []
    with transaction.atomic():
        transaction.on_commit(lambda: moments.append(time.perf_counter()))
        publish(user_id, "bench.mark", {"mark": mark})
    return moments[0]
