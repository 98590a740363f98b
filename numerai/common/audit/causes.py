import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from uuid import UUID

from celery import current_app
from django.http import HttpRequest

from numerai.common.http.client_ip import client_ip
from numerai.common.models import ActorKind, CauseKind

Kind = Literal["request", "event", "operation", "reconcile", "command"]


@dataclass(frozen=True)
class Actor:
    kind: ActorKind
    id: str = ""


SYSTEM = Actor(ActorKind.SYSTEM)
STRIPE = Actor(ActorKind.STRIPE)


@dataclass(frozen=True)
class Cause:
    """Why rows change now. ``request`` is the one in which it happens, if it happens in one; who sent it is only asked
    when something is recorded, because authentication comes after the middleware."""

    kind: CauseKind
    id: str
    named_actor: Actor | None = None
    request: HttpRequest | None = None

    @property
    def actor(self) -> Actor:
        if self.named_actor is not None:
            return self.named_actor
        return _sender_of(self.request) if self.request is not None else SYSTEM

    @property
    def request_id(self) -> str:
        return str(getattr(self.request, "request_id", ""))

    @property
    def client_address(self) -> str:
        return client_ip(self.request) if self.request is not None else ""


_current: ContextVar[Cause | None] = ContextVar("audit_cause", default=None)


@contextmanager
def cause(kind: Kind, id: str | UUID, *, actor: Actor | None = None) -> Iterator[None]:
    """Everything recorded inside is caused by this. Without ``actor`` it is Stripe for an event, else whoever acts
    around it: the sender of the request, or the system."""
    outer = _current.get()
    if actor is None:
        around = outer.named_actor if outer else None
        actor = STRIPE if kind == "event" else around
    with _holding(Cause(CauseKind(kind), str(id), actor, outer.request if outer else None)):
        yield


@contextmanager
def in_request(request: HttpRequest, request_id: str) -> Iterator[None]:
    """The cause of what a request does; for the middleware."""
    with _holding(Cause(CauseKind.REQUEST, request_id, request=request)):
        yield


def current_cause() -> Cause:
    """The nearest cause; the task or the program that runs when none was named."""
    return _current.get() or Cause(CauseKind.COMMAND, _what_runs())


@contextmanager
def _holding(new: Cause) -> Iterator[None]:
    token = _current.set(new)
    try:
        yield
    finally:
        _current.reset(token)


def _sender_of(request: HttpRequest) -> Actor:
    """Only what authentication has found already: no query is made for this."""
    person = getattr(request, "user_id", None)
    if person:
        return Actor(ActorKind.PERSON, str(person))
    user = getattr(request, "_cached_user", None)
    if user is None or user.pk is None:
        return Actor(ActorKind.PERSON)
    return Actor(ActorKind.OPERATOR if user.is_staff else ActorKind.PERSON, str(user.pk))


def _what_runs() -> str:
    task = current_app.current_task
    if task is not None:
        return str(task.name)
    return " ".join([Path(sys.argv[0]).name, *sys.argv[1:2]])[:255]
