"""The HTTP server, and which part of it answers a request."""

import json
import socket
import sys
import traceback
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Protocol
from urllib.parse import urlsplit

from dev.local_stripe.api import StripeError
from dev.local_stripe.api.application import Application, Request, Response
from dev.local_stripe.api.contract import decode
from dev.local_stripe.web.control import Control
from dev.local_stripe.web.pages import Pages


class Site(Protocol):
    def respond(self, method: str, path: str, query: str, headers: Any, body: str) -> Response: ...


class Server(ThreadingHTTPServer):
    """Keeps its connections, so that stopping also ends the clients' idle ones."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], site: Site) -> None:
        self.site = site
        self._connections: set[socket.socket] = set()
        super().__init__(address, Handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        self._connections.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self._connections.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up in the middle is no error of this server."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)

    def close_connections(self) -> None:
        for connection in list(self._connections):
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                self._connections.discard(connection)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    # Buffered, so that head and body leave in one packet.
    wbufsize = 65536
    server: Server

    def do_GET(self) -> None:
        self._serve()

    def do_POST(self) -> None:
        self._serve()

    def do_DELETE(self) -> None:
        self._serve()

    def _serve(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length).decode("utf-8", "replace")
        address = urlsplit(self.path)
        response = self.server.site.respond(self.command, address.path, address.query, self.headers, body)
        if response.drop:
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        self.send_response(response.status)
        for name, value in response.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Type", response.content_type)
        self.send_header("Content-Length", str(len(response.body)))
        self.end_headers()
        self.wfile.write(response.body)

    def log_message(self, format: str, *args: Any) -> None:
        """Silent: the request log of the server object serves tests better than lines on stderr."""


class LocalSite:
    def __init__(self, application: Application, control: Control, pages: Pages) -> None:
        self._application = application
        self._control = control
        self._pages = pages

    def respond(self, method: str, path: str, query: str, headers: Any, body: str) -> Response:
        try:
            if path.startswith(("/v1/", "/v2/")):
                request = Request(
                    method=method,
                    path=path,
                    form=decode("&".join(part for part in (query, body) if part)),
                    authorization=headers.get("Authorization"),
                    version=headers.get("Stripe-Version"),
                    idempotency_key=headers.get("Idempotency-Key"),
                )
                return self._application.handle(request)
            if path.startswith("/_local/"):
                return self._control.respond(method, path.removeprefix("/_local/"), body)
            return self._pages.respond(method, path, body)
        except StripeError as error:
            return Response(error.status, json.dumps(error.body).encode())
        except Exception as error:
            traceback.print_exc()
            failure = StripeError(500, f"The local Stripe failed: {error!r}", kind="api_error")
            return Response(500, json.dumps(failure.body).encode())
