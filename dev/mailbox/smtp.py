"""The SMTP side: accepts every sender and recipient, and answers 250 only once the mail is on disk."""

import asyncio
import logging
import socket

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from dev.mailbox.store import MessageStore

MAX_MESSAGE_BYTES = 10 * 1024 * 1024

logger = logging.getLogger(__name__)


class Receiver:
    def __init__(self, store: MessageStore) -> None:
        self._store = store

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        content = envelope.original_content or b""
        try:
            mail_id = await asyncio.to_thread(
                self._store.add, content, sender=envelope.mail_from or "", recipients=envelope.rcpt_tos
            )
        except OSError as error:
            logger.warning("could not store a mail: %s", error)
            return "452 The mailbox could not write to its directory"
        return f"250 Message accepted as {mail_id}"


class SmtpServer(Controller):
    """Listens on a socket that is bound already: port 0 and a taken port are settled by the caller."""

    def __init__(self, store: MessageStore, listener: socket.socket) -> None:
        host, port = listener.getsockname()[:2]
        super().__init__(
            Receiver(store),
            hostname=host,
            port=port,
            server_hostname="localhost",
            ident="development mailbox",
            data_size_limit=MAX_MESSAGE_BYTES,
        )
        self._listener = listener

    async def _create_server(self) -> asyncio.AbstractServer:
        return await self.loop.create_server(self._factory_invoker, sock=self._listener)
