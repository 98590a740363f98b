"""Server-sent events as bytes. JSON stands on one line, so nothing in it can end a field."""

import json
from typing import Any

CONTENT_TYPE = "text/event-stream"
RETRY_MILLISECONDS = 3000
OPENING = f"retry: {RETRY_MILLISECONDS}\n\n".encode()
KEEP_ALIVE = b":\n\n"


def event(event_type: str, data: dict[str, Any], *, identifier: int | None = None) -> bytes:
    """One event; without an ``identifier`` the page goes on from the one that it had before."""
    name = "" if identifier is None else f"id: {identifier}\n"
    return f"{name}event: {event_type}\ndata: {json.dumps(data, separators=(',', ':'))}\n\n".encode()


def happened(version: int, event_type: str, data: dict[str, Any]) -> bytes:
    """An event that stands in the database."""
    return event(event_type, data | {"version": version}, identifier=version)


def last_event_id(text: str) -> int:
    """The version that a page had last; -1, which nobody ever had, for what is not one of ours."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else -1
