"""Whether the reconciliation found only what had a reason, and said the right one."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any

from payments.models import Drift, ReconcileRun
from payments.reconciling.explaining import NEVER_HEARD
from payments.tests.soak.town import Town

SINCE = re.compile(r"No event has told of it since (evt_\w+) ")
UNDELIVERED = re.compile(r"Stripe made it at .* and could not deliver it\.")


class Records:
    """What Stripe itself wrote down of its deliveries, by the object that an event was about."""

    def __init__(self, run: ReconcileRun, town: Town) -> None:
        self.arrived = {each["event"] for each in town.server.deliveries() if each["delivered_at"] is not None}
        self.told: dict[str, list[Any]] = defaultdict(list)
        for event in town.server.events():
            self.told[event["data"]["object"].get("id", "")].append(event)
        self.silent = town.changed_silently
        self.fetched = set(run.drifts.filter(object_type="event").values_list("stripe_id", flat=True))

    def is_lost(self, stripe_id: str) -> bool:
        """Whether something happened to the object that no event has told us of by itself."""
        return stripe_id in self.silent or any(event["id"] not in self.arrived for event in self.told[stripe_id])

    def last_heard(self, stripe_id: str) -> set[str]:
        """The newest events about it that we have, the ones that the run itself has fetched included."""
        heard = [event for event in self.told[stripe_id] if event["id"] in self.arrived | self.fetched]
        newest = max((event["created"] for event in heard), default=0)
        return {event["id"] for event in heard if event["created"] == newest}


def unexplained(run: ReconcileRun, town: Town) -> list[str]:
    """The drifts whose explanation the record of deliveries contradicts, and those that were not repaired."""
    records = Records(run, town)
    return [
        f"{drift.object_type} {drift.stripe_id} {drift.ours} → {drift.theirs}: {drift.explanation}"
        for drift in run.drifts.all()
        if not drift.is_repaired or not _is_true(drift, records)
    ]


def _is_true(drift: Drift, records: Records) -> bool:
    if drift.object_type == "event":
        return bool(UNDELIVERED.fullmatch(drift.explanation)) and drift.stripe_id not in records.arrived
    if not records.is_lost(drift.stripe_id):
        return False
    heard = records.last_heard(drift.stripe_id)
    since = SINCE.match(drift.explanation)
    return not heard if drift.explanation == NEVER_HEARD else since is not None and since[1] in heard


def by_explanation(run: ReconcileRun) -> Iterator[tuple[str, int]]:
    """How many drifts there were of each object and reason."""
    found = Counter((drift.object_type, _in_short(drift.explanation)) for drift in run.drifts.all())
    yield from ((f"{kind}: {reason}", count) for (kind, reason), count in sorted(found.items()))


def _in_short(explanation: str) -> str:
    if explanation == NEVER_HEARD:
        return "never heard of"
    if SINCE.match(explanation):
        return "not told of since"
    return "not delivered" if UNDELIVERED.fullmatch(explanation) else explanation
