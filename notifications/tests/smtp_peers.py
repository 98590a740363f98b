"""Mail servers that misbehave, on real sockets."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

OK = "250 OK"


@dataclass
class Script:
    """What the server answers to each command, and the mails it took."""

    mail: str = OK
    rcpt: str = OK
    data: str = OK
    quit: str = "221 Bye"
    taken: list[Envelope] = field(default_factory=list)

    def but(self, **answers: str) -> "Script":
        for command, answer in answers.items():
            setattr(self, command, answer)
        return self

    async def handle_MAIL(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        envelope.mail_from = address
        return self.mail

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.rcpt == OK:
            envelope.rcpt_tos.append(address)
        return self.rcpt

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.data == OK:
            self.taken.append(envelope)
        return self.data

    async def handle_QUIT(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        return self.quit


@contextmanager
def scripted(script: Script) -> Iterator[int]:
    """Runs a server that follows ``script``; yields its port."""
    controller = Controller(script, hostname="127.0.0.1", port=free_port(), server_hostname="localhost")
    controller.start()
    try:
        yield controller.port
    finally:
        controller.stop()


@contextmanager
def silent() -> Iterator[int]:
    """A server that accepts connections and never says a word; yields its port."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


def free_port() -> int:
    """A port on which nobody listens at this moment."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])
