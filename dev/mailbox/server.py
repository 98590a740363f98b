"""The mailbox as one object: an SMTP server, an HTTP server and the directory they share."""

import errno
import socket
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread

from dev.mailbox.http import HttpServer
from dev.mailbox.message import Mail
from dev.mailbox.smtp import SmtpServer
from dev.mailbox.store import MessageStore

HOST = "127.0.0.1"


class PortTakenError(OSError):
    """A port could not be listened on; says which, and which variable chooses another."""

    def __init__(self, *, variable: str, port: int, cause: OSError) -> None:
        self.variable = variable
        self.port = port
        reason = "is already taken" if cause.errno == errno.EADDRINUSE else f"cannot be used ({cause.strerror})"
        super().__init__(f"port {port} on {HOST} {reason}: set {variable} to another one")


class Mailbox:
    """Listens on loopback only. Port 0 takes a free one; without a directory the mails end with it."""

    def __init__(self, smtp_port: int = 0, http_port: int = 0, directory: Path | str | None = None) -> None:
        self.smtp_port = smtp_port
        self.http_port = http_port
        self._directory = Path(directory) if directory is not None else None
        self._temporary: TemporaryDirectory[str] | None = None
        self._store: MessageStore | None = None
        self._smtp: SmtpServer | None = None
        self._http: HttpServer | None = None
        self._thread: Thread | None = None

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.http_port}"

    @property
    def store(self) -> MessageStore:
        if self._store is None:
            raise RuntimeError("the mailbox is not started")
        return self._store

    def start(self) -> "Mailbox":
        """Raises PortTakenError, with nothing left listening."""
        store = MessageStore(self._open_directory())
        try:
            listener = _listen(self.smtp_port)
            self.smtp_port = listener.getsockname()[1]
            try:
                self._http = _serve(store, self.http_port)
            except PortTakenError:
                listener.close()
                raise
        except PortTakenError:
            self.stop()
            raise
        self.http_port = self._http.server_port
        self._thread = Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        self._thread.start()
        self._smtp = SmtpServer(store, listener)
        self._smtp.start()
        self._store = store
        return self

    def stop(self) -> None:
        if self._smtp is not None:
            self._smtp.stop()
        if self._http is not None and self._thread is not None:
            self._http.shutdown()
            self._http.server_close()
            self._thread.join()
        if self._temporary is not None:
            self._temporary.cleanup()
        self._smtp = self._http = self._thread = self._temporary = self._store = None

    def messages(self, query: str = "") -> list[Mail]:
        """Every mail, newest first, or those that a search such as `to:alice@example.com` finds."""
        mails = (self.store.get(entry.mail.id) for entry in self.store.search(query))
        return [mail for mail in mails if mail is not None]

    def clear(self) -> None:
        self.store.delete_all()

    def __enter__(self) -> "Mailbox":
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _open_directory(self) -> Path:
        if self._directory is not None:
            return self._directory
        self._temporary = TemporaryDirectory(prefix="mailbox-")
        return Path(self._temporary.name)


def _listen(port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((HOST, port))
        listener.listen()
    except OSError as error:
        listener.close()
        raise PortTakenError(variable="SMTP_PORT", port=port, cause=error) from error
    return listener


def _serve(store: MessageStore, port: int) -> HttpServer:
    try:
        return HttpServer(store, HOST, port)
    except OSError as error:
        raise PortTakenError(variable="MAILBOX_PORT", port=port, cause=error) from error
