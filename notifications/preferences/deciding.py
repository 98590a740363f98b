"""Whether something goes to a person by a channel: the one place that says so.

The first of these that has an answer gives it:

1. what is forced: a channel that the kind locks is on;
2. the person's own word for this kind on this channel;
3. the person's switch of the whole channel, if it is off;
4. the kind: on for the channels that it names;
5. the channel: on for those that somebody has to register for, off for the others.

So a channel switched off beats what a kind would do by itself, and loses to a kind that the person has turned on there.
No row is no word: a kind that is added later begins with its default for everybody.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from notifications.kinds import PUSHED, Kind
from notifications.preferences.schedules import opens_at
from notifications.preferences.wishes import Cells, Wishes, wishes_of
from notifications.vocabulary import ChannelName, Priority

# Whoever registered a browser, a phone or a room wants to be told there.
ON_BY_DEFAULT = (ChannelName.IN_APP.value, *PUSHED)
SWITCH = ""


class Rule(StrEnum):
    """Which of the five it was."""

    FORCED = "forced"
    CELL = "cell"
    SWITCH = "switch"
    KIND = "kind"
    CHANNEL = "channel"


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether it goes by a channel, by which rule, and from when on; None is at once. The centre never waits."""

    is_on: bool
    rule: Rule
    not_before: datetime | None = None


def resolve(kind: Kind, channel: str, cells: Cells) -> tuple[bool, Rule]:
    """``cells`` is the person's grid: what they said by kind and channel, and with SWITCH for a kind by channel."""
    if channel in kind.locked_channels:
        return True, Rule.FORCED
    own = cells.get((kind.name, channel))
    if own is not None:
        return own, Rule.CELL
    if cells.get((SWITCH, channel)) is False:
        return False, Rule.SWITCH
    return default_of(kind, channel)


def default_of(kind: Kind, channel: str) -> tuple[bool, Rule]:
    """What holds for somebody who has said nothing."""
    if channel in kind.channels:
        return True, Rule.KIND
    return channel in ON_BY_DEFAULT, Rule.CHANNEL


def decide(user_id: UUID, kind: Kind, channels: Iterable[str], priority: str, now: datetime) -> Mapping[str, Verdict]:
    """For each of ``channels`` whether and when ``kind`` goes to the person there. One query."""
    return decide_many([user_id], kind, channels, priority, now)[user_id]


def decide_many(
    user_ids: Collection[UUID], kind: Kind, channels: Iterable[str], priority: str, now: datetime
) -> Mapping[UUID, Mapping[str, Verdict]]:
    """The same for many people, in one query; nobody is missing from the answer."""
    names = tuple(channels)
    known = wishes_of(user_ids, [kind])
    return {user_id: verdicts(known[user_id], kind, names, priority, now) for user_id in user_ids}


def verdicts(wishes: Wishes, kind: Kind, channels: Iterable[str], priority: str, now: datetime) -> dict[str, Verdict]:
    return {channel: _verdict(wishes, kind, channel, priority, now) for channel in channels}


def _verdict(wishes: Wishes, kind: Kind, channel: str, priority: str, now: datetime) -> Verdict:
    is_on, rule = resolve(kind, channel, wishes.cells)
    waits = is_on and priority != Priority.CRITICAL and channel != ChannelName.IN_APP
    return Verdict(is_on, rule, opens_at(wishes.schedule, wishes.timezone, now) if waits else None)
