"""Real Celery workers on the soak's database, broker and Stripe, killed with SIGKILL whenever the soak likes."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from types import TracebackType

import psutil
from django.conf import settings

from dev.local_stripe import LocalStripe
from payments.tests.processes import ROOT, environment_of

CONCURRENCY = 2
COMMAND = (sys.executable, "-W", "ignore", "-m", "celery", "--quiet", "-A", "numerai", "worker", "--loglevel", "ERROR")
OPTIONS = ("-I", "payments.tests.soak.goods", "--without-gossip", "--without-mingle", "--without-heartbeat")


class Workers:
    """A worker with two processes of its own; Celery replaces one that was killed, ``revive`` the whole."""

    def __init__(self, server: LocalStripe, clock: Path, log: Path) -> None:
        trials = ",".join(f"{plan}={days}" for plan, days in settings.STRIPE_TRIAL_DAYS.items())
        self._environment = environment_of(
            server, EMAIL_URL="dummymail://", STRIPE_TRIAL_DAYS=trials, SOAK_CLOCK=str(clock)
        )
        self._log = log.open("ab")
        self.killed = 0

    def __enter__(self) -> "Workers":
        self._process = self._start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end()
        self._log.close()

    def kill_one(self) -> None:
        """The process that is at work dies, its parent lives."""
        children = psutil.Process(self._process.pid).children()
        if children:
            self._kill(children[self.killed % len(children)].pid)

    def kill_all(self) -> None:
        """Everything dies, as when the machine does, and starts anew."""
        self.killed += 1 + CONCURRENCY
        self._end()
        self._process = self._start()

    def _kill(self, pid: int) -> None:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            return
        self.killed += 1

    def _start(self) -> "subprocess.Popen[bytes]":
        command = (*COMMAND, *OPTIONS, "--concurrency", str(CONCURRENCY))
        return subprocess.Popen(command, cwd=ROOT, env=self._environment, stdout=self._log, stderr=self._log)

    def _end(self) -> None:
        children = psutil.Process(self._process.pid).children(recursive=True) if self._process.poll() is None else []
        self._process.kill()
        self._process.wait(10)
        for child in children:
            if child.is_running():
                child.kill()
        psutil.wait_procs(children, timeout=10)
