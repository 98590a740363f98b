import os
import signal
import smtplib
import socket
import subprocess
import sys
from pathlib import Path

import pytest


def start(directory: Path, **variables: str) -> subprocess.Popen[str]:
    environment = os.environ | {"SMTP_PORT": "0", "MAILBOX_PORT": "0", "MAILBOX_DIR": str(directory)} | variables
    return subprocess.Popen(
        [sys.executable, "-m", "dev.mailbox"],
        env=environment,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=Path(__file__).parents[3],
    )


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_serves_until_told_to_stop(tmp_path: Path, number: signal.Signals) -> None:
    process = start(tmp_path)
    assert process.stdout is not None
    line = process.stdout.readline()
    port = int(line.split()[1].rsplit(":", 1)[1])
    with smtplib.SMTP("127.0.0.1", port, timeout=60) as client:
        client.sendmail("a@example.com", ["b@example.com"], b"Subject: x\r\n\r\n")
    process.send_signal(number)
    _, errors = process.communicate(timeout=60)
    assert (process.returncode, errors) == (0, "")
    assert len(list(tmp_path.glob("*.eml"))) == 1


@pytest.mark.parametrize("variable", ["SMTP_PORT", "MAILBOX_PORT"])
def test_a_taken_port_is_one_line(tmp_path: Path, variable: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        process = start(tmp_path, **{variable: port})
        _, errors = process.communicate(timeout=60)
    assert process.returncode == 1
    assert errors == f"mailbox: port {port} on 127.0.0.1 is already taken: set {variable} to another one\n"


@pytest.mark.parametrize("value", ["seven", "70000", "-1"])
def test_a_port_that_is_none_is_one_line(tmp_path: Path, value: str) -> None:
    process = start(tmp_path, SMTP_PORT=value)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 1
    assert errors == f"mailbox: SMTP_PORT must be a port number, not {value!r}\n"
