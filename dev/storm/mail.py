"""A mail server that can fall silent."""

import asyncio
import logging
from collections.abc import Callable

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from dev.services import free_port

OK = "250 OK"
# The library tells every line that is spoken.
logging.getLogger("mail.log").setLevel(logging.WARNING)


class MailServer:
    """Listens on loopback between entering and leaving, and calls ``on_taken`` with the recipient of each mail before
    it answers. While ``is_silent`` it answers no mail: every other one it has taken, and of the rest it has nothing.
    """

    def __init__(self, on_taken: Callable[[str], None]) -> None:
        self._on_taken = on_taken
        self.is_silent = False
        self.unanswered: list[str] = []
        self._controller = Controller(self, hostname="127.0.0.1", port=free_port(), server_hostname="localhost")

    @property
    def port(self) -> int:
        return int(self._controller.port)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        (address,) = envelope.rcpt_tos
        if self.is_silent:
            self.unanswered.append(address)
            if len(self.unanswered) % 2:
                self._on_taken(address)
            await asyncio.Event().wait()
        self._on_taken(address)
        return OK

    def __enter__(self) -> "MailServer":
        self._controller.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._controller.stop()
