import ast
import ssl
import time
from pathlib import Path

import pytest
from django.db import transaction

from dev.services import free_port
from notifications.tests.smtp_peers import silent
from numerai.common.outbound import CallInsideTransaction, NoAnswer, call
from numerai.common.outbound import client as outbound
from numerai.tests.http_peers import Peer, listening

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_request_and_its_answer() -> None:
    with listening(Peer(status=201, body=b"yes", headers={"X-Sample": "1"})) as peer:
        answer = call("POST", f"{peer.url}/a/b?c=d", headers={"X-Own": "2"}, body=b"x=y", seconds=60)
    assert (answer.status, answer.headers["x-sample"], answer.body) == (201, "1", b"yes")
    (asked,) = peer.asked
    assert (asked.method, asked.path, asked.headers["x-own"], asked.body) == ("POST", "/a/b?c=d", "2", b"x=y")


def test_an_address_without_a_path() -> None:
    with listening(Peer()) as peer:
        assert call("GET", peer.url, seconds=60).status == 200
    assert peer.asked[0].path == "/"


def test_a_redirect_is_not_followed() -> None:
    with listening(Peer()) as elsewhere, listening(Peer(status=302, headers={"Location": elsewhere.url})) as peer:
        assert call("GET", peer.url, seconds=60).status == 302
    assert elsewhere.asked == []


def test_nobody_there() -> None:
    with pytest.raises(NoAnswer, match="ConnectionRefusedError") as refused:
        call("GET", f"http://127.0.0.1:{free_port()}/", seconds=60)
    assert not refused.value.is_slow


def test_somebody_who_says_nothing_is_not_waited_for() -> None:
    started = time.monotonic()
    with silent() as port, pytest.raises(NoAnswer) as late:
        call("GET", f"http://127.0.0.1:{port}/", seconds=0.2)
    assert late.value.is_slow
    assert time.monotonic() - started < 5


def test_more_than_a_megabyte_is_not_read() -> None:
    with listening(Peer(body=b"x" * (outbound.LARGEST_ANSWER + 1))) as peer, pytest.raises(NoAnswer):
        call("GET", peer.url, seconds=60)


def test_a_server_that_cannot_prove_its_name_is_not_spoken_to() -> None:
    context = outbound._trust()
    assert (context.verify_mode, context.check_hostname) == (ssl.CERT_REQUIRED, True)
    with listening(Peer()) as peer, pytest.raises(NoAnswer, match="SSL"):
        call("GET", peer.url.replace("http:", "https:"), seconds=60)


def test_no_call_is_made_inside_a_transaction() -> None:
    with listening(Peer()) as peer:
        with transaction.atomic(), pytest.raises(CallInsideTransaction):
            call("GET", peer.url, seconds=60)
        assert peer.asked == []


# Each with a time-out and hosts that settings name; whoever needs another call uses one of them.
SPEAK = {
    "numerai/common/outbound/client.py",
    "accounts/social/protocol/adapter.py",
    "accounts/social/protocol/exchanges.py",
    "accounts/social/protocol/transport.py",
    "payments/gateway/connection/transport.py",
    "notifications/channels/email.py",
}
NETWORK = {"requests", "http.client", "urllib.request", "urllib3", "httpx", "aiohttp", "socket", "smtplib", "ftplib"}


def imported_by(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {each.name for each in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{each.name}" for each in node.names)}
    return found


def test_rule_82_few_places_speak_to_other_servers() -> None:
    root = Path(__file__).resolve().parent.parent.parent
    speaking = {
        str(path.relative_to(root))
        for app in ("numerai", "accounts", "notifications", "payments", "numerology")
        for path in (root / app).rglob("*.py")
        if "tests" not in path.parts
        and any(name == each or name.startswith(f"{each}.") for name in imported_by(path) for each in NETWORK)
    }
    assert speaking == SPEAK
