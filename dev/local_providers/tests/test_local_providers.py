import http.client
import json
import socket
import ssl
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from py_vapid import Vapid02

from dev.local_providers import Asked, LocalProviders, Mode
from dev.local_providers.certificates import self_signed
from dev.local_providers.keys import local_accounts, service_account, vapid_private_key
from dev.local_providers.modes import STATUS
from dev.services import ROOT, free_port, is_listening, wait_until

SEND = "/v1/projects/sample/messages:send"


def ask(url: str, path: str, *, method: str = "POST", body: bytes = b"") -> tuple[int, dict[str, str], bytes]:
    peer = http.client.HTTPConnection(urlsplit(url).netloc, timeout=60)
    try:
        peer.request(method, path, body)
        answer = peer.getresponse()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
    finally:
        peer.close()


@pytest.mark.parametrize(
    ("path", "body", "status", "names"),
    [
        (SEND, b"{}", 200, {"name"}),
        ("/token", b"", 200, {"access_token", "expires_in", "token_type"}),
        ("/push/1", b"x", 201, set()),
        ("/api/v10/webhooks/1/a?wait=true", b"{}", 200, {"id", "content"}),
        ("/api/v10/users/@me/channels", b"{}", 200, {"id", "type"}),
        ("/api/v10/channels/1/messages", b"{}", 200, {"id", "content"}),
        ("/2010-04-01/Accounts/AC1/Messages.json", b"", 201, {"sid", "status"}),
        ("/email", b'{"To": "a@example.com"}', 200, {"ErrorCode", "Message", "MessageID", "To"}),
        ("/elsewhere", b"", 404, set()),
    ],
)
def test_each_provider_answers_as_it_does(path: str, body: bytes, status: int, names: set[str]) -> None:
    with LocalProviders() as providers:
        found, _, content = ask(providers.url, path, body=body)
        assert (found, set(json.loads(content))) == (status, names)
        (asked,) = providers.asked
        assert (asked.method, asked.path, asked.body) == ("POST", path, body)


def test_what_is_taken_is_told_and_what_has_a_nonce_is_taken_once() -> None:
    heard: list[Asked] = []
    with LocalProviders() as providers:
        providers.on_taken = heard.append
        _, _, opened = ask(providers.url, "/api/v10/users/@me/channels", body=b'{"recipient_id": "80351110224678912"}')
        channel = json.loads(opened)["id"]
        path = f"/api/v10/channels/{channel}/messages"
        first, again, other, free = (
            json.loads(ask(providers.url, path, body=json.dumps(body).encode())[2])["id"]
            for body in (
                {"nonce": "1", "enforce_nonce": True},
                {"nonce": "1", "enforce_nonce": True},
                {"nonce": "2", "enforce_nonce": True},
                {"nonce": "1"},
            )
        )
        assert json.loads(ask(providers.url, "/api/v10/users/@me/channels", body=b"[]")[2])["id"] != channel
        providers.mode = Mode.UNAVAILABLE
        ask(providers.url, path, body=b"{}")
    assert first == again
    assert len({first, other, free}) == 3
    assert [json.loads(asked.body).get("nonce") for asked in heard if asked.path == path] == ["1", "2", "1"]


def test_no_id_comes_twice_not_even_after_a_new_start() -> None:
    with LocalProviders() as providers:
        found = [ask(providers.url, SEND)[2], ask(providers.url, SEND)[2]]
    with LocalProviders() as providers:
        found.append(ask(providers.url, SEND)[2])
        providers.reset()
        found.append(ask(providers.url, SEND)[2])
    assert len(set(found)) == 4


@pytest.mark.parametrize("mode", STATUS)
def test_each_provider_refuses_as_it_does(mode: Mode) -> None:
    with LocalProviders() as providers:
        providers.mode = mode
        status, headers, content = ask(providers.url, SEND)
        assert status == STATUS[mode]
        assert ("location" in headers) is (mode is Mode.REDIRECT)
        assert ("retry-after" in headers) is (mode in {Mode.THROTTLED, Mode.UNAVAILABLE})
        assert (content == b"") is (mode is Mode.NO_CONTENT)


def test_modes_and_documents_may_be_of_one_path() -> None:
    with LocalProviders() as providers:
        providers.modes["/push/1"] = Mode.GONE
        providers.documents["/push/2"] = (418, {"a": "teapot"})
        assert [ask(providers.url, f"/push/{number}")[0] for number in (1, 2, 3)] == [410, 418, 201]
        providers.reset()
        assert ask(providers.url, "/push/1")[0] == 201


def test_a_hang_ends_when_the_server_does() -> None:
    with LocalProviders() as providers, socket.create_connection(("127.0.0.1", _port(providers)), 60) as peer:
        providers.mode = Mode.HANG
        peer.sendall(b"POST /push/1 HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n")
        peer.settimeout(0.2)
        with pytest.raises(TimeoutError):
            peer.recv(1)


def test_a_drip_never_ends_its_headers() -> None:
    with LocalProviders() as providers, socket.create_connection(("127.0.0.1", _port(providers)), 60) as peer:
        providers.mode = Mode.DRIP
        peer.sendall(b"POST /push/1 HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n")
        received = b""
        while len(received) < 40:
            received += peer.recv(1)
    assert received.startswith(b"HTTP/1.1 200 OK\r\nX-Drip: xxx")
    assert b"\r\n\r\n" not in received


def test_a_reset_is_no_goodbye() -> None:
    with LocalProviders() as providers:
        providers.mode = Mode.RESET
        with pytest.raises((ConnectionResetError, http.client.RemoteDisconnected)):
            ask(providers.url, "/push/1")


def test_its_certificate_is_believed_by_who_wants_to(tmp_path: Path) -> None:
    with LocalProviders(certificate=self_signed(tmp_path)) as providers:
        trust = ssl.create_default_context(cafile=str(tmp_path / "certificate.pem"))
        with (
            socket.create_connection(("127.0.0.1", _port(providers)), 60) as raw,
            trust.wrap_socket(raw, server_hostname="127.0.0.1") as peer,
        ):
            assert peer.version() in {"TLSv1.2", "TLSv1.3"}


def test_accounts_are_kept(tmp_path: Path) -> None:
    first, second = (local_accounts(tmp_path, "http://127.0.0.1:1") for _ in range(2))
    assert first == second
    assert set(first) == {"VAPID_PRIVATE_KEY", "FCM_SERVICE_ACCOUNT", "DISCORD_BOT_TOKEN"}
    assert Vapid02.from_string(first["VAPID_PRIVATE_KEY"]["VAPID_PRIVATE_KEY"]).public_key
    assert json.loads(service_account("http://a/token"))["token_uri"] == "http://a/token"
    assert vapid_private_key() != vapid_private_key()


def test_the_command() -> None:
    port = free_port()
    command = [sys.executable, "-m", "dev.local_providers"]
    process = subprocess.Popen(command, cwd=ROOT, env={"PROVIDERS_PORT": str(port)}, stdout=subprocess.PIPE)
    try:
        assert wait_until(lambda: is_listening(port), 60)
        url = f"http://127.0.0.1:{port}"
        assert ask(url, "/readyz", method="GET")[0] == 200
        ask(url, "/push/1")
        assert json.loads(ask(url, "/", method="GET")[2]) == {"asked": [{"method": "POST", "path": "/push/1"}]}
        assert ask(url, "/push/1", method="GET")[0] == 201
    finally:
        process.terminate()
        assert process.wait(60) == 0
        assert process.stdout is not None
        process.stdout.close()


def _port(providers: LocalProviders) -> int:
    return int(providers.url.rpartition(":")[2])
