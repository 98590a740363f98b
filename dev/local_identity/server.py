"""Both providers behind one port: their paths do not overlap."""

import json
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qsl, urlsplit

from dev.local_identity.apple import Apple
from dev.local_identity.google import Google
from dev.local_identity.provider import Misbehaviour, Provider, Refused

HOST = "127.0.0.1"


class LocalIdentity:
    """Listens on a free port of loopback between entering and leaving."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """As at the start: nobody has ever signed in, and nothing is out of order."""
        self.google, self.apple = Google(), Apple()

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self._server.server_port}"

    def __enter__(self) -> "LocalIdentity":
        self._server = Server(self)
        self._thread = Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def __init__(self, identity: LocalIdentity) -> None:
        self.identity = identity
        super().__init__((HOST, 0), Handler)


class Handler(BaseHTTPRequestHandler):
    server: Server
    protocol_version = "HTTP/1.1"
    timeout = 30

    def do_GET(self) -> None:
        self._answer({})

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self._answer(dict(parse_qsl(body.decode())))

    def log_message(self, format: str, *args: object) -> None:
        """Quiet: tests look at ``calls``."""

    def _answer(self, form: dict[str, str]) -> None:
        path = urlsplit(self.path).path
        world = self.server.identity
        provider: Provider = world.apple if path.startswith("/auth/") else world.google
        provider.calls.append(path)
        if wrong := Misbehaviour(503) if provider.is_away else provider.misbehaviour.get(path):
            time.sleep(wrong.seconds)
            self._send(wrong.status, wrong.body, wrong.headers)
            return
        bearer = self.headers.get("Authorization", "").removeprefix("Bearer ")
        try:
            answer = provider.answer(path, form, bearer)
        except Refused as refused:
            self._send(refused.status, json.dumps({"error": refused.error}).encode(), {})
            return
        is_public = path.endswith(("/certs", "/keys", "-configuration"))
        headers = {"Cache-Control": provider.cache_control} if is_public and provider.cache_control else {}
        self._send(200, json.dumps(answer).encode(), headers)

    def _send(self, status: int, content: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in (
            {"Content-Type": "application/json", "Content-Length": str(len(content))} | headers
        ).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)
