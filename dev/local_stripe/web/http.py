"""The HTTP server, and which part of it answers a request."""

import json
import socket
import sys
import traceback
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

from dev.local_stripe.api import StripeError, World
from dev.local_stripe.api.application import Application, Response
from dev.local_stripe.api.contract import decode
from dev.local_stripe.web import pages
from dev.local_stripe.web.control import Control


class Server(ThreadingHTTPServer):
    """Keeps its connections, so that stopping also ends the clients' idle ones."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, port: int, application: Application, control: Control, world: World) -> None:
        self._application, self._control, self._world = application, control, world
        self._connections: set[socket.socket] = set()
        super().__init__(("127.0.0.1", port), Handler)

    def respond(self, method: str, target: str, headers: Any, body: str) -> Response:
        address = urlsplit(target)
        try:
            if address.path.startswith(("/v1/", "/v2/")):
                form = decode("&".join(part for part in (address.query, body) if part))
                return self._application.handle(method, address.path, form, headers)
            if address.path.startswith("/_local/"):
                return self._control.respond(method, address.path.removeprefix("/_local/"), body)
            return pages.respond(self._world, method, address.path, body)
        except StripeError as error:
            return Response(error.status, json.dumps(error.body).encode())
        except Exception as error:
            traceback.print_exc()
            failure = StripeError(500, f"The local Stripe failed: {error!r}", kind="api_error")
            return Response(500, json.dumps(failure.body).encode())

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
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length).decode("utf-8", "replace")
        response = self.server.respond(self.command, self.path, self.headers, body)
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

    def do_POST(self) -> None:
        self.do_GET()

    def do_DELETE(self) -> None:
        self.do_GET()

    def log_message(self, format: str, *args: Any) -> None:
        """Silent: the request log of the server object serves tests better than lines on stderr."""
