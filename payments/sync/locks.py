"""Locks that are held over a call to Stripe: PostgreSQL's session-level advisory locks, so no transaction stays open.

A worker that dies loses its connection and with it its locks. The order is always person before customer. These locks
need a connection of their own: behind a pooler in transaction mode they do not hold.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from django.db import OperationalError, connection

# Below the statement timeout of production, which would cut the wait short with another error.
CUSTOMER_WAIT_SECONDS = 20.0
LOCK_NOT_AVAILABLE = "55P03"


class LockTimeout(Exception):
    """Somebody else has been working on the same object for longer than we could wait."""


@contextmanager
def customer_lock(stripe_customer_id: str, *, wait_seconds: float | None = None) -> Iterator[None]:
    """Taken before looking at Stripe and held until what was seen is written, so an old look never wins."""
    with _held(f"payments:customer:{stripe_customer_id}", wait_seconds or CUSTOMER_WAIT_SECONDS):
        yield


@contextmanager
def person_lock(user_id: UUID, *, wait_seconds: float) -> Iterator[None]:
    """Held over everything one person asks of Stripe, so that two tabs cannot buy twice."""
    with _held(f"payments:person:{user_id}", wait_seconds):
        yield


@contextmanager
def _held(name: str, wait_seconds: float) -> Iterator[None]:
    _take(name, wait_seconds)
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", [name])


def _take(name: str, wait_seconds: float) -> None:
    milliseconds = max(1, round(wait_seconds * 1000))
    try:
        with connection.cursor() as cursor:
            # The setting is local to this one statement and in force before its second column is computed.
            cursor.execute(
                "SELECT set_config('lock_timeout', %s, true), pg_advisory_lock(hashtextextended(%s, 0))",
                [f"{milliseconds}ms", name],
            )
    except OperationalError as error:
        if getattr(error.__cause__, "pgcode", None) == LOCK_NOT_AVAILABLE:
            raise LockTimeout(name) from None
        raise
