"""For client libraries that insist on ``requests``: what they send goes through ``call``, with all its limits."""

from collections.abc import Mapping
from http.client import responses

import requests
from requests.adapters import BaseAdapter

from numerai.common.outbound.client import NoAnswer, call


class BoundedAdapter(BaseAdapter):
    """Sends through ``call`` within ``seconds``, whatever time the library would give itself."""

    def __init__(self, *, seconds: float, is_public_only: bool = False) -> None:
        super().__init__()
        self._seconds = seconds
        self._is_public_only = is_public_only

    def send(  # noqa: PLR0917 - its base has these
        self,
        request: requests.PreparedRequest,
        stream: bool = False,
        timeout: object = None,
        verify: object = True,
        cert: object = None,
        proxies: Mapping[str, str] | None = None,
    ) -> requests.Response:
        body = request.body.encode() if isinstance(request.body, str) else request.body
        try:
            answer = call(
                request.method or "GET",
                request.url or "",
                headers=request.headers,
                body=body,
                seconds=self._seconds,
                is_public_only=self._is_public_only,
            )
        except NoAnswer as error:
            kind = requests.Timeout if error.is_slow else requests.ConnectionError
            raise kind(str(error), request=request) from error
        response = requests.Response()
        response.status_code = answer.status
        response.reason = responses.get(answer.status, "")
        response.headers.update(answer.headers)
        if 300 <= answer.status < 400:
            # Without the place that it names a redirect is an answer like any other.
            response.headers.pop("location", None)
        response._content = answer.body
        response.url = request.url or ""
        response.request = request
        return response

    def close(self) -> None:
        """Every call closes its own connection."""


def bound(session: requests.Session, *, seconds: float, is_public_only: bool = False) -> requests.Session:
    """``session``, which from now on waits ``seconds`` for each answer altogether and follows no redirect."""
    session.trust_env = False
    for scheme in ("https://", "http://"):
        session.mount(scheme, BoundedAdapter(seconds=seconds, is_public_only=is_public_only))
    return session
