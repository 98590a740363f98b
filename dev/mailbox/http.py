"""The HTTP side: Mailpit's routes, and a page that reads them."""

import json
import re
import time
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from socketserver import TCPServer
from typing import ClassVar
from urllib.parse import parse_qs, urlsplit

from dev.mailbox import mailpit, texts
from dev.mailbox.message import Mail
from dev.mailbox.store import MessageStore

STATIC = Path(__file__).parent / "static"
CONTENT_TYPES = {".html": "text/html", ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
MAX_BODY_BYTES = 1024 * 1024
MAX_LIMIT = 500

PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
    "frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
# A mail is foreign markup: no script, no form, an opaque origin of its own; links open in another tab.
MAIL_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src * data:; font-src data:; form-action 'none'; "
    "frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox"
)
LOOPBACK_HOSTS = frozenset({"127.0.0.1", "localhost", "::1"})

Route = tuple[str, re.Pattern[str], str]


class HttpServer(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, store: MessageStore, host: str, port: int) -> None:
        self.store = store
        self.started = time.monotonic()
        super().__init__((host, port), Handler)

    def server_bind(self) -> None:
        # HTTPServer's own bind asks DNS for the machine's name, which can take seconds.
        TCPServer.server_bind(self)
        host, self.server_port = self.server_address[:2]
        self.server_name = str(host)


class Handler(BaseHTTPRequestHandler):
    server: HttpServer
    protocol_version = "HTTP/1.1"
    server_version = "mailbox"
    sys_version = ""
    timeout = 30

    routes: ClassVar[tuple[Route, ...]] = tuple(
        (method, re.compile(path), name)
        for method, path, name in (
            ("GET", r"/api/v1/messages", "list_messages"),
            ("DELETE", r"/api/v1/messages", "delete_messages"),
            ("GET", r"/api/v1/search", "search_messages"),
            ("GET", r"/api/v1/info", "show_info"),
            ("POST", r"/2010-04-01/Accounts/(\w+)/Messages\.json", "receive_text"),
            ("GET", r"/api/v1/message/(\w+)", "show_message"),
            ("GET", r"/api/v1/message/(\w+)/headers", "show_headers"),
            ("GET", r"/api/v1/message/(\w+)/raw", "show_raw"),
            ("GET", r"/api/v1/message/(\w+)/part/([\d.]+)", "show_part"),
            ("GET", r"/view/(\w+)\.html", "show_html"),
            ("GET", r"/(?:livez|readyz)", "show_alive"),
            ("GET", r"/()", "show_static"),
            ("GET", r"/static/([a-z]+\.[a-z]+)", "show_static"),
        )
    )

    def do_GET(self) -> None:
        self._route("GET")

    def do_HEAD(self) -> None:
        self._route("GET")

    def do_POST(self) -> None:
        self._route("POST")

    def do_DELETE(self) -> None:
        self._route("DELETE")

    def list_messages(self) -> None:
        self._json(mailpit.message_list(self.server.store, query="", **self._window()))

    def search_messages(self) -> None:
        query = self._query("query")
        if not query.strip():
            self._text(HTTPStatus.BAD_REQUEST, "Error: no search query")
            return
        self._json(mailpit.message_list(self.server.store, query=query, **self._window()))

    def delete_messages(self) -> None:
        try:
            body = json.loads(self._body() or b"{}")
            mail_ids = [str(each) for each in body.get("IDs") or ()]
        except (ValueError, AttributeError, TypeError):
            self._text(HTTPStatus.BAD_REQUEST, 'Error: the body must be JSON such as {"IDs": []}')
            return
        if mail_ids:
            self.server.store.delete(mail_ids)
        else:
            self.server.store.delete_all()
        self._text(HTTPStatus.OK, "ok")

    def receive_text(self, account: str) -> None:
        try:
            mail = texts.as_mail(self._body())
        except ValueError:
            mail = None
        if mail is None:
            self._json({"code": 21604, "message": "A text needs To and Body."}, HTTPStatus.BAD_REQUEST)
            return
        recipient, content = mail
        mail_id = self.server.store.add(content, sender=texts.SENDER, recipients=[recipient])
        self._json({"sid": f"SM{mail_id}", "account_sid": account, "status": "queued"}, HTTPStatus.CREATED)

    def show_info(self) -> None:
        uptime = int(time.monotonic() - self.server.started)
        self._json(mailpit.info(self.server.store, uptime_seconds=uptime))

    def show_message(self, mail_id: str) -> None:
        def answer(mail: Mail) -> None:
            self.server.store.mark_read(mail.id)
            self._json(mailpit.message(mail))

        self._with_mail(mail_id, answer)

    def show_headers(self, mail_id: str) -> None:
        self._with_mail(mail_id, lambda mail: self._json(mailpit.headers(mail)))

    def show_raw(self, mail_id: str) -> None:
        raw = self.server.store.raw(self._resolve(mail_id))
        if raw is None:
            self._not_found()
        else:
            self._send(HTTPStatus.OK, "text/plain; charset=utf-8", raw)

    def show_html(self, mail_id: str) -> None:
        def answer(mail: Mail) -> None:
            page = _framed(mail).encode("utf-8", "replace")
            self._send(HTTPStatus.OK, "text/html; charset=utf-8", page, policy=MAIL_POLICY)

        self._with_mail(mail_id, answer)

    def show_part(self, mail_id: str, part_id: str) -> None:
        part = self.server.store.part(self._resolve(mail_id), part_id)
        if part is None:
            self._not_found()
            return
        self._send(HTTPStatus.OK, part.content_type, part.content, policy=MAIL_POLICY, download=True)

    def show_alive(self) -> None:
        self._text(HTTPStatus.OK, "ok")

    def show_static(self, name: str) -> None:
        path = STATIC / (name or "mailbox.html")
        if not path.is_file():
            self._not_found()
            return
        content_type = f"{CONTENT_TYPES[path.suffix]}; charset=utf-8"
        self._send(HTTPStatus.OK, content_type, path.read_bytes(), policy=PAGE_POLICY)

    def log_message(self, format: str, *args: object) -> None:
        """The page polls: a line for each request would drown the developer's console."""

    def _route(self, method: str) -> None:
        # A foreign site that rebinds its name to 127.0.0.1 must not read one-time codes.
        if urlsplit(f"//{self.headers.get('Host', '')}").hostname not in LOOPBACK_HOSTS:
            self._text(HTTPStatus.FORBIDDEN, "Error: this mailbox answers on loopback names only")
            return
        path = urlsplit(self.path).path
        allowed = False
        for route_method, pattern, name in self.routes:
            found = pattern.fullmatch(path)
            if found and route_method == method:
                action: Callable[..., None] = getattr(self, name)
                action(*found.groups())
                return
            allowed = allowed or found is not None
        if allowed:
            self._text(HTTPStatus.METHOD_NOT_ALLOWED, "405 method not allowed")
        else:
            self._not_found()

    def _with_mail(self, mail_id: str, answer: Callable[[Mail], None]) -> None:
        mail = self.server.store.get(self._resolve(mail_id))
        if mail is None:
            self._not_found()
        else:
            answer(mail)

    def _resolve(self, mail_id: str) -> str:
        return (self.server.store.latest_id() or "") if mail_id == "latest" else mail_id

    def _query(self, name: str) -> str:
        return parse_qs(urlsplit(self.path).query).get(name, [""])[0]

    def _window(self) -> dict[str, int]:
        start, limit = self._query("start"), self._query("limit")
        return {
            "start": int(start) if start.isdecimal() else 0,
            "limit": min(int(limit), MAX_LIMIT) if limit.isdecimal() else mailpit.DEFAULT_LIMIT,
        }

    def _body(self) -> bytes:
        length = self.headers.get("Content-Length", "0")
        if not length.isdecimal() or int(length) > MAX_BODY_BYTES:
            self.close_connection = True
            raise ValueError("unreadable body length")
        return self.rfile.read(int(length))

    def _json(self, document: object, status: HTTPStatus = HTTPStatus.OK) -> None:
        self._send(status, "application/json", json.dumps(document).encode())

    def _text(self, status: HTTPStatus, text: str) -> None:
        self._send(status, "text/plain; charset=utf-8", text.encode())

    def _not_found(self) -> None:
        self._text(HTTPStatus.NOT_FOUND, "404 page not found")

    def _send(
        self,
        status: HTTPStatus,
        content_type: str,
        content: bytes,
        *,
        policy: str = "default-src 'none'; sandbox",
        download: bool = False,
    ) -> None:
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Content-Security-Policy", policy)
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Referrer-Policy", "no-referrer")
        self.send_header("Cache-Control", "no-store")
        if download:
            self.send_header("Content-Disposition", "attachment")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)


def _framed(mail: Mail) -> str:
    html = mail.html
    for part in mail.parts:
        if part.content_id:
            html = html.replace(f"cid:{part.content_id}", f"/api/v1/message/{mail.id}/part/{part.part_id}")
    base = '<base target="_blank">'
    opened, tag = re.subn(r"(<head\b[^>]*>)", rf"\1{base}", html, count=1, flags=re.IGNORECASE)
    return opened if tag else base + html
