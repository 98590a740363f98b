"""The kinds of notification that exist. Owning apps register theirs in ``AppConfig.ready()``."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from notifications.vocabulary import ChannelName, NotificationType

NAME = re.compile(r"[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*")
CATEGORY = re.compile(r"[a-z][a-z0-9_]*")

# What the centre says is short enough for them, and whoever registered a device wants to be told on it.
PUSHED = (ChannelName.WEB_PUSH.value, ChannelName.MOBILE_PUSH.value, ChannelName.DISCORD.value)

ContextResolver = Callable[[UUID, dict[str, Any]], dict[str, Any]]


class UnknownKind(LookupError):
    """No app registered a kind of this name: a mistake in the calling code."""


class NoLongerNeeded(Exception):
    """Raised by a ``resolve_context`` whose reason to send has gone; the delivery is cancelled."""


@dataclass(frozen=True)
class Kind:
    """Something that can happen. By ``channels`` it goes unless the person says otherwise, and they have words for it;
    by PUSHED it can go as well when it has words for the centre, for those are sent there.

    What is ``critical``, or not ``can_be_muted``, cannot be switched off on ``channels``; only what is critical leaves
    at once, at any hour. ``resolve_context(user_id, stored_context)`` runs in the worker just before each attempt to
    send. What it answers joins the template's context and is stored nowhere: one-time codes are made there. Only what
    ``reaches_closed`` is sent to people whose account is closed. What ``is_addressed`` goes by mail to the address that
    ``notify`` is given instead of the person's own: one that they had, or that they want to have. Rows are kept for
    ``keep_days``. Of what shares a group key within ``group_minutes``, one row is made. What is ``for_staff``
    stands in nobody else's preferences.
    """

    name: str
    notification_type: str
    category: str
    channels: tuple[str, ...]
    critical: bool = False
    resolve_context: ContextResolver | None = None
    reaches_closed: bool = False
    is_addressed: bool = False
    can_be_muted: bool = True
    keep_days: int = 365
    group_minutes: int = 60
    for_staff: bool = False

    @property
    def in_centre(self) -> bool:
        return ChannelName.IN_APP in self.channels

    @property
    def possible_channels(self) -> tuple[str, ...]:
        """Each way that it can go: those it has words for, and with words for the centre those of PUSHED."""
        return self.channels + tuple(name for name in PUSHED if self.in_centre and name not in self.channels)

    @property
    def locked_channels(self) -> tuple[str, ...]:
        """Those that the person cannot switch off."""
        return self.channels if self.critical or not self.can_be_muted else ()


_kinds: dict[str, Kind] = {}


def register(kind: Kind) -> None:
    """Make ``kind`` known. Raises ValueError for words that do not exist, or for a second, different kind of a name."""
    if not NAME.fullmatch(kind.name):
        raise ValueError(f"A kind is named <app>.<what_happened>, not {kind.name!r}.")
    if not CATEGORY.fullmatch(kind.category):
        raise ValueError(f"{kind.name}: {kind.category!r} is not a category.")
    if kind.notification_type not in NotificationType.values:
        raise ValueError(f"{kind.name}: there is no notification type {kind.notification_type!r}.")
    unknown = set(kind.channels) - set(ChannelName.values)
    if unknown or not kind.channels or len(set(kind.channels)) != len(kind.channels):
        raise ValueError(f"{kind.name}: channels must be distinct and of {ChannelName.values}, not {kind.channels}.")
    if kind.is_addressed and kind.channels != (ChannelName.EMAIL,):
        raise ValueError(f"{kind.name}: what is addressed goes by mail alone.")
    if _kinds.setdefault(kind.name, kind) != kind:
        raise ValueError(f"{kind.name} is registered already, and differently.")


def get(name: str) -> Kind:
    try:
        return _kinds[name]
    except KeyError:
        raise UnknownKind(name) from None


def registered() -> tuple[Kind, ...]:
    """Every kind, in the order of names."""
    return tuple(_kinds[name] for name in sorted(_kinds))
