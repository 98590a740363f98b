"""The stream's server, in a thread or as a process of its own, and open pages as plain sockets."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from threading import Thread
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psutil
import uvicorn
from django.conf import settings
from django.db import connection

from dev.services import ROOT, free_port, is_listening, wait_until
from notifications.stream.app import Application

PATIENCE = 60.0
PATH = "/api/v1/notifications/stream/"


class Ended(Exception):
    """The server has ended the answer."""


@dataclass(frozen=True)
class Told:
    """One event. ``identifier`` is None where it has none."""

    event: str
    data: dict[str, Any]
    identifier: str | None


class Page:
    """A page with a stream open, or the answer that it got instead."""

    def __init__(
        self,
        port: int,
        *lines: str,
        target: str = PATH,
        method: str = "GET",
        host: str | None = "localhost",
        receive_buffer: int = 0,
    ) -> None:
        self._socket = socket.socket()
        self._socket.settimeout(PATIENCE)
        if receive_buffer:
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self._socket.connect(("127.0.0.1", port))
        head = (f"{method} {target} HTTP/1.1", *([f"Host: {host}"] if host is not None else []), *lines)
        self._socket.sendall("".join(f"{line}\r\n" for line in (*head, "")).encode())
        self._file = self._socket.makefile("rb")
        self.status = int(self._file.readline().split()[1])
        self.headers = dict(self._headers())
        self.comments = 0
        self.retry = ""
        self._text = b""

    def body(self) -> bytes:
        return self._file.read(int(self.headers.get("content-length", "0")))

    def problem(self) -> dict[str, Any]:
        assert self.headers["content-type"] == "application/problem+json"
        return dict(json.loads(self.body()))

    def next(self) -> Told:
        """The next event; Ended when there is none to come."""
        deadline = time.monotonic() + PATIENCE
        while True:
            # Comments come for ever.
            assert time.monotonic() < deadline
            fields = self._block()
            if "event" in fields:
                return Told(fields["event"], json.loads(fields["data"]), fields.get("id"))

    def until(self, is_it: Callable[[Told], bool]) -> list[Told]:
        """The events up to the one that is meant."""
        told = [self.next()]
        while not is_it(told[-1]):
            told.append(self.next())
        return told

    def keep_alive(self) -> None:
        """Come back at the next comment."""
        seen = self.comments
        while self.comments == seen:
            self._block()

    def is_over(self) -> bool:
        """Whether the answer ends without another event."""
        return not self.rest()

    def rest(self) -> list[Told]:
        """The events until the answer ends."""
        told: list[Told] = []
        with suppress(Ended):
            while True:
                told.append(self.next())
        return told

    def close(self) -> None:
        self._file.close()
        self._socket.close()

    def _headers(self) -> Iterator[tuple[str, str]]:
        while line := self._file.readline().strip():
            name, _, value = line.decode().partition(":")
            yield name.lower(), value.strip()

    def _block(self) -> dict[str, str]:
        while b"\n\n" not in self._text:
            self._text += self._chunk()
        block, _, self._text = self._text.partition(b"\n\n")
        fields = {}
        for line in block.decode().split("\n"):
            name, _, value = line.partition(":")
            if name == "retry":
                self.retry = value.strip()
            elif name:
                fields[name] = value.removeprefix(" ")
            else:
                self.comments += 1
        return fields

    def _chunk(self) -> bytes:
        size = int(self._file.readline(), 16)
        chunk = self._file.read(size)
        self._file.readline()
        if not size:
            raise Ended
        return chunk


@dataclass(frozen=True)
class Server:
    """Where it listens. Pages that a test leaves open are closed with it."""

    port: int
    pid: int
    pages: list[Page] = field(default_factory=list)

    def open(self, token: str, *lines: str, target: str = PATH, receive_buffer: int = 0) -> Page:
        page = self.ask(f"Authorization: Bearer {token}", *lines, target=target, receive_buffer=receive_buffer)
        assert page.status == 200, page.problem()
        return page

    def ask(self, *lines: str, **how: Any) -> Page:
        self.pages.append(Page(self.port, *lines, **how))
        return self.pages[-1]

    def wait_for(self, condition: Callable[[], bool]) -> None:
        assert wait_until(condition, PATIENCE)

    def close(self) -> None:
        for page in self.pages:
            page.close()

    @property
    def threads(self) -> int:
        return int(psutil.Process(self.pid).num_threads())

    @property
    def files(self) -> int:
        return int(psutil.Process(self.pid).num_fds())

    @property
    def reader_name(self) -> str:
        return f"live-reader-{self.pid}"


@contextmanager
def in_thread(*, send_buffer: int = 0) -> Iterator[Server]:
    """The application behind uvicorn in this process, where its lines are counted and its clocks can be set."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=1024)
    if send_buffer:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, send_buffer)
    config = uvicorn.Config(
        Application(), loop="uvloop", http="httptools", ws="none", lifespan="on", log_config=None, access_log=False
    )
    config.timeout_graceful_shutdown = 1
    server = uvicorn.Server(config)
    thread = Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        assert wait_until(lambda: server.started, PATIENCE)
        running = Server(listener.getsockname()[1], os.getpid())
        with closing(running):
            yield running
    finally:
        server.should_exit = True
        thread.join(PATIENCE)
        listener.close()


@contextmanager
def as_process(environment: Mapping[str, str] | None = None) -> Iterator[Server]:
    """As in production, under this process's environment with ``environment`` on top."""
    port = free_port()
    of_tests = {"DATABASE_URL": database_url(), "REDIS_URL": settings.REDIS_URL, "LOG_LEVEL": "ERROR"}
    process = subprocess.Popen(
        [sys.executable, "-m", "numerai.stream_server", "--port", str(port)],
        cwd=ROOT,
        env=os.environ | of_tests | {"DJANGO_SETTINGS_MODULE": "numerai.settings.test"} | dict(environment or {}),
    )
    try:
        assert wait_until(lambda: is_listening(port) or process.poll() is not None, 2 * PATIENCE)
        assert process.poll() is None
        running = Server(port, process.pid)
        with closing(running):
            yield running
    finally:
        process.terminate()
        process.wait(2 * PATIENCE)


def database_url() -> str:
    """The test database, for another process."""
    parts = urlsplit(os.environ["DATABASE_URL"])
    return urlunsplit(parts._replace(path=f"/{connection.settings_dict['NAME']}"))
