"""Providers' public keys, and where they are: fetched one at a time, kept in the process while Cache-Control allows.

allauth asks for them at every sign-in; the transport answers it from here.
"""

import json
import re
import threading
import time
from dataclasses import dataclass
from typing import Any

import structlog

from accounts.social.protocol.errors import ProviderUnavailable

log = structlog.get_logger(__name__)

MAX_AGE = re.compile(r"(?:^|[\s,])max-age=(\d{1,9})")
UNSAID_SECONDS = 3600
SHORTEST_SECONDS, LONGEST_SECONDS = 60, 24 * 3600
# A token may name any key it likes: for an unknown one we look again, but not more often.
REFETCH_SECONDS = 60


@dataclass(frozen=True)
class Document:
    content: bytes
    key_ids: frozenset[str]
    fetched_at: float
    until: float


_documents: dict[str, Document] = {}
_tried_at: dict[str, float] = {}
_lock = threading.Lock()


def kept(url: str) -> bytes | None:
    """The document at ``url`` as long as it may be used."""
    document = _documents.get(url)
    return document.content if document and time.time() < document.until else None


def load(url: str, key_id: str = "") -> dict[str, Any]:
    """The document of keys at ``url``, fetched if none is kept, or if ``key_id`` is not in it and the last look is a
    minute old. Raises ProviderUnavailable."""
    with _lock:
        document = _documents.get(url)
        now = time.time()
        if document is None or now >= document.until:
            document = _fetch(url)
        elif key_id and key_id not in document.key_ids and now - _tried_at[url] >= REFETCH_SECONDS:
            document = _looked_again(url, document)
    keys: dict[str, Any] = json.loads(document.content)
    return keys


def forget() -> None:
    _documents.clear()
    _tried_at.clear()


def _looked_again(url: str, document: Document) -> Document:
    """An invented key must not cost the others the keys that we have."""
    try:
        return _fetch(url)
    except ProviderUnavailable:
        return document


def _fetch(url: str) -> Document:
    from accounts.social.protocol.transport import new_session

    _tried_at[url] = now = time.time()
    with new_session() as session:
        response = session.get(url, headers={"Cache-Control": "no-cache"})
    try:
        key_ids = _key_ids(response.content)
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        log.error("provider_keys_unusable", url=url)
        raise ProviderUnavailable from error
    _documents[url] = Document(response.content, key_ids, now, now + _lifetime(response.headers))
    return _documents[url]


def _key_ids(content: bytes) -> frozenset[str]:
    """The ids in a document of any form: certificates by id, a JWK set, or the address of one."""
    keys = json.loads(content)
    if "jwks_uri" in keys:
        ids = frozenset([keys["jwks_uri"]])
    elif "keys" in keys:
        ids = frozenset(key["kid"] for key in keys["keys"] if key["kty"] == "RSA" and key["n"] and key["e"])
    else:
        ids = frozenset(name for name, text in keys.items() if text.startswith("-----BEGIN CERTIFICATE-----"))
    if not ids or not all(isinstance(name, str) for name in ids):
        raise ValueError("There are no keys in it.")
    return ids


def _lifetime(headers: Any) -> float:
    found = MAX_AGE.search(headers.get("Cache-Control", "").lower())
    if found is None:
        return UNSAID_SECONDS
    age = headers.get("Age", "0")
    seconds = int(found[1]) - (int(age) if age.isdecimal() else 0)
    return float(min(max(seconds, SHORTEST_SECONDS), LONGEST_SECONDS))
