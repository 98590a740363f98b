"""Which destinations a person has, asked once for as many people as are to be told something."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from uuid import UUID

from notifications.destinations.addresses import digests
from notifications.models import Destination


@dataclass(frozen=True, slots=True)
class Known:
    public_id: UUID
    digest: str
    is_enabled: bool


@dataclass(slots=True)
class _Memory:
    user_ids: frozenset[UUID]
    found: dict[tuple[UUID, str], list[Known]] | None = None


_memory: ContextVar[_Memory | None] = ContextVar("notifications_destinations", default=None)


@contextmanager
def loaded(user_ids: Iterable[UUID]) -> Iterator[None]:
    """Within it, all that is asked of ``user_ids`` costs one query, made when the first is asked."""
    token = _memory.set(_Memory(frozenset(user_ids)))
    try:
        yield
    finally:
        _memory.reset(token)


@contextmanager
def none_of(user_id: UUID) -> Iterator[None]:
    """Within it, ``user_id`` is known to have none."""
    token = _memory.set(_Memory(frozenset([user_id]), defaultdict(list)))
    try:
        yield
    finally:
        _memory.reset(token)


def of(user_id: UUID, channel: str) -> list[Known]:
    """Those of a person's on one channel, the first one first."""
    memory = _memory.get()
    if memory is None or user_id not in memory.user_ids:
        return _found((user_id,), channel)[user_id, channel]
    if memory.found is None:
        memory.found = _found(memory.user_ids)
    return memory.found[user_id, channel]


def is_disabled(user_id: UUID, channel: str, address: str) -> bool:
    """Whether mails or texts to ``address`` are known not to arrive."""
    disabled = {known.digest for known in of(user_id, channel) if not known.is_enabled}
    return bool(disabled) and not disabled.isdisjoint(digests(channel, {"address": address}))


def _found(user_ids: Iterable[UUID], channel: str = "") -> dict[tuple[UUID, str], list[Known]]:
    rows = Destination.objects.filter(user_id__in=user_ids).order_by("id")
    if channel:
        rows = rows.filter(channel=channel)
    found: dict[tuple[UUID, str], list[Known]] = defaultdict(list)
    for user_id, its_channel, public_id, digest, disabled_at in rows.values_list(
        "user_id", "channel", "public_id", "address_digest", "disabled_at"
    ):
        found[user_id, its_channel].append(Known(public_id, digest, disabled_at is None))
    return found
