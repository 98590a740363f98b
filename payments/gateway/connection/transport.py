from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import requests
import stripe
from urllib3.exceptions import NewConnectionError

REFUSED_UNSEEN = 429


class Sent:
    """Whether any try of one call may have reached somebody who carried it out."""

    def __init__(self) -> None:
        self.maybe = False


_sent: ContextVar[Sent | None] = ContextVar("payments_gateway_sent", default=None)


@contextmanager
def watching() -> Iterator[Sent]:
    """Watch the tries of the call in this block: the last error alone does not tell what became of those before."""
    sent = Sent()
    token = _sent.set(sent)
    try:
        yield sent
    finally:
        _sent.reset(token)


class WatchedClient(stripe.RequestsClient):
    def request(  # type: ignore[override]  # as the client that it extends does
        self, method: str, url: str, headers: Mapping[str, str] | None, post_data: Any = None
    ) -> tuple[bytes, int, Mapping[str, str]]:
        try:
            answer = super().request(method, url, headers, post_data)
        except stripe.APIConnectionError as error:
            _note(may_be_sent=not _never_connected(error))
            raise
        _note(may_be_sent=answer[1] != REFUSED_UNSEEN)
        return answer


def _note(*, may_be_sent: bool) -> None:
    sent = _sent.get()
    if sent is not None and may_be_sent:
        sent.maybe = True


def _never_connected(error: stripe.APIConnectionError) -> bool:
    cause = error.__cause__ or error.__context__
    if isinstance(cause, requests.exceptions.ConnectTimeout):
        return True
    reason = getattr(cause.args[0], "reason", None) if cause is not None and cause.args else None
    return isinstance(reason, NewConnectionError)
