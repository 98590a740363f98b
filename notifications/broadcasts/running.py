"""A broadcast at work: batch by batch, each one transaction, so that a worker may die at any point and another goes on.

A batch takes people off the list and tells them; whoever is on the list has not been told, whoever is not has been.
"""

import time

import structlog
from django.db import transaction
from django.db.models import F, Q, QuerySet

from notifications import kinds
from notifications.broadcasts import writing
from notifications.broadcasts.alike import Alike, groups_of
from notifications.broadcasts.words import Rendering
from notifications.deliveries.claiming import lease_from
from notifications.kinds import Kind
from notifications.models import Broadcast
from notifications.preferences.persons import Person
from notifications.stream.events import next_versions, tell_numbered
from notifications.tasks import sweep_deliveries, tell_broadcast
from notifications.vocabulary import BroadcastState, ChannelName
from numerai.common import clock
from numerai.common.jobs import enqueue
from numerai.common.tracing import places

log = structlog.get_logger(__name__)

# For so long one task works before others have their turn, and so often in a row it may fail.
SECONDS = 20.0
MAX_ATTEMPTS = 5


def run(broadcast_id: int, *, seconds: float = SECONDS) -> None:
    """Go on with the broadcast unless somebody else does; harmless to call again."""
    broadcast = _claim(broadcast_id)
    if broadcast is None:
        return
    ends = time.monotonic() + seconds
    try:
        _work(broadcast, kinds.get(broadcast.kind), ends)
    except Exception as error:
        # Its words may repeat what people were told, so its type is kept.
        log.error("broadcast_failed", broadcast=str(broadcast.public_id), **places(error))
        _put_down(broadcast, type(error).__name__)


def sweep() -> int:
    """Enqueue broadcasts that nobody works on; answers how many. One whose workers die every time is given up."""
    Broadcast.objects.filter(
        state=BroadcastState.RUNNING, lease_until__lte=clock.now(), attempts__gte=MAX_ATTEMPTS
    ).update(state=BroadcastState.FAILED, lease_until=None, last_error="lease_expired")
    ids = list(Broadcast.objects.filter(_left_behind()).order_by("id").values_list("id", flat=True))
    for broadcast_id in ids:
        enqueue(tell_broadcast, broadcast_id)
    return len(ids)


def dedupe_key(broadcast: Broadcast) -> str:
    """Under which each of its notifications exists once."""
    return f"broadcast:{broadcast.public_id}"


def _left_behind() -> Q:
    return Q(state=BroadcastState.WAITING) | Q(state=BroadcastState.RUNNING, lease_until__lte=clock.now())


def _claim(broadcast_id: int) -> Broadcast | None:
    lease_until = lease_from(clock.now())
    claimed = Broadcast.objects.filter(_left_behind(), id=broadcast_id).update(
        state=BroadcastState.RUNNING, lease_until=lease_until, attempts=F("attempts") + 1
    )
    return Broadcast.objects.filter(id=broadcast_id, lease_until=lease_until).first() if claimed else None


def _work(broadcast: Broadcast, kind: Kind, ends: float) -> None:
    rendering = Rendering(kind, ChannelName.IN_APP, broadcast.context, broadcast.action_url)
    is_done = False
    while not is_done:
        with transaction.atomic():
            # Held until the commit: who cancels waits for this batch, and there is no next.
            if not _ours(broadcast).select_for_update(no_key=True).values_list("id").first():
                return
            is_done = not _batch(broadcast, kind, rendering)
            lease_until = lease_from(clock.now())
            _ours(broadcast).update(lease_until=lease_until)
        broadcast.lease_until, broadcast.attempts = lease_until, 0
        if not is_done and time.monotonic() >= ends:
            _put_down(broadcast)
            return
    _end(broadcast)


def _batch(broadcast: Broadcast, kind: Kind, rendering: Rendering) -> bool:
    """Tell the next people; answers whether there was a batch left."""
    people = writing.take(broadcast.pk)
    groups = groups_of(people, kind, broadcast.priority, clock.now()) if people else []
    if people is None or not groups:
        return people is not None
    made = writing.tell(broadcast, kind, dedupe_key(broadcast), _lines(groups, rendering))
    writing.deliver(_deliveries(groups, made))
    found = sum(len(group.ids) for group in groups)
    _ours(broadcast).update(told=F("told") + len(made), known=F("known") + found - len(made), attempts=0, last_error="")
    in_centre = (person for group in groups if group.plan.in_centre for person in group.ids)
    tell_numbered([made[person] for person in in_centre if person in made])
    return True


def _lines(groups: list[Alike], rendering: Rendering) -> writing.Lines:
    told = writing.Lines()
    seen: list[str] = []
    for group in groups:
        person = group.plan.person
        if not group.plan.in_centre:
            told.add(group.ids, ("", "", "en"))
            continue
        seen += group.ids
        if rendering.is_personal(person.locale):
            for user_id, each in zip(group.ids, group.persons(), strict=True):
                told.add([user_id], _line(rendering, each))
        else:
            told.add(group.ids, _line(rendering, person))
    # Last, because from here on nobody else can tell these people anything until the commit.
    told.versions = next_versions(seen)
    return told


def _line(rendering: Rendering, person: Person) -> writing.Line:
    words, language = rendering.to(person)
    return words["title"], words["message"], language


def _deliveries(groups: list[Alike], made: dict[str, int]) -> writing.Deliveries:
    planned = writing.Deliveries()
    for group in groups:
        new = [(place, made[person]) for place, person in enumerate(group.ids) if person in made]
        notifications = [notification for _, notification in new]
        for row in group.plan.deliveries:
            destinations = group.destinations(row)
            planned.add(notifications, [destinations[place] for place, _ in new], row)
    return planned


def _end(broadcast: Broadcast) -> None:
    with transaction.atomic():
        _ours(broadcast).update(
            state=BroadcastState.DONE, finished_at=clock.now(), lease_until=None, attempts=0, last_error=""
        )
        enqueue(sweep_deliveries)
    log.info("broadcast_done", broadcast=str(broadcast.public_id), kind=broadcast.kind)


def _put_down(broadcast: Broadcast, error: str = "") -> None:
    """Let somebody else go on, unless it has failed too often."""
    is_hopeless = bool(error) and broadcast.attempts >= MAX_ATTEMPTS
    with transaction.atomic():
        _ours(broadcast).update(
            state=BroadcastState.FAILED if is_hopeless else BroadcastState.WAITING, lease_until=None, last_error=error
        )
        if not error:
            enqueue(sweep_deliveries)
            enqueue(tell_broadcast, broadcast.pk)


def _ours(broadcast: Broadcast) -> QuerySet[Broadcast]:
    return Broadcast.objects.filter(id=broadcast.pk, state=BroadcastState.RUNNING, lease_until=broadcast.lease_until)
