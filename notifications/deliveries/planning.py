"""The deliveries of a notification that is being made: where each goes and when, or why it does not.

What a kind names leaves a row on each channel, also one that says why nothing went there. The channels that somebody
has to register for leave one where something is registered: nobody waits for a browser that they do not have.
"""

import random
from datetime import datetime, timedelta
from typing import NamedTuple

from notifications.channels.base import Plan, Recipient
from notifications.channels.registry import CHANNELS
from notifications.destinations import known
from notifications.kinds import PUSHED, Kind
from notifications.models import Delivery, Notification
from notifications.preferences.deciding import Verdict, verdicts
from notifications.preferences.wishes import Wishes, wishes_of
from notifications.vocabulary import PRIORITY_RANK, DeliveryStatus, Priority, Reason

SPREAD_SECONDS = 120.0
OFF = Plan(status=DeliveryStatus.SKIPPED, reason=Reason.PREFERENCE_OFF)


class Row(NamedTuple):
    """A delivery without its notification: a tuple, because there may be very many."""

    channel: str
    destination: str
    status: str
    reason: str
    rank: int
    next_attempt_at: datetime | None
    sent_at: datetime | None
    deferrals: int


def wishes_about(kind: Kind, user: Recipient) -> Wishes:
    """What the person has said about it: one query, and none if the kind leaves nothing to say."""
    return Wishes() if _leaves_no_choice(kind) else wishes_of([user.pk], [kind])[user.pk]


def decided(kind: Kind, wishes: Wishes, priority: str, now: datetime) -> dict[str, Verdict]:
    """A verdict for each channel that is to have a row."""
    names = [name for name in kind.possible_channels if name in kind.channels or name in wishes.reachable]
    return verdicts(wishes, kind, names, priority, now)


def planned(notification: Notification, user: Recipient, kind: Kind, wishes: Wishes, now: datetime) -> list[Delivery]:
    """Every delivery of ``notification``, not saved yet. ``wishes`` are those ``wishes_about`` it: who has registered
    nothing is not asked for it again."""
    has_none = not wishes.reachable and not _leaves_no_choice(kind)
    with known.none_of(user.pk) if has_none else known.loaded([user.pk]):
        rows = planned_among(user, kind, wishes, notification.priority, now)
    return [Delivery(notification=notification, **row._asdict()) for row in rows]


def planned_among(user: Recipient, kind: Kind, wishes: Wishes, priority: str, now: datetime) -> list[Row]:
    """What is to be written for one of many, within ``known.loaded`` for all of them."""
    return [
        _row(channel, plan, priority, now, _not_before(channel, verdict, kind, wishes))
        for channel, verdict in decided(kind, wishes, priority, now).items()
        for plan in (CHANNELS[channel].plan(user, kind) if verdict.is_on else (OFF,))
    ]


def at_address(notification: Notification, channel: str, address: str, now: datetime) -> Delivery:
    """One delivery of ``notification`` that goes to ``address`` at once."""
    return Delivery(
        notification=notification, **_row(channel, Plan(address), notification.priority, now, None)._asdict()
    )


def spread(moment: datetime) -> datetime:
    """A little later than ``moment``, so that not all nights end in the same second."""
    return moment + timedelta(seconds=random.uniform(0.0, SPREAD_SECONDS))  # noqa: S311 # nosec B311 - guards nothing


def _leaves_no_choice(kind: Kind) -> bool:
    return kind.critical and set(kind.possible_channels) == set(kind.locked_channels)


def _not_before(channel: str, verdict: Verdict, kind: Kind, wishes: Wishes) -> datetime | None:
    """A device may be in another zone, and what is gathered has a time of its own: when they are sent, it is known."""
    if channel in PUSHED or (kind.category in wishes.cadences and channel not in kind.locked_channels):
        return None
    return verdict.not_before


def _row(channel: str, plan: Plan, priority: str, now: datetime, not_before: datetime | None) -> Row:
    is_to_go = plan.status == DeliveryStatus.PENDING
    is_held = is_to_go and not_before is not None
    return Row(
        channel=channel,
        destination=plan.destination,
        status=DeliveryStatus.DEFERRED if is_held else plan.status,
        reason=Reason.QUIET_HOURS if is_held else plan.reason or "",
        rank=PRIORITY_RANK[Priority(priority)],
        next_attempt_at=(now if not_before is None else spread(not_before)) if is_to_go else None,
        sent_at=now if plan.status == DeliveryStatus.DELIVERED else None,
        deferrals=int(is_held),
    )
