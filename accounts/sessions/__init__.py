"""Sessions: opened at sign-in, rotated at refresh, ended by many causes."""

from accounts.events.device import Device
from accounts.sessions.families import (
    RefreshInProgress,
    RefreshTokenInvalid,
    TokenPair,
    end_all_sessions,
    end_session,
    open_session,
    purge_sessions,
    rotate,
)

__all__ = [
    "Device",
    "RefreshInProgress",
    "RefreshTokenInvalid",
    "TokenPair",
    "end_all_sessions",
    "end_session",
    "open_session",
    "purge_sessions",
    "rotate",
]
