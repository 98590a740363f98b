"""Sessions: opened at sign-in, rotated at refresh, ended by many causes."""

from accounts.events.device import Device
from accounts.sessions.ending import end_all_sessions, end_session, purge_sessions
from accounts.sessions.families import (
    RefreshInProgress,
    RefreshTokenInvalid,
    TokenPair,
    log_out,
    open_session,
    rotate,
)

__all__ = [
    "Device",
    "RefreshInProgress",
    "RefreshTokenInvalid",
    "TokenPair",
    "end_all_sessions",
    "end_session",
    "log_out",
    "open_session",
    "purge_sessions",
    "rotate",
]
