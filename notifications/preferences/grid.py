"""A person's preferences as they see them: what goes by which channel, how often, and when they are left alone."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from itertools import groupby
from typing import Any, Protocol
from uuid import UUID

from notifications import kinds
from notifications.digests.summary import SUMMARY
from notifications.kinds import Kind
from notifications.preferences.deciding import SWITCH, default_of, resolve
from notifications.preferences.schedules import opens_at
from notifications.preferences.wishes import Cells, Hours, Wishes, wishes_of
from notifications.vocabulary import ChannelName
from notifications.wording import category_title, title_of
from notifications.wording.texts import labels
from numerai.common import clock

AT_ONCE = "at_once"


class Person(Protocol):
    @property
    def pk(self) -> UUID: ...
    @property
    def locale(self) -> str: ...
    @property
    def is_staff(self) -> bool: ...


def listed(person: Person) -> tuple[Kind, ...]:
    """The kinds that the person may be told of by their own choice or without it, by category and name."""
    found = (
        kind
        for kind in kinds.registered()
        if kind != SUMMARY and not kind.is_addressed and (person.is_staff or not kind.for_staff)
    )
    return tuple(sorted(found, key=lambda kind: (kind.category, kind.name)))


def grid(person: Person) -> dict[str, Any]:
    """One query."""
    wishes = wishes_of([person.pk])[person.pk]
    titles = labels(person.locale)["channels"]
    return {
        "channels": [
            {"name": name, "title": titles[name], "is_on": wishes.cells.get((SWITCH, name), True)}
            for name in ChannelName.values
        ],
        "categories": [
            {
                "name": category,
                "title": category_title(category, person.locale),
                "cadence": wishes.cadences.get(category, AT_ONCE),
                "kinds": [_row(kind, wishes.cells, person.locale) for kind in members],
            }
            for category, members in _by_category(listed(person))
        ],
        "schedule": _schedule(wishes, clock.now()),
    }


def _by_category(found: Iterable[Kind]) -> Iterable[tuple[str, Iterable[Kind]]]:
    return groupby(found, key=lambda kind: kind.category)


def _row(kind: Kind, cells: Cells, locale: str) -> dict[str, Any]:
    return {
        "name": kind.name,
        "title": title_of(kind.name, locale),
        "cells": [
            {
                "channel": channel,
                "is_on": resolve(kind, channel, cells)[0],
                "locked": channel in kind.locked_channels,
                "default": default_of(kind, channel)[0],
            }
            for channel in kind.possible_channels
        ],
    }


def _schedule(wishes: Wishes, now: datetime) -> Mapping[str, Any]:
    hours = wishes.schedule or Hours()
    return {
        "muted_until": hours.muted_until if hours.muted_until and hours.muted_until > now else None,
        "quiet": {
            "is_on": hours.is_quiet,
            "days": sorted(hours.days),
            "start": hours.start,
            "end": hours.end,
            "timezone": hours.timezone,
        },
        "next_opening": opens_at(hours, wishes.timezone, now),
    }
