"""What an HTTP status means for a delivery, the same for every provider."""

import json
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import Any

from notifications.channels.base import DeliveryError, ErrorClass
from numerai.common import clock
from numerai.common.outbound import NoAnswer

THROTTLED = 429
# Request timeout, and too early: both pass.
PASSING = frozenset({408, 425})
OURS = frozenset({401, 403})
FINAL = frozenset({400, 404, 405, 406, 409, 410, 411, 412, 413, 414, 415, 422})
# It was not even looked at, whereas behind any other fault the message may have gone on its way.
NOT_LOOKED_AT = 503
UNKNOWN_ATTEMPTS = 3
HIDDEN = "•••"
LONGEST = 200


def refusal(code: str, status: int, headers: Mapping[str, str], detail: str = "") -> DeliveryError:
    """The error that an answer with ``status`` is. Names of ``headers`` are in lower case.

    What is neither success nor a refusal, such as a redirect, may be a passing fault on the way: tried a few times.
    """
    waits = retry_after(headers.get("retry-after", ""))
    if status == THROTTLED:
        return DeliveryError(ErrorClass.THROTTLED, code, detail, retry_after=waits)
    if status in PASSING or status >= 500:
        is_unsure = status != NOT_LOOKED_AT
        return DeliveryError(ErrorClass.TRANSIENT, code, detail, retry_after=waits, may_have_arrived=is_unsure)
    if status in OURS:
        return DeliveryError(ErrorClass.CONFIG, code, detail)
    if status in FINAL:
        return DeliveryError(ErrorClass.PERMANENT, code, detail)
    return DeliveryError(ErrorClass.TRANSIENT, code, detail, max_attempts=UNKNOWN_ATTEMPTS, may_have_arrived=True)


def no_answer(name: str, error: NoAnswer) -> DeliveryError:
    """The error that a silence of ``name`` is."""
    if error.is_refused:
        return DeliveryError(ErrorClass.PERMANENT, f"{name}_address_refused", is_dead=True)
    what = "timeout" if error.is_slow else "connection"
    return DeliveryError(ErrorClass.TRANSIENT, f"{name}_{what}", str(error), may_have_arrived=not error.is_unheard)


def retry_after(text: str) -> float | None:
    """The seconds that a Retry-After asks for: a number of them, or an HTTP date; None if it is neither."""
    text = text.strip()
    if text.isascii() and text.replace(".", "", 1).isdigit():
        return float(text)
    try:
        until = parsedate_to_datetime(text)
    except ValueError:
        return None
    if until.tzinfo is None:
        return None
    return max(0.0, (until - clock.now()).total_seconds())


def said(words: object, *secrets: str) -> str:
    """What a provider says of a refusal, for the operator and the owner to read, without ``secrets`` and not too long;
    "" if it is no text."""
    text = words if isinstance(words, str) else ""
    for secret in secrets:
        text = text.replace(secret, HIDDEN)
    return " ".join(text.split())[:LONGEST]


def document(body: bytes) -> dict[str, Any]:
    """The JSON object that an answer holds; an empty one if it holds none."""
    try:
        found = json.loads(body)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
