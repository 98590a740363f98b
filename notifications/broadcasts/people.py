"""What a broadcast means for so many people at once. The number of queries does not depend on how many they are."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from notifications.deliveries.planning import Row, planned_among
from notifications.destinations import known
from notifications.kinds import Kind
from notifications.preferences.deciding import resolve
from notifications.preferences.persons import Person
from notifications.preferences.wishes import Wishes, people_of
from notifications.vocabulary import ChannelName

BATCH = 1000


@dataclass(frozen=True, slots=True)
class Planned:
    """What one person is to get."""

    person: Person
    in_centre: bool
    deliveries: list[Row]


def planned_for(user_ids: Collection[UUID], kind: Kind, priority: str, now: datetime) -> Iterator[Planned]:
    """Those of ``user_ids`` who exist, in no order. Two queries."""
    with known.loaded(user_ids):
        for person, wishes in people_of(user_ids, [kind]):
            yield plan_for(person, kind, wishes, priority, now)


def plan_for(person: Person, kind: Kind, wishes: Wishes, priority: str, now: datetime) -> Planned:
    """Within ``known.loaded`` for the person."""
    in_centre = kind.in_centre and resolve(kind, ChannelName.IN_APP, wishes.cells)[0]
    return Planned(person, in_centre, planned_among(person, kind, wishes, priority, now))
