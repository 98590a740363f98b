"""What the callers of ``notify`` and ``notify_many`` ask for, checked and brought into form once for both."""

import json
import re
from typing import Any

from notifications.kinds import Kind
from notifications.vocabulary import Priority

SAFE_ACTION_URL = re.compile(r"/([^/\\].*)?|https?://.+")


def refuse_unsafe(action_url: str) -> None:
    """Raises ValueError for what leads neither to an http(s) address nor to a path of the frontend."""
    if action_url and not SAFE_ACTION_URL.fullmatch(action_url):
        raise ValueError(f"An action leads to an http(s) address or a path of the frontend, not to {action_url!r}.")


def plain(context: dict[str, Any] | None) -> dict[str, Any]:
    """A copy made of JSON values only: a template given a model could call its methods. Raises
    TypeError, ValueError."""
    return dict(json.loads(json.dumps(context or {}, allow_nan=False)))


def priority_of(kind: Kind, wanted: str | None) -> Priority:
    """``wanted``, or what becomes ``kind``. Raises ValueError."""
    return Priority(wanted or (Priority.CRITICAL if kind.critical else Priority.NORMAL))
