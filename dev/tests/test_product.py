"""The product as ``make run`` starts it: the main job, and the same job with something broken in the middle."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest
import requests

from dev.demo import job
from dev.demo.frontend import Frontend, eventually
from dev.demo.operator import Operator
from dev.services import LOCAL, ROOT, free_port, is_listening, wait_until

pytestmark = [pytest.mark.serial, pytest.mark.enable_socket]

START_SECONDS = 240.0
PORTS = ("API_PORT", "STREAM_PORT", "STRIPE_PORT", "SMTP_PORT", "MAILBOX_PORT", "PROVIDERS_PORT")
AFTER_SUBSCRIBING = (job.webhook_handled, job.premium, job.notified, job.reading, job.billing_history)


@dataclass
class Product:
    environment: dict[str, str]
    process: "subprocess.Popen[bytes]"
    log: Path

    def frontend(self) -> Frontend:
        return Frontend(
            api=f"http://127.0.0.1:{self.environment['API_PORT']}",
            mailbox=f"http://127.0.0.1:{self.environment['MAILBOX_PORT']}",
        )

    def children(self, *words: str) -> list[psutil.Process]:
        """The running processes whose command lines hold all of ``words``."""
        everyone = psutil.Process(self.process.pid).children(recursive=True)
        return [child for child in everyone if all(word in " ".join(child.cmdline()) for word in words)]

    def control_stripe(self, path: str, body: dict[str, object]) -> None:
        url = f"http://127.0.0.1:{self.environment['STRIPE_PORT']}/_local/{path}"
        requests.post(url, json=body, timeout=60).raise_for_status()


def start(environment: dict[str, str], log: Path) -> "subprocess.Popen[bytes]":
    with log.open("wb") as output:
        return subprocess.Popen(
            [sys.executable, "-m", "dev.run"],
            cwd=ROOT,
            env=os.environ | environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )


@pytest.fixture(scope="module")
def product() -> Iterator[Product]:
    """A product of the test's own: other ports, other data, short leases so that lost work is found soon."""
    directory = LOCAL / "product"
    directory.mkdir(parents=True, exist_ok=True)
    environment = {
        **{name: str(free_port()) for name in PORTS},
        "NUMERAI_LOCAL": str(directory),
        "DATABASE_URL": "",
        "REDIS_URL": "",
        "JOB_LEASE_SECONDS": "4",
        "SWEEP_SECONDS": "1",
        "RATE_LIMIT_ENABLED": "false",
    }
    log = directory / "log"
    process = start(environment, log)
    up = wait_until(lambda: b"NumerAI is up" in log.read_bytes() or process.poll() is not None, START_SECONDS)
    assert up, log.read_text()[-3000:]
    assert process.poll() is None, log.read_text()[-3000:]
    yield Product(environment, process, log)
    process.send_signal(signal.SIGINT)
    process.wait(120)


@pytest.fixture
def subscriber(product: Product, monkeypatch: pytest.MonkeyPatch) -> tuple[Frontend, Operator]:
    """A person who has come as far as the subscription."""
    monkeypatch.setattr("dev.demo.job.local_run", lambda: product.environment)
    frontend = product.frontend()
    operator = Operator(frontend.api)
    for step in (job.register, job.verify, job.profile, job.nine_numbers, job.birth_chart):
        step(frontend, operator)
    return frontend, operator


def test_the_demo_passes(product: Product) -> None:
    result = subprocess.run(
        [sys.executable, "-m", "dev.demo"],
        cwd=ROOT,
        env=os.environ | product.environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stdout + result.stderr
    assert "The main job works, end to end" in result.stdout


def test_the_demo_fails_at_the_first_step_that_is_not_so(product: Product, tmp_path: Path) -> None:
    lines = [f"{name}={value}" for name, value in product.environment.items() if name != "MAILBOX_PORT"]
    (tmp_path / "run.env").write_text("\n".join([*lines, f"MAILBOX_PORT={free_port()}"]))
    result = subprocess.run(
        [sys.executable, "-m", "dev.demo"],
        cwd=ROOT,
        env=os.environ | {"NUMERAI_LOCAL": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 1
    assert "FAILED  verify" in result.stdout


def test_with_redis_hanging_requests_answer_and_the_work_is_done_later(
    product: Product, subscriber: tuple[Frontend, Operator]
) -> None:
    (redis,) = product.children("redis-server")
    redis.suspend()
    try:
        job.subscribe(*subscriber)
        job.profile(*subscriber)
        job.reading(*subscriber)
    finally:
        redis.resume()
    for step in AFTER_SUBSCRIBING:
        step(*subscriber)


def test_with_redis_killed_nothing_is_lost(product: Product, subscriber: tuple[Frontend, Operator]) -> None:
    (redis,) = product.children("redis-server")
    redis.kill()
    job.subscribe(*subscriber)
    for step in AFTER_SUBSCRIBING:
        step(*subscriber)


def test_a_worker_killed_while_it_handles_the_webhook_has_handled_it_once(
    product: Product, subscriber: tuple[Frontend, Operator]
) -> None:
    _, operator = subscriber
    operator.sign_in()
    slowly = {"method": "GET", "path_prefix": "/v1/invoices", "delay_ms": 2000, "times": 4}
    product.control_stripe("faults", {"api": slowly})
    job.subscribe(*subscriber)
    eventually(lambda: operator.sees_event("processing") or None, "The handling of a webhook")
    for worker in product.children("celery", "worker"):
        worker.kill()
    for step in AFTER_SUBSCRIBING:
        step(*subscriber)


def test_a_taken_port_is_named_with_its_variable(product: Product) -> None:
    result = subprocess.run(
        [sys.executable, "-m", "dev.run"],
        cwd=ROOT,
        env=os.environ | product.environment,
        capture_output=True,
        text=True,
        check=False,
    )
    port = product.environment["API_PORT"]
    assert result.returncode == 1
    assert result.stderr == f"Port {port} is taken: set API_PORT to a free port, or stop what uses it.\n"


def test_ctrl_c_stops_everything_it_started(product: Product) -> None:
    everyone = psutil.Process(product.process.pid).children(recursive=True)
    assert len(everyone) >= 6
    product.process.send_signal(signal.SIGINT)
    assert product.process.wait(120) == 0
    assert [child for child in everyone if child.is_running() and child.status() != psutil.STATUS_ZOMBIE] == []
    assert [name for name in PORTS if is_listening(int(product.environment[name]))] == []
