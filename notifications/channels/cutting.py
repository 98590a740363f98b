"""Words made to fit, and links made safe."""

import hashlib
from collections.abc import Callable
from typing import Any

from notifications.channels.base import Letter
from numerai.common import clock

ELLIPSIS = "…"
DAY = 24 * 3600


def fitted(message: str, limit: int, encoded: Callable[[str], bytes]) -> bytes:
    """``encoded(message)``, with as much cut off the end of ``message`` as brings it within ``limit`` bytes."""
    whole = encoded(message)
    if len(whole) <= limit:
        return whole
    low, high = 0, len(message)
    while low < high:
        middle = (low + high + 1) // 2
        if len(encoded(message[:middle].rstrip() + ELLIPSIS)) <= limit:
            low = middle
        else:
            high = middle - 1
    return encoded(message[:low].rstrip() + ELLIPSIS)


def topic(letter: Letter) -> str:
    """What the newest of a group, or a repeated attempt, takes the place of: 32 characters that fit into a URL."""
    about = f"{letter.kind.name}:{letter.group_key}" if letter.group_key else str(letter.public_id)
    return hashlib.sha256(about.encode()).hexdigest()[:32]


def link(context: dict[str, Any]) -> str:
    """Where a tap leads; "" if nowhere. Templates and pushes get the same, which is http(s) only."""
    return str(context.get("action_url", ""))


def seconds_to_live(letter: Letter) -> int:
    """For how long a provider may keep it for a device that is off."""
    if letter.expires_at is None:
        return DAY
    return max(1, int((letter.expires_at - clock.now()).total_seconds()))
