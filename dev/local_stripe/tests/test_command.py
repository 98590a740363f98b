import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import urlopen

import pytest
import stripe

from dev.local_stripe.__main__ import build, main, parse

ROOT = Path(__file__).resolve().parents[3]


def test_options_come_from_the_environment() -> None:
    options = parse(
        [],
        {
            "STRIPE_PORT": "12999",
            "STRIPE_WEBHOOK_URL": "http://127.0.0.1:8000/hook/",
            "STRIPE_WEBHOOK_SECRET": "whsec_a,whsec_b",
            "LOCAL_STRIPE_STORAGE": "state.sqlite3",
            "STRIPE_PRICE_ID_PREMIUM": "price_1Premium",
        },
    )
    assert (options.port, options.webhook_url, options.storage) == (
        12999,
        "http://127.0.0.1:8000/hook/",
        "state.sqlite3",
    )
    assert (options.price_basic, options.price_premium) == ("price_local_basic", "price_1Premium")


def test_the_command_line_wins() -> None:
    options = parse(["--port", "0", "--price-elite", "price_x"], {"STRIPE_PORT": "1"})
    assert (options.port, options.price_elite) == (0, "price_x")
    with build(options) as server:
        assert {price["id"] for price in server.objects("price")} == {
            "price_local_basic",
            "price_local_premium",
            "price_x",
        }


def test_a_webhook_needs_a_secret(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        parse(["--webhook-url", "http://127.0.0.1:1/"], {})
    assert "--webhook-secret" in capsys.readouterr().err


def test_a_taken_port_is_one_clear_line(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert main(["--port", str(port)]) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert str(port) in line
    assert "STRIPE_PORT" in line


def test_any_other_trouble_is_not_hidden() -> None:
    with pytest.raises(OverflowError):
        main(["--port", "70000"])


@contextmanager
def running(storage: Path) -> Iterator[tuple["subprocess.Popen[str]", str]]:
    """The command as a process, with the address it serves."""
    command = [sys.executable, "-m", "dev.local_stripe", "--port", "0", "--storage", str(storage)]
    environment = {**os.environ, "PYTHONWARNINGS": "error"}
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield process, process.stdout.readline().split()[-1]


@pytest.mark.parametrize("signum", [signal.SIGTERM, signal.SIGINT])
def test_it_runs_until_it_is_told_to_stop(signum: signal.Signals, tmp_path: Path) -> None:
    with running(tmp_path / "state.sqlite3") as (process, address):
        with urlopen(f"{address}/_local/health", timeout=60) as answer:
            assert answer.status == 200
        process.send_signal(signum)
        assert process.wait(timeout=60) == 0


def test_what_was_answered_survives_a_kill(tmp_path: Path) -> None:
    ids = []
    for _ in range(2):
        with running(tmp_path / "state.sqlite3") as (process, address):
            client = stripe.StripeClient("sk_test_1", base_addresses={"api": address}, max_network_retries=0)
            ids.append(client.v1.customers.create({}, {"idempotency_key": "once"}).id)
            process.kill()
    assert ids[0] == ids[1]
