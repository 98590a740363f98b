"""What happens to the safety of accounts, kept as evidence."""

from accounts.events.recording import record
from accounts.models.security_event import EventKind

__all__ = ["EventKind", "record"]
