"""What gunicorn adds to an answer, as it is set up for production."""

import http.client
import os
import socket
import subprocess
import sys
from collections.abc import Iterator

import pytest

from dev.services import ROOT, free_port, is_listening, wait_until

COMMAND = [sys.executable, "-m", "gunicorn", "--config", "deploy/gunicorn_conf.py", "numerai.wsgi:application"]


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    port = free_port()
    server = subprocess.Popen(
        [*COMMAND, "--bind", f"127.0.0.1:{port}", "--workers", "1"],
        cwd=ROOT,
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "numerai.settings.test", "LOG_LEVEL": "ERROR"},
    )
    try:
        assert wait_until(lambda: is_listening(port) or server.poll() is not None, 120)
        assert server.poll() is None
        yield port
    finally:
        server.terminate()
        server.wait(120)


@pytest.mark.serial
@pytest.mark.parametrize(("path", "status"), [("/healthz", 200), ("/api/v1/nowhere/", 404)])
def test_rule_78_the_server_does_not_say_what_it_is(port: int, path: str, status: int) -> None:
    peer = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    peer.request("GET", path)
    answer = peer.getresponse()
    assert answer.status == status
    assert answer.headers.get_all("Server") == ["numerai"]
    assert answer.headers["X-Powered-By"] is None
    peer.close()


@pytest.mark.serial
def test_rule_78_nor_does_it_when_it_answers_itself(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=120) as peer:
        peer.sendall(b"no such thing\r\n\r\n")
        answer = peer.makefile("rb").read().lower()
    assert answer.startswith(b"http/1.1 400 ")
    assert b"gunicorn" not in answer
    assert b"python" not in answer
