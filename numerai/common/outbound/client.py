"""Short, bounded calls, and never inside a transaction."""

import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from urllib.parse import urlsplit

from django.db import connection as database

LARGEST_ANSWER = 1024 * 1024


class CallInsideTransaction(RuntimeError):
    """A mistake in our code: a slow server would hold locks."""


class NoAnswer(Exception):
    """Nothing came back that is HTTP. ``is_slow`` if time ran out: then the server may have done what was asked."""

    def __init__(self, cause: Exception) -> None:
        super().__init__(type(cause).__name__)
        self.is_slow = isinstance(cause, TimeoutError)


@dataclass(frozen=True, slots=True)
class Answer:
    """Names of headers are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def call(
    method: str, url: str, *, headers: Mapping[str, str] | None = None, body: bytes | None = None, seconds: float
) -> Answer:
    """One request to ``url``, which comes from the settings; every wait within it ends after ``seconds``.

    A redirect is an answer like any other and is not followed. Raises NoAnswer, also for more than a megabyte.
    """
    if database.in_atomic_block:
        raise CallInsideTransaction("Commit before calling another server.")
    parts = urlsplit(url)
    peer = _connection(parts.scheme, parts.hostname or "", parts.port, seconds)
    try:
        peer.request(method, f"{parts.path or '/'}{'?' if parts.query else ''}{parts.query}", body, dict(headers or {}))
        answer = peer.getresponse()
        content = answer.read(LARGEST_ANSWER + 1)
        if len(content) > LARGEST_ANSWER:
            raise HTTPException("too large")
        return Answer(answer.status, {name.lower(): value for name, value in answer.getheaders()}, content)
    except (OSError, HTTPException) as error:
        raise NoAnswer(error) from error
    finally:
        peer.close()


def _connection(scheme: str, host: str, port: int | None, seconds: float) -> HTTPConnection:
    if scheme == "https":
        return HTTPSConnection(host, port, timeout=seconds, context=_trust())
    return HTTPConnection(host, port, timeout=seconds)


@lru_cache(maxsize=1)
def _trust() -> ssl.SSLContext:
    return ssl.create_default_context()
