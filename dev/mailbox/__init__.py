"""A mailbox for development: mail sent to it is kept, shown on a page, served as JSON and never forwarded."""

from dev.mailbox.message import Mail
from dev.mailbox.server import Mailbox, PortTakenError

__all__ = ["Mail", "Mailbox", "PortTakenError"]
