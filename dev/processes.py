"""Child processes with prefixed logs that are started again when they die and stopped together."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

RESTART_SECONDS = 1.0
STOP_SECONDS = 10.0
COLOURS = (36, 32, 33, 35, 34, 96, 92)


@dataclass
class Child:
    """One supervised program. ``ready_text``: a piece of its output that says it is at work; ``is_foundation``: others
    need it until they have stopped."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    ready_text: str = ""
    is_foundation: bool = False
    ready: threading.Event = field(default_factory=threading.Event)
    process: "subprocess.Popen[str] | None" = None


class Group:
    """Starts children, repeats their output under their names, and brings back whoever dies before ``stop``."""

    def __init__(self) -> None:
        self._children: list[Child] = []
        self._stopping = threading.Event()
        self._print_lock = threading.Lock()

    def start(self, child: Child) -> Child:
        self._children.append(child)
        self._spawn(child)
        threading.Thread(target=self._watch, args=(child,), daemon=True).start()
        return child

    def say(self, name: str, line: str) -> None:
        with self._print_lock:
            print(f"{self._label(name)} {line}", flush=True)

    def stop(self) -> None:
        """Stop every child, the foundations last; whoever ignores the polite signal is killed."""
        self._stopping.set()
        _stop([child for child in self._children if not child.is_foundation])
        _stop([child for child in self._children if child.is_foundation])

    def _spawn(self, child: Child) -> None:
        # A session of its own keeps the terminal's Ctrl-C for the supervisor, which stops everyone in order.
        child.process = subprocess.Popen(
            child.command,
            env=os.environ | dict(child.environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,
        )
        if not child.ready_text:
            child.ready.set()

    def _watch(self, child: Child) -> None:
        while True:
            assert child.process is not None
            assert child.process.stdout is not None
            for line in child.process.stdout:
                if child.ready_text and child.ready_text in line:
                    child.ready.set()
                self.say(child.name, line.rstrip())
            code = child.process.wait()
            if self._stopping.is_set():
                return
            self.say(child.name, f"ended with {code}; starting again in {RESTART_SECONDS:g} s")
            if self._stopping.wait(RESTART_SECONDS):
                return
            self._spawn(child)

    def _label(self, name: str) -> str:
        label = f"{name:<8}|"
        if not sys.stdout.isatty():
            return label
        names = [child.name for child in self._children]
        colour = COLOURS[names.index(name) % len(COLOURS)] if name in names else 37
        return f"\033[{colour}m{label}\033[0m"


def _stop(children: list[Child]) -> None:
    for child in children:
        _signal(child, signal.SIGTERM)
    deadline = time.monotonic() + STOP_SECONDS
    for child in children:
        if child.process is None:
            continue
        try:
            child.process.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            _signal(child, signal.SIGKILL)
            child.process.wait()


def _signal(child: Child, number: int) -> None:
    if child.process is None:
        return
    try:
        os.killpg(child.process.pid, number)
    except ProcessLookupError:
        return
