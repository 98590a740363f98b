"""What happens to the workers, to Redis and to the clock."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from threading import Event

from dev.run import WORKER
from dev.services import ROOT, RedisServer, ServiceError, wait_for_port

STOP_SECONDS = 20.0


class Workers:
    """Celery as ``make run`` starts it. ``kill`` may be called by any thread; ``died`` says that it was."""

    def __init__(self, log: Path) -> None:
        self._log = log
        self._process: subprocess.Popen[bytes] | None = None
        self.died = Event()

    def start(self) -> None:
        self.died.clear()
        with self._log.open("ab") as output:
            self._process = subprocess.Popen(
                (sys.executable, *WORKER), cwd=ROOT, stdout=output, stderr=output, start_new_session=True
            )

    def kill(self) -> None:
        """All of its processes at once, by the signal that nobody hears."""
        if self._process is not None and not self.died.is_set():
            os.killpg(self._process.pid, signal.SIGKILL)
            self.died.set()

    def reap(self) -> None:
        if self._process is not None:
            self._process.wait(STOP_SECONDS)

    def stop(self) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self.kill()


class Broker:
    """A Redis that may be killed and begun anew with nothing in it."""

    def __init__(self, server: RedisServer, data: Path) -> None:
        self._server = server
        self._data = data
        self._process: subprocess.Popen[bytes] | None = None

    @contextmanager
    def running(self) -> Iterator[None]:
        self._start()
        try:
            yield
        finally:
            self._end()

    def restart_empty(self, seconds: float) -> None:
        """Away for so long, and all that it held is gone."""
        self._end()
        shutil.rmtree(self._data)
        self._data.mkdir(parents=True)
        time.sleep(seconds)
        self._start()

    def _start(self) -> None:
        self._process = subprocess.Popen(self._server.command, stdin=subprocess.DEVNULL)
        if not wait_for_port(self._server.port, self._process):
            raise ServiceError(f"Redis did not start; its log is {self._data / 'log'}.")

    def _end(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait(STOP_SECONDS)


def move_clock(span: timedelta) -> None:
    """Let ``span`` pass: every moment that deliveries wait for comes nearer by as much. Only while no worker sends."""
    from django.db.models import F

    from notifications.models import Delivery, Notification, ProviderHealth

    for model, columns in (
        (Notification, ("created_at",)),
        (Delivery, ("created_at", "next_attempt_at", "lease_until")),
        (ProviderHealth, ("failing_since", "open_until")),
    ):
        model._default_manager.update(**{column: F(column) - span for column in columns})
