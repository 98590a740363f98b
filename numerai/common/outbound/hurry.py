"""A connection that has so much time altogether, however slowly the other side drips its answer."""

import io
import socket
import time
from typing import Any

from numerai.common.outbound.addresses import is_public


class NotPublic(OSError):
    """The name leads to an address that is not of the open internet."""


class Deadline:
    """``left()`` is how many seconds remain; TimeoutError is raised when none do."""

    def __init__(self, seconds: float) -> None:
        self._ends = time.monotonic() + seconds

    def left(self) -> float:
        left = self._ends - time.monotonic()
        if left <= 0:
            raise TimeoutError("timed out")
        return left


def connected(host: str, port: int, deadline: Deadline, *, is_public_only: bool) -> socket.socket:
    """A socket to the first address of ``host`` that answers. Raises NotPublic if any of them is not; OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    if is_public_only and not all(is_public(str(address[0])) for *_, address in found):
        raise NotPublic(host)
    failure = OSError("no address")
    for family, kind, protocol, _, address in found:
        one = socket.socket(family, kind, protocol)
        try:
            one.settimeout(deadline.left())
            # The address that was looked at, and not the name again, which may have changed meanwhile.
            one.connect(address)
        except OSError as error:
            one.close()
            failure = error
        else:
            return one
    raise failure


class Hurried:
    """What http.client needs of a socket; each wait is as long as the deadline still allows."""

    def __init__(self, inner: socket.socket, deadline: Deadline) -> None:
        self._inner = inner
        self._deadline = deadline

    def sendall(self, data: Any) -> None:
        self._inner.settimeout(self._deadline.left())
        self._inner.sendall(data)

    def makefile(self, mode: str) -> io.BufferedReader:
        return io.BufferedReader(_Reading(self._inner, self._deadline))

    def close(self) -> None:
        self._inner.close()


class _Reading(io.RawIOBase):
    def __init__(self, inner: socket.socket, deadline: Deadline) -> None:
        self._inner = inner
        self._deadline = deadline
        self._raw = inner.makefile("rb", buffering=0)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        self._inner.settimeout(self._deadline.left())
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()
