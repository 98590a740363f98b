"""The stream's server, in a thread or as a process of its own, and open pages as plain sockets."""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
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
        self, port: int, *lines: str, target: str = PATH, method: str = "GET", host: str = "localhost"
    ) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
        head = (f"{method} {target} HTTP/1.1", f"Host: {host}", *lines)
        self._socket.sendall("".join(f"{line}\r\n" for line in (*head, "")).encode())
        self._file = self._socket.makefile("rb")
        self.status = int(self._file.readline().split()[1])
        self.headers = dict(self._headers())
        self.comments = 0
        self._text = b""

    def body(self) -> bytes:
        return self._file.read(int(self.headers.get("content-length", "0")))

    def problem(self) -> dict[str, Any]:
        assert self.headers["content-type"] == "application/problem+json"
        return dict(json.loads(self.body()))

    def next(self) -> Told:
        """The next event; Ended when there is none to come."""
        while True:
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
            if name:
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
    port: int
    pid: int

    def open(self, token: str, *lines: str, target: str = PATH) -> Page:
        page = Page(self.port, f"Authorization: Bearer {token}", *lines, target=target)
        assert page.status == 200, page.problem()
        return page

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
def in_thread() -> Iterator[Server]:
    """The application behind uvicorn in this process, where its lines are counted and its clocks can be set."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=1024)
    config = uvicorn.Config(
        Application(), loop="uvloop", http="httptools", ws="none", lifespan="on", log_config=None, access_log=False
    )
    config.timeout_graceful_shutdown = 1
    server = uvicorn.Server(config)
    thread = Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        assert wait_until(lambda: server.started, PATIENCE)
        yield Server(listener.getsockname()[1], os.getpid())
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
        yield Server(port, process.pid)
    finally:
        process.terminate()
        process.wait(2 * PATIENCE)


def database_url() -> str:
    """The test database, for another process."""
    parts = urlsplit(os.environ["DATABASE_URL"])
    return urlunsplit(parts._replace(path=f"/{connection.settings_dict['NAME']}"))
