"""What is not to leave yet although nothing is wrong with it: for when it waits, and what it waits together with.

What is critical never waits. What a kind locks, and what does not stand in the centre, waits for the end of quiet hours
but leaves by itself: it is neither gathered nor counted, because a summary would be all that is left of it. The rest is
gathered as often as its category is wanted (unless it is urgent), waits for the end of quiet hours, is summed up when
much has waited, and is gathered when there is more than one person can read.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import structlog

from notifications.deliveries import caps
from notifications.deliveries.planning import SPREAD_SECONDS, spread
from notifications.digests.gathering import AFTER_QUIET, PAST_CAP, Gathered, waiting_after_quiet
from notifications.kinds import PUSHED, Kind
from notifications.models import Delivery
from notifications.preferences.quiet import zone_of
from notifications.preferences.schedules import opens_at
from notifications.preferences.wishes import Wishes
from notifications.vocabulary import Cadence, Priority, Reason
from numerai.common import clock

log = structlog.get_logger(__name__)

MAX_DEFERRALS = 3
# More than so many that waited for the same morning become one message.
FEW = 3
DAILY_AT = time(8)
HOUR = timedelta(hours=1)
GATHERS_FOR = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Deferred:
    """To be tried again at ``until``."""

    until: datetime


Held = Deferred | Gathered


def held(delivery: Delivery, kind: Kind, wishes: Wishes) -> Held | None:
    """Why ``delivery``, claimed and wanted, does not leave now; None if it does."""
    if delivery.notification.priority == Priority.CRITICAL:
        return None
    if delivery.channel in kind.locked_channels or not delivery.notification.in_centre:
        return _quiet(delivery, wishes)
    steps: tuple[Callable[[Delivery, Kind, Wishes], Held | None], ...] = (_digest, _of_hours, _crowd, _cap)
    return next((found for step in steps if (found := step(delivery, kind, wishes)) is not None), None)


def next_daily(zone: str, now: datetime) -> datetime:
    """The next eight o'clock there, in UTC and later than ``now``."""
    own = zone_of(zone) or ZoneInfo("UTC")
    today = now.astimezone(own).date()
    mornings = (datetime.combine(today + timedelta(days=ahead), DAILY_AT, own) for ahead in range(3))
    return next(moment for morning in mornings if (moment := morning.astimezone(UTC)) > now)


def _digest(delivery: Delivery, kind: Kind, wishes: Wishes) -> Gathered | None:
    cadence = wishes.cadences.get(kind.category)
    if cadence is None or delivery.notification.priority == Priority.HIGH:
        return None
    now = clock.now()
    closes_at = now + HOUR if cadence == Cadence.HOURLY else next_daily(wishes.timezone, now)
    return Gathered(kind.category, closes_at, Reason.DIGESTED)


def _of_hours(delivery: Delivery, _: Kind, wishes: Wishes) -> Deferred | None:
    return _quiet(delivery, wishes)


def _quiet(delivery: Delivery, wishes: Wishes) -> Deferred | None:
    zone = wishes.timezone
    hours = wishes.schedule
    if delivery.channel in PUSHED and (own := wishes.device_zones.get(delivery.destination)):
        zone, hours = own, hours and hours.elsewhere()
    opens = opens_at(hours, zone, clock.now())
    if opens is None:
        return None
    if delivery.deferrals >= MAX_DEFERRALS:
        log.warning("deferred_too_often", delivery=delivery.pk, channel=delivery.channel)
        return None
    return Deferred(spread(opens))


def _crowd(delivery: Delivery, _: Kind, __: Wishes) -> Gathered | None:
    """The first of many that leaves takes the others along."""
    if delivery.reason != Reason.QUIET_HOURS:
        return None
    now = clock.now()
    until = now + timedelta(seconds=SPREAD_SECONDS)
    waiting = waiting_after_quiet(delivery.notification.recipient_id, delivery.channel, until)
    if waiting[: FEW + 1].count() <= FEW:
        return None
    return Gathered(AFTER_QUIET, now + GATHERS_FOR, Reason.DIGESTED, takes_along=until)


def _cap(delivery: Delivery, _: Kind, __: Wishes) -> Gathered | None:
    # What failed before, or found its provider failing, was counted when it was first tried.
    if delivery.last_error_code or delivery.reason == Reason.CIRCUIT_OPEN:
        return None
    seconds = caps.past(delivery.notification.recipient_id, delivery.channel)
    return None if seconds is None else Gathered(PAST_CAP, clock.now() + timedelta(seconds=seconds), Reason.THROTTLED)
