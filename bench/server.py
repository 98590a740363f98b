"""A real gunicorn with one worker whose CPU time can be read."""

import http.client
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

import psutil

from dev.services import ROOT, free_port, wait_until

START_SECONDS = 60.0


@dataclass(frozen=True)
class Call:
    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes | None = None
    expected: int = 200


class Server:
    def __init__(self, port: int, worker: psutil.Process) -> None:
        self._worker = worker
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)

    def cpu_microseconds(self, calls: list[Call]) -> float:
        """The server's CPU time for each of ``calls``, made one after another over one connection."""
        before = self._cpu()
        self.seconds(calls)
        return (self._cpu() - before) / len(calls) * 1e6

    def seconds(self, calls: list[Call]) -> list[float]:
        """How long each of ``calls`` took, made one after another over one connection."""
        return [self._make(call) for call in calls]

    def _make(self, call: Call) -> float:
        started = time.perf_counter()
        self._connection.request(call.method, call.path, body=call.body, headers=dict(call.headers))
        response = self._connection.getresponse()
        content = response.read()
        if response.status != call.expected:
            raise RuntimeError(f"{call.method} {call.path} answered {response.status}: {content[:300]!r}")
        return time.perf_counter() - started

    def _cpu(self) -> float:
        times = self._worker.cpu_times()
        return float(times.user + times.system)


@contextmanager
def serving(environment: Mapping[str, str] | None = None) -> Iterator[Server]:
    """A server under this process's environment with ``environment`` on top."""
    port = free_port()
    command = (sys.executable, "-m", "gunicorn", "numerai.wsgi:application", "--bind", f"127.0.0.1:{port}")
    shape = ("--workers", "1", "--threads", "1", "--worker-class", "gthread", "--keep-alive", "60")
    process = subprocess.Popen(
        (*command, *shape, "--log-level", "warning", "--no-control-socket"),
        cwd=ROOT,
        env=os.environ | dict(environment or {}),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        if not wait_until(lambda: _is_up(port), START_SECONDS):
            raise RuntimeError("The server did not start.")
        yield Server(port, psutil.Process(process.pid).children()[0])
    finally:
        process.terminate()
        process.wait(20)


def _is_up(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()
