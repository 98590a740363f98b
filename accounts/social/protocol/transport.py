"""The one way to Google and Apple: known hosts, seconds, no redirects, small answers, an outage named as such.

It is the transport of allauth's sessions and of ours, so that what allauth fetches is held by the same rules.
"""

from typing import Any

import requests
import structlog
from django.db import connection
from requests.adapters import HTTPAdapter

from accounts.models import IdentityProvider
from accounts.social.protocol import key_documents
from accounts.social.protocol.configuration import provider_at, relocated
from accounts.social.protocol.errors import NetworkCallInsideTransaction, ProviderUnavailable
from numerai.common.pause import Pause

log = structlog.get_logger(__name__)

TIMEOUT_SECONDS = 5
LARGEST_ANSWER = 256 * 1024
# After a failure the others are told at once, instead of each waiting for the time-out.
pauses = {provider: Pause(shortest=1, longest=10) for provider in IdentityProvider}


def new_session() -> requests.Session:
    """A session that reaches Google and Apple and nobody else. Raises ProviderUnavailable where requests would raise
    for a failing network, and for answers that are no answers: 3xx, 429, 5xx, or too long."""
    session = requests.Session()
    session.adapters.clear()
    session.mount("https://", Transport())
    return session


class Transport(HTTPAdapter):
    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        url = str(request.url)
        provider = provider_at(url)
        if provider is None:
            raise ValueError("Neither Google's address nor Apple's.")
        if request.headers.get("Cache-Control") != "no-cache" and (kept := key_documents.kept(url)):
            return _from_memory(request, kept)
        if connection.in_atomic_block:
            raise NetworkCallInsideTransaction("Commit before calling Google or Apple.")
        if pauses[provider].is_on():
            raise ProviderUnavailable
        request.url = relocated(url, provider)
        return self._answer_to(request, provider, kwargs)

    def _answer_to(
        self, request: requests.PreparedRequest, provider: IdentityProvider, options: dict[str, Any]
    ) -> requests.Response:
        try:
            response = super().send(request, **options | {"stream": True, "timeout": TIMEOUT_SECONDS})
            with response:
                content = _limited(response)
        except requests.RequestException as error:
            raise _outage(provider, type(error).__name__) from error
        if response.status_code >= 500 or response.is_redirect or response.status_code == 429:
            raise _outage(provider, str(response.status_code))
        pauses[provider].end()
        response._content = content
        return response


def _limited(response: requests.Response) -> bytes:
    content = b""
    for chunk in response.iter_content(64 * 1024):
        content += chunk
        if len(content) > LARGEST_ANSWER:
            raise requests.ConnectionError("The answer is too long.")
    return content


def _outage(provider: IdentityProvider, reason: str) -> ProviderUnavailable:
    pauses[provider].begin()
    log.warning("provider_unavailable", provider=provider.value, reason=reason)
    return ProviderUnavailable()


def _from_memory(request: requests.PreparedRequest, content: bytes) -> requests.Response:
    response = requests.Response()
    response.status_code, response.url, response.request = 200, str(request.url), request
    response.headers["Content-Type"] = "application/json"
    response._content = content
    return response
