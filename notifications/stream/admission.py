"""Who may open a stream: whoever the API itself would know, or who shows a ticket.

A ticket opens one stream, once, soon: it is for EventSource, which cannot send a header. No token ever stands in a URL.
Everything here asks the database or Redis, so the event loop calls it in a thread.
"""

import hashlib
import json
import secrets
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, cast
from uuid import UUID

import redis
from django.conf import settings
from django.http import HttpRequest
from django.utils.module_loading import import_string
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request
from rest_framework.settings import api_settings

from numerai.common.errors import NotAuthenticated, ServiceUnavailable
from numerai.common.redis import connection

TICKET_SECONDS = 30
NOT_SIGNED_IN = "Your sign-in is missing or no longer valid. Please sign in again."
USED = "This ticket has been used or has run out. Ask for a new one."


class Access(Protocol):
    """What the API's authentication must tell of whom it knows."""

    @property
    def session_id(self) -> UUID: ...
    @property
    def expires_at(self) -> datetime: ...


@dataclass(frozen=True, slots=True)
class Visitor:
    """Whose stream it is, by which session, and until when what they showed is valid."""

    user_id: UUID
    session_id: UUID
    expires_at: datetime


def by_header(authorization: str) -> Visitor:
    """Whoever the API's own authentication knows. Raises NotAuthenticated."""
    http = HttpRequest()
    http.method = "GET"
    http.META["HTTP_AUTHORIZATION"] = authorization
    classes: list[type[BaseAuthentication]] = list(api_settings.DEFAULT_AUTHENTICATION_CLASSES)  # type: ignore[arg-type]
    request = Request(http, authenticators=[each() for each in classes])
    try:
        return visitor_of(request)
    except AuthenticationFailed:
        raise NotAuthenticated(NOT_SIGNED_IN) from None


def visitor_of(request: Request) -> Visitor:
    """Raises NotAuthenticated when nobody has signed in."""
    if not request.user.is_authenticated:
        raise NotAuthenticated(NOT_SIGNED_IN)
    access = cast(Access, request.auth)
    return Visitor(request.user.pk, access.session_id, access.expires_at)


def issue_ticket(visitor: Visitor) -> str:
    """A ticket for ``visitor``, of which only a digest is kept. Raises ServiceUnavailable without Redis."""
    ticket = secrets.token_urlsafe(32)
    holder = json.dumps([visitor.user_id.hex, visitor.session_id.hex, visitor.expires_at.isoformat()])
    try:
        connection().set(_key(ticket), holder, ex=TICKET_SECONDS)
    except redis.RedisError:
        raise ServiceUnavailable(retry_after=5) from None
    return ticket


def by_ticket(ticket: str) -> Visitor:
    """Whom it was issued to, if their session still lives. Raises NotAuthenticated, and ServiceUnavailable as above."""
    try:
        holder = connection().getdel(_key(ticket))
    except redis.RedisError:
        raise ServiceUnavailable(retry_after=5) from None
    if holder is None:
        raise NotAuthenticated(USED)
    user_id, session_id, expires_at = json.loads(holder)
    visitor = Visitor(UUID(user_id), UUID(session_id), datetime.fromisoformat(expires_at))
    if not living([visitor.session_id]):
        raise NotAuthenticated(USED)
    return visitor


def living(session_ids: Collection[UUID]) -> set[UUID]:
    """Which of the sessions have not ended, as says whoever keeps them."""
    ask: Callable[[Collection[UUID]], set[UUID]] = import_string(settings.STREAM_LIVING_SESSIONS)
    return ask(session_ids)


def _key(ticket: str) -> str:
    return f"live:ticket:{hashlib.sha256(ticket.encode()).hexdigest()}"
