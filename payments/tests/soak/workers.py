"""Real Celery workers on the soak's database, broker and Stripe, killed with SIGKILL whenever the soak likes."""

import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from types import TracebackType

import psutil
from django.conf import settings

from dev.local_stripe import LocalStripe
from payments.tests.processes import ROOT, environment_of

CONCURRENCY = 2
COMMAND = (sys.executable, "-W", "ignore", "-m", "celery", "--quiet", "-A", "numerai", "worker", "--loglevel", "ERROR")
OPTIONS = ("-I", "payments.tests.soak.at_work", "--without-gossip", "--without-mingle", "--without-heartbeat")


class Workers:
    """A worker with two processes of its own; Celery replaces one that was killed."""

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
        self._kill(children[:1])

    def kill_all(self) -> None:
        """Everything dies, as when the machine does, and starts anew."""
        self._end()
        self._process = self._start()

    def _kill(self, processes: list[psutil.Process]) -> None:
        for process in processes:
            with suppress(psutil.NoSuchProcess):
                process.kill()
                self.killed += 1

    def _start(self) -> "subprocess.Popen[bytes]":
        command = (*COMMAND, *OPTIONS, "--concurrency", str(CONCURRENCY))
        return subprocess.Popen(command, cwd=ROOT, env=self._environment, stdout=self._log, stderr=self._log)

    def _end(self) -> None:
        parent = psutil.Process(self._process.pid)
        processes = [parent, *parent.children(recursive=True)]
        self._kill(processes)
        self._process.wait(10)
        psutil.wait_procs(processes[1:], timeout=10)
