"""One loopback port for all of them, since their paths do not overlap."""

import itertools
import json
import socket
import ssl
import struct
import time
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import TCPServer
from threading import Event, Lock, Thread
from typing import Any
from urllib.parse import urlsplit

from dev.local_providers.modes import STATUS, Mode
from dev.local_providers.services import encoded, nonce_of, service_at

HOST = "127.0.0.1"
RETRY_AFTER = "90"
DRIP_SECONDS = 0.02
# Of what was asked, on the page and in memory.
SHOWN, KEPT = 100, 10_000
LINGER_NOT = struct.pack("ii", 1, 0)


@dataclass(frozen=True)
class Asked:
    """A request as it came. Names of headers are in lower case."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


class LocalProviders:
    """Listens between entering and leaving. ``mode`` says how everything is answered, ``modes`` by path before that;
    ``documents`` replaces the body of what is answered at a path. ``on_taken`` hears of each message that is taken,
    before whoever sent it does; of one that comes again under its nonce it does not hear."""

    def __init__(self, port: int = 0, *, certificate: ssl.SSLContext | None = None) -> None:
        self._port = port
        self._certificate = certificate
        self.closing = Event()
        self.reset()

    def reset(self) -> None:
        self.mode = Mode.OK
        self.modes: dict[str, Mode] = {}
        self.documents: dict[str, tuple[int, Any]] = {}
        self.retry_after = RETRY_AFTER
        self.asked: list[Asked] = []
        self.on_taken: Callable[[Asked], None] = _nobody_listens
        self._once: dict[tuple[str, str], bytes] = {}
        self._once_lock = Lock()
        # No id may come twice, not even after a new start: the database of `make run` keeps those of the last one.
        self.numbers = itertools.count(time.time_ns())

    @property
    def url(self) -> str:
        return f"{'https' if self._certificate else 'http'}://{HOST}:{self._server.server_port}"

    def at(self, path: str) -> list[Asked]:
        """What was asked at paths that contain ``path``."""
        return [asked for asked in self.asked if path in asked.path]

    def taken(self, asked: Asked, document: bytes) -> bytes:
        """The answer to a message that is taken: ``document``, or what its nonce was answered with before."""
        nonce = nonce_of(asked.body)
        if nonce:
            with self._once_lock:
                kept = self._once.setdefault((asked.path, nonce), document)
                if len(self._once) > KEPT:
                    del self._once[next(iter(self._once))]
            if kept is not document:
                return kept
        self.on_taken(asked)
        return document

    def __enter__(self) -> "LocalProviders":
        self.closing.clear()
        self._server = Server(self, self._port)
        if self._certificate is not None:
            self._server.socket = self._certificate.wrap_socket(
                self._server.socket, server_side=True, do_handshake_on_connect=False
            )
        self._thread = Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def _nobody_listens(_: Asked) -> None:
    pass


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, providers: LocalProviders, port: int) -> None:
        self.providers = providers
        super().__init__((HOST, port), Handler)

    def server_bind(self) -> None:
        # HTTPServer's own bind asks DNS for the machine's name.
        TCPServer.server_bind(self)
        self.server_name, self.server_port = HOST, self.server_address[1]

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Whoever hangs up, or refuses our certificate, is no error of ours."""


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        if self.path == "/readyz":
            self._send(200, b"{}", {})
        elif self.path == "/":
            shown = [{"method": asked.method, "path": asked.path} for asked in self.server.providers.asked[-SHOWN:]]
            self._send(200, encoded({"asked": shown}), {})
        else:
            self._answer()

    def do_POST(self) -> None:
        self._answer()

    def log_message(self, format: str, *args: object) -> None:
        """Quiet: tests look at ``asked``."""

    def _answer(self) -> None:
        providers = self.server.providers
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        headers = {name.lower(): value for name, value in self.headers.items()}
        asked = Asked(self.command, self.path, headers, body)
        providers.asked.append(asked)
        del providers.asked[:-KEPT]
        mode = providers.modes.get(urlsplit(self.path).path, providers.mode)
        if mode is Mode.HANG:
            providers.closing.wait()
        elif mode is Mode.DRIP:
            self._drip()
        elif mode is Mode.RESET:
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER_NOT)
            self.close_connection = True
            self.connection.close()
        else:
            self._send(*self._chosen(mode, asked))

    def _chosen(self, mode: Mode, asked: Asked) -> tuple[int, bytes, dict[str, str]]:
        providers = self.server.providers
        path = urlsplit(self.path).path
        service = service_at(path)
        if path in providers.documents:
            status, document = providers.documents[path]
            return status, document if isinstance(document, bytes) else encoded(document), {}
        if service is None:
            return 404, b"{}", {}
        number = next(providers.numbers)
        if mode is Mode.OK:
            status, document = service.ok(number, path, asked.body)
            location = {"Location": f"{providers.url}/message/{number}"} if status == 201 else {}
            return status, providers.taken(asked, encoded(document)), location
        status = STATUS[mode]
        extra = {"Location": f"{providers.url}/elsewhere"} if mode is Mode.REDIRECT else {}
        if mode in {Mode.THROTTLED, Mode.UNAVAILABLE}:
            extra["Retry-After"] = providers.retry_after
        return status, b"" if mode is Mode.NO_CONTENT else encoded(service.refusal(status)), extra

    def _drip(self) -> None:
        """A byte at a time, each in time for whoever counts only how long one read takes."""
        self.wfile.write(b"HTTP/1.1 200 OK\r\nX-Drip: ")
        while not self.server.providers.closing.wait(DRIP_SECONDS):
            self.wfile.write(b"x")

    def _send(self, status: int, content: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        own = {"Content-Type": "application/json", "Content-Length": str(len(content))}
        for name, value in (own | headers).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)
