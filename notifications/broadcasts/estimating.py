"""What a broadcast would do and cost, without doing it."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import islice
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db.models import QuerySet

from notifications.broadcasts.people import BATCH, Planned, planned_for
from notifications.broadcasts.words import Rendering
from notifications.deliveries.planning import Row
from notifications.kinds import Kind
from notifications.models import Broadcast
from notifications.vocabulary import ChannelName, DeliveryStatus, Reason
from notifications.wording import sms
from numerai.common import clock

ADDRESSLESS = (Reason.NO_DESTINATION, Reason.UNVERIFIED_DESTINATION)


@dataclass(slots=True)
class ChannelEstimate:
    """People by what becomes of them on one channel; who has several devices counts once. ``later`` are those whose
    quiet hours it waits for."""

    at_once: int = 0
    later: int = 0
    muted: int = 0
    without_address: int = 0
    unusable: int = 0

    def count(self, delivery: Row) -> None:
        match delivery.status, delivery.reason:
            case DeliveryStatus.DEFERRED, _:
                self.later += 1
            case DeliveryStatus.SKIPPED, Reason.PREFERENCE_OFF:
                self.muted += 1
            case DeliveryStatus.SKIPPED, reason if reason in ADDRESSLESS:
                self.without_address += 1
            case DeliveryStatus.SKIPPED, _:
                self.unusable += 1
            case _:
                self.at_once += 1


@dataclass(slots=True)
class Estimate:
    """``people`` = ``reached`` by one channel at least + ``muted``, who switched off a channel that would reach them,
    + ``unreachable``. ``cost_minor`` is what ``segments`` of texts cost, in hundredths of the currency."""

    people: int = 0
    reached: int = 0
    muted: int = 0
    unreachable: int = 0
    segments: int = 0
    currency: str = field(default_factory=lambda: settings.SMS_PRICE_CURRENCY)
    channels: dict[str, ChannelEstimate] = field(default_factory=dict)

    @property
    def cost_minor(self) -> Decimal:
        return settings.SMS_PRICE_MINOR * self.segments

    def count(self, plan: Planned) -> None:
        by_channel = {row.channel: row for row in plan.deliveries}
        for channel, row in by_channel.items():
            self.channels.setdefault(channel, ChannelEstimate()).count(row)
        ends = Counter(_end_of(row) for row in by_channel.values())
        self.people += 1
        self.reached += bool(ends["reached"])
        self.muted += not ends["reached"] and bool(ends["muted"])
        self.unreachable += not ends["reached"] and not ends["muted"]


def estimate(people: "QuerySet[Any]", kind: Kind, draft: Broadcast) -> Estimate:
    """Goes through ``people`` in batches; writes nothing. Raises TemplateFault."""
    found = Estimate()
    texts = Rendering(kind, ChannelName.SMS, draft.context, draft.action_url)
    for user_ids in _batches(people):
        for plan in planned_for(user_ids, kind, draft.priority, clock.now()):
            found.count(plan)
            if any(row.channel == ChannelName.SMS and not _is_skipped(row) for row in plan.deliveries):
                said, _ = texts.to(plan.person)
                found.segments += sms.segments(said["text"])
    return found


def shown(found: Estimate) -> Mapping[str, Any]:
    """For operators: one line of words for each figure."""
    return {
        "people": found.people,
        "reached": found.reached,
        "muted": found.muted,
        "unreachable": found.unreachable,
        "cost of texts": f"{found.cost_minor / 100:.2f} {found.currency.upper()} for {found.segments} segments",
    }


def _batches(people: "QuerySet[Any]") -> Iterator[list[UUID]]:
    each_once = get_user_model()._default_manager.filter(pk__in=people.values("pk")).order_by("pk")
    ids = each_once.values_list("pk", flat=True).iterator(chunk_size=BATCH)
    while batch := list(islice(ids, BATCH)):
        yield batch


def _end_of(row: Row) -> str:
    if not _is_skipped(row):
        return "reached"
    return "muted" if row.reason == Reason.PREFERENCE_OFF else "unreachable"


def _is_skipped(row: Row) -> bool:
    return row.status == DeliveryStatus.SKIPPED
