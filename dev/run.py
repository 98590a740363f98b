"""``make run``: the whole product on this machine, in the foreground, until Ctrl-C."""

import os
import queue
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from types import FrameType

from dev.demo_data import OPERATOR_EMAIL, OPERATOR_PASSWORD
from dev.local_providers.keys import local_accounts
from dev.processes import Child, Group
from dev.services import LOCAL, ROOT, RUN_FILE, ServiceError, configured, postgres, redis_server, wait_until

READY_SECONDS = 60.0
LOCAL_KEY = "sk_test_local"
CELERY = ("-W", "ignore:You're running the worker with superuser", "-m", "celery", "--quiet", "-A", "numerai")
WORKER = (*CELERY, "worker", "--concurrency", "2", "--loglevel", "INFO")


@dataclass(frozen=True)
class Ports:
    """Where things listen, each from the variable of its name in the environment or ``.env``."""

    API_PORT: int = 8000
    STREAM_PORT: int = 8001
    STRIPE_PORT: int = 12111
    SMTP_PORT: int = 1025
    MAILBOX_PORT: int = 8025
    PROVIDERS_PORT: int = 8026

    @classmethod
    def configured(cls) -> "Ports":
        values = {name: configured(name) for name in cls.__dataclass_fields__}
        wrong = [name for name, value in values.items() if value and not value.isdecimal()]
        if wrong:
            raise ServiceError(f"{wrong[0]} must be a port number.")
        return cls(**{name: int(value) for name, value in values.items() if value})


class Stop:
    """A wish to stop. Unlike an Event it may be set by a signal handler that interrupts its own setting."""

    def __init__(self) -> None:
        self._wishes: queue.SimpleQueue[None] = queue.SimpleQueue()

    def set(self) -> None:
        self._wishes.put(None)

    def is_set(self) -> bool:
        return not self._wishes.empty()

    def wait(self) -> None:
        self._wishes.get()


def main() -> int:
    stop = Stop()

    def request_stop(number: int, frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGINT, request_stop)
    signal.signal(signal.SIGTERM, request_stop)
    try:
        with ExitStack() as stack:
            run(stack, stop)
    except ServiceError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def run(stack: ExitStack, stop: Stop) -> None:
    started = time.monotonic()
    ports = Ports.configured()
    uses_local_stripe = (configured("STRIPE_SECRET_KEY") or LOCAL_KEY) == LOCAL_KEY
    refuse_taken_ports(ports, uses_local_stripe=uses_local_stripe)
    group = Group()
    environment = stack.enter_context(data_services(group))
    stack.callback(group.stop)
    environment |= {name: str(getattr(ports, name)) for name in Ports.__dataclass_fields__}
    environment |= accounts_at(ports.PROVIDERS_PORT)
    stack.enter_context(written_down(environment))
    start_vendors(group, environment, uses_local_stripe=uses_local_stripe)
    prepare(environment)
    worker = start_product(group, environment, ports)
    if not wait_for_readiness(ports, worker, stop):
        raise ServiceError("The product did not become ready in time; its log above says why.")
    if stop.is_set():
        print("Stopped before it was ready.", flush=True)
        return
    print_table(ports, uses_local_stripe=uses_local_stripe, seconds=time.monotonic() - started)
    stop.wait()
    print("\nStopping …", flush=True)


def accounts_at(port: int) -> dict[str, str]:
    """Accounts at the local providers, for each of which the environment names none of one's own."""
    accounts = local_accounts(LOCAL / "run", f"http://127.0.0.1:{port}")
    return {name: value for own, given in accounts.items() if not configured(own) for name, value in given.items()}


def refuse_taken_ports(ports: Ports, *, uses_local_stripe: bool) -> None:
    for name in Ports.__dataclass_fields__:
        if name == "STRIPE_PORT" and not uses_local_stripe:
            continue
        port: int = getattr(ports, name)
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                raise ServiceError(f"Port {port} is taken: set {name} to a free port, or stop what uses it.") from None


@contextmanager
def data_services(group: Group) -> Iterator[dict[str, str]]:
    """PostgreSQL under its own supervisor, Redis among the children, unless the environment names others."""
    directory = LOCAL / "run"
    directory.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        database_url = configured("DATABASE_URL") or stack.enter_context(postgres(directory / "postgres"))
        redis_url = configured("REDIS_URL")
        if not redis_url:
            server = redis_server(directory / "redis")
            redis_url = server.url
            group.start(Child("redis", server.command, {}, is_foundation=True))
        yield {
            "DATABASE_URL": database_url,
            "REDIS_URL": redis_url,
            "DJANGO_SETTINGS_MODULE": "numerai.settings.development",
        }


@contextmanager
def written_down(environment: dict[str, str]) -> Iterator[None]:
    """Tells ``manage.py`` and ``make demo`` in another terminal where this run's services listen."""
    lines = environment | {"SUPERVISOR_PID": str(os.getpid())}
    RUN_FILE.write_text("".join(f"{name}={value}\n" for name, value in lines.items()))
    try:
        yield
    finally:
        RUN_FILE.unlink(missing_ok=True)


def start_vendors(group: Group, environment: dict[str, str], *, uses_local_stripe: bool) -> None:
    mailbox = environment | {"MAILBOX_DIR": str(LOCAL / "run" / "mailbox")}
    group.start(Child("mailbox", python("-m", "dev.mailbox"), mailbox))
    group.start(Child("provider", python("-m", "dev.local_providers"), environment))
    if uses_local_stripe:
        stripe = environment | {
            "STRIPE_WEBHOOK_URL": f"http://127.0.0.1:{environment['API_PORT']}/api/v1/payments/webhook/",
            "STRIPE_WEBHOOK_SECRET": configured("STRIPE_WEBHOOK_SECRET") or "whsec_local",
            "LOCAL_STRIPE_STORAGE": str(LOCAL / "run" / "stripe.sqlite3"),
            **{
                name: configured(name) or f"price_local_{name.rpartition('_')[2].lower()}"
                for name in ("STRIPE_PRICE_ID_BASIC", "STRIPE_PRICE_ID_PREMIUM", "STRIPE_PRICE_ID_ELITE")
            },
        }
        group.start(Child("stripe", python("-m", "dev.local_stripe"), stripe))
        if not wait_until(lambda: answers(int(environment["STRIPE_PORT"]), "/_local/health"), READY_SECONDS):
            raise ServiceError("The local Stripe did not start; its log above says why.")


def prepare(environment: dict[str, str]) -> None:
    command = python("manage.py", "prepare_local")
    if subprocess.call(command, cwd=ROOT, env=os.environ | environment) != 0:
        raise ServiceError("Migrating or loading the demo data failed; the lines above say why.")


def start_product(group: Group, environment: dict[str, str], ports: Ports) -> Child:
    gunicorn = ("-m", "gunicorn", "numerai.wsgi:application", "--bind", f"127.0.0.1:{ports.API_PORT}")
    shape = ("--workers", "2", "--threads", "4", "--reload", "--log-level", "error", "--no-control-socket")
    group.start(Child("api", python(*gunicorn, *shape), environment))
    stream = ("-m", "numerai.stream_server", "--port", str(ports.STREAM_PORT))
    group.start(Child("stream", python(*stream), environment))
    child = group.start(Child("worker", python(*WORKER), environment, ready_text=" ready."))
    beat = (*CELERY, "beat", "--loglevel", "WARNING", "--pidfile", "")
    group.start(Child("beat", python(*beat), environment))
    return child


def wait_for_readiness(ports: Ports, worker: Child, stop: Stop) -> bool:
    return wait_until(
        lambda: (
            stop.is_set()
            or (
                worker.ready.is_set()
                and answers(ports.API_PORT, "/readyz")
                and answers(ports.STREAM_PORT, "/healthz")
                and answers(ports.MAILBOX_PORT, "/readyz")
            )
        ),
        READY_SECONDS,
    )


def answers(port: int, path: str) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=2) as response:
            return bool(response.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def print_table(ports: Ports, *, uses_local_stripe: bool, seconds: float) -> None:
    rows = [
        ("API docs", f"http://localhost:{ports.API_PORT}/api/docs/"),
        ("Live updates", f"http://localhost:{ports.STREAM_PORT}/api/v1/notifications/stream/"),
        ("Admin", f"http://localhost:{ports.API_PORT}/admin/   {OPERATOR_EMAIL} / {OPERATOR_PASSWORD}"),
        ("Local Stripe", f"http://localhost:{ports.STRIPE_PORT}/" if uses_local_stripe else "off: a real key is set"),
        ("Mailbox", f"http://localhost:{ports.MAILBOX_PORT}/"),
        ("Providers", f"http://localhost:{ports.PROVIDERS_PORT}/   what was pushed and posted"),
        ("Main job", "make demo, in another terminal"),
    ]
    width = max(len(value) for _, value in rows) + 2
    rule = f"+{'-' * 15}+{'-' * width}+"
    lines = [rule, *(f"| {name:<13} | {value:<{width - 1}}|" for name, value in rows), rule]
    print(f"\nNumerAI is up after {seconds:.1f} s. Ctrl-C stops everything.\n" + "\n".join(lines), flush=True)


def python(*arguments: str) -> tuple[str, ...]:
    return (sys.executable, *arguments)


if __name__ == "__main__":
    os.chdir(ROOT)
    sys.exit(main())
