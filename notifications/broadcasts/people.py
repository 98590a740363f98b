"""What a broadcast means for so many people at once. The number of queries does not depend on how many they are."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from notifications.channels.base import Recipient
from notifications.deliveries.planning import planned_among
from notifications.destinations import known
from notifications.kinds import Kind
from notifications.models import Delivery, Notification
from notifications.preferences.deciding import resolve
from notifications.preferences.wishes import people_of
from notifications.vocabulary import ChannelName

BATCH = 1000


@dataclass(frozen=True, slots=True)
class Planned:
    """``deliveries`` belong to a notification that does not exist yet."""

    person: Recipient
    in_centre: bool
    deliveries: list[Delivery]


def planned_for(user_ids: Collection[UUID], kind: Kind, priority: str, now: datetime) -> Iterator[Planned]:
    """Those of ``user_ids`` who exist, in no order. Two queries."""
    draft = Notification(kind=kind.name, priority=priority)
    with known.loaded(user_ids):
        for person, wishes in people_of(user_ids, [kind]):
            in_centre = kind.in_centre and resolve(kind, ChannelName.IN_APP, wishes.cells)[0]
            yield Planned(person, in_centre, planned_among(draft, person, kind, wishes, now))
