import ast
import ssl
import time
from pathlib import Path

import pytest
import requests
from django.db import transaction

from dev.local_providers import LocalProviders, Mode
from dev.local_providers.certificates import self_signed
from dev.services import free_port
from notifications.tests.smtp_peers import silent
from numerai.common.outbound import CallInsideTransaction, NoAnswer, bound, call
from numerai.common.outbound import client as outbound
from numerai.common.outbound.addresses import is_public
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
    "numerai/common/outbound/hurry.py",
    "numerai/common/outbound/session.py",
    "accounts/social/protocol/adapter.py",
    "accounts/social/protocol/exchanges.py",
    "accounts/social/protocol/transport.py",
    "payments/gateway/connection/transport.py",
    "notifications/channels/email.py",
    "notifications/channels/web_push.py",
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


@pytest.mark.parametrize("mode", [Mode.HANG, Mode.DRIP])
def test_rule_46_the_whole_call_has_a_deadline(mode: Mode) -> None:
    with LocalProviders() as providers:
        providers.mode = mode
        with pytest.raises(NoAnswer) as late:
            call("POST", f"{providers.url}/push/1", body=b"x", seconds=0.3)
    assert late.value.is_slow


def test_a_connection_that_is_cut_off() -> None:
    with LocalProviders() as providers:
        providers.mode = Mode.RESET
        with pytest.raises(NoAnswer) as cut:
            call("POST", f"{providers.url}/push/1", body=b"x", seconds=60)
    assert not cut.value.is_slow


def test_a_certificate_that_nobody_vouches_for(tmp_path: Path) -> None:
    with LocalProviders(certificate=self_signed(tmp_path)) as providers:
        with pytest.raises(NoAnswer, match="SSLCertVerificationError"):
            call("POST", f"{providers.url}/push/1", body=b"x", seconds=60)
        assert providers.asked == []


def test_a_server_that_we_trust_is_spoken_to_securely(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    server = self_signed(tmp_path)
    trust = ssl.create_default_context(cafile=str(tmp_path / "certificate.pem"))
    monkeypatch.setattr(outbound, "_trust", lambda: trust)
    with LocalProviders(certificate=server) as providers:
        assert call("POST", f"{providers.url}/push/1", body=b"x", seconds=60).status == 201


def test_no_time_left_is_no_call() -> None:
    with listening(Peer()) as peer, pytest.raises(NoAnswer) as late:
        call("GET", peer.url, seconds=0)
    assert late.value.is_slow


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.216.34", True),
        ("2606:2800:220:1:248:1893:25c8:1946", True),
        ("127.0.0.1", False),
        ("10.0.0.1", False),
        ("100.64.0.1", False),
        ("169.254.169.254", False),
        ("224.0.0.1", False),
        ("0.0.0.1", False),
        ("::1", False),
        ("fe80::1%eth0", False),
        ("::ffff:127.0.0.1", False),
        ("::ffff:93.184.216.34", True),
        ("64:ff9b::7f00:1", False),
        ("2002:7f00:1::", False),
        ("ff02::1", False),
    ],
)
def test_rule_51_only_addresses_of_the_open_internet_are_public(address: str, *, public: bool) -> None:
    assert is_public(address) is public


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "2130706433", "0x7f.1", "127.1"])
def test_rule_51_a_name_of_theirs_does_not_lead_into_our_house(host: str) -> None:
    with listening(Peer()) as peer:
        port = peer.url.rpartition(":")[2]
        with pytest.raises(NoAnswer) as refused:
            call("GET", f"http://{host}:{port}/", seconds=60, is_public_only=True)
        assert refused.value.is_refused
        assert peer.asked == []


@pytest.mark.parametrize("url", ["http://127.0.0.1:port/", "http://127.0.0.1:99999/"])
def test_what_is_no_address(url: str) -> None:
    with pytest.raises(NoAnswer):
        call("GET", url, seconds=60)


def test_a_library_that_insists_on_requests_has_the_same_limits() -> None:
    with LocalProviders() as providers, requests.Session() as session:
        bound(session, seconds=60)
        answer = session.post(f"{providers.url}/push/1", data="words", headers={"X-Own": "1"})
        assert (answer.status_code, answer.json(), answer.reason) == (201, {}, "Created")
        assert providers.asked[0].body == b"words"
        providers.mode = Mode.REDIRECT
        assert session.post(f"{providers.url}/push/1", data=b"words").status_code == 302
        assert [asked.path for asked in providers.asked] == ["/push/1", "/push/1"]
        providers.mode = Mode.RESET
        with pytest.raises(requests.ConnectionError):
            session.post(f"{providers.url}/push/1")


def test_a_library_that_insists_on_requests_has_the_same_deadline() -> None:
    with LocalProviders() as providers, requests.Session() as session:
        providers.mode = Mode.DRIP
        with pytest.raises(requests.Timeout):
            bound(session, seconds=0.3).post(f"{providers.url}/push/1", timeout=60)
