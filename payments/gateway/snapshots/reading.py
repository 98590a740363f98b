"""The small readings that every snapshot needs."""

from datetime import UTC, datetime
from typing import Any

Fields = dict[str, Any]


def reference(value: Any) -> str:
    """The id of an object that may stand there as its id, expanded, or not at all."""
    return str(value["id"] if isinstance(value, dict) else value or "")


def fingerprint(method: Any) -> str:
    """What Stripe calls the card by, whoever uses it; "" for anything but an expanded card."""
    return str((method.get("card") or {}).get("fingerprint") or "") if isinstance(method, dict) else ""


def moment(seconds: int | None) -> datetime | None:
    return None if seconds is None else known_moment(seconds)


def known_moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
