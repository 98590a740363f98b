"""Short, bounded calls, and never inside a transaction."""

import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from urllib.parse import SplitResult, urlsplit

from django.db import connection as database

from numerai.common.outbound.hurry import Deadline, Hurried, NotPublic, connected

LARGEST_ANSWER = 1024 * 1024


class CallInsideTransaction(RuntimeError):
    """A mistake in our code: a slow server would hold locks."""


class NoAnswer(Exception):
    """Nothing came back that is HTTP. ``is_slow`` if time ran out: then the server may have done what was asked;
    ``is_refused`` if we may not go there; ``is_unheard`` if it was not even reached."""

    def __init__(self, cause: Exception) -> None:
        super().__init__(type(cause).__name__)
        self.is_slow = isinstance(cause, TimeoutError)
        self.is_refused = isinstance(cause, NotPublic)
        self.is_unheard = self.is_refused or isinstance(cause, ConnectionRefusedError | socket.gaierror)


@dataclass(frozen=True, slots=True)
class Answer:
    """Names of headers are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def call(
    method: str,
    url: str,
    *,
    headers: Mapping[str, str] | None = None,
    body: bytes | None = None,
    seconds: float,
    is_public_only: bool = False,
) -> Answer:
    """One request to ``url``, over ``seconds`` after connecting to it began, however the server dawdles.

    A redirect is an answer like any other and is not followed. ``is_public_only`` for an address that other people
    chose: then every address behind its name must be of the open internet. Raises NoAnswer, also for more than a
    megabyte.
    """
    if database.in_atomic_block:
        raise CallInsideTransaction("Commit before calling another server.")
    parts = urlsplit(url)
    peer: HTTPConnection | None = None
    try:
        peer = _connection(parts, Deadline(seconds), is_public_only=is_public_only)
        peer.request(method, f"{parts.path or '/'}{'?' if parts.query else ''}{parts.query}", body, dict(headers or {}))
        answer = peer.getresponse()
        content = answer.read(LARGEST_ANSWER + 1)
        if len(content) > LARGEST_ANSWER:
            raise HTTPException("too large")
        return Answer(answer.status, {name.lower(): value for name, value in answer.getheaders()}, content)
    except (OSError, HTTPException, ValueError) as error:
        raise NoAnswer(error) from error
    finally:
        if peer is not None:
            peer.close()


def _connection(parts: SplitResult, deadline: Deadline, *, is_public_only: bool) -> HTTPConnection:
    host = parts.hostname or ""
    is_secure = parts.scheme == "https"
    peer = HTTPSConnection(host, parts.port, context=_trust()) if is_secure else HTTPConnection(host, parts.port)
    inner = connected(host, peer.port, deadline, is_public_only=is_public_only)
    if is_secure:
        try:
            inner.settimeout(deadline.left())
            inner = _trust().wrap_socket(inner, server_hostname=host)
        except OSError:
            inner.close()
            raise
    peer.sock = Hurried(inner, deadline)
    return peer


@lru_cache(maxsize=1)
def _trust() -> ssl.SSLContext:
    return ssl.create_default_context()
